"""Each role walks through its day on the data of the demo; every page it meets is held against what every page owes."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from tests.pages.days import walk_after_a_year, walk_stalling
from tests.pages.pictures import DAYS_ALBUM, PICTURES
from tests.year.conftest import played
from tests.year.counted_anew import PlayedYear

__all__ = ["played"]

WALKTHROUGH = PICTURES.parent / "walkthrough.md"


async def test_every_role_walks_through_its_day_and_the_walkthrough_shows_it(
    chromium: Browser, played: PlayedYear, tmp_path: Path, javascript: bool
) -> None:
    album = tmp_path / "album"
    await walk_stalling(tmp_path, chromium, album, check=True, javascript=javascript)
    await walk_after_a_year(played.url, chromium, album, check=True, javascript=javascript)
    taken = {file.name for file in album.glob("*.png")}
    assert taken == {file.name for file in DAYS_ALBUM.glob("*.png")}
    text = WALKTHROUGH.read_text(encoding="utf-8")
    assert [name for name in sorted(taken) if f"({DAYS_ALBUM.relative_to(PICTURES.parent)}/{name})" not in text] == []
