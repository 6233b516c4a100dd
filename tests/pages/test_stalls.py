"""Three stalls, from the first silence to the effect of the decision: on real Temporal, by clicks in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser
from temporalio.client import Client

from kim.world import whole_world
from tests.pages.pictures import PICTURES
from tests.pages.stalls import ALBUM, STORIES, Story, walk_through

WALKTHROUGH = PICTURES.parent / "walkthrough.md"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_a_stall_is_walked_through_to_the_effect_of_its_decision(
    story: Story, temporal_client: Client, chromium: Browser, tmp_path: Path
) -> None:
    async with whole_world(tmp_path, temporal_client) as world:
        report = await walk_through(story, world, chromium, tmp_path / "album", check=True)
    assert [check for check in report.checks if not check.ok] == []
    taken = {file.name for file in (tmp_path / "album").glob("*.png")}
    assert taken == {file.name for file in ALBUM.glob(f"{story.name}-*.png")}
    text = WALKTHROUGH.read_text(encoding="utf-8")
    assert [name for name in sorted(taken) if f"({ALBUM.relative_to(PICTURES.parent)}/{name})" not in text] == []
