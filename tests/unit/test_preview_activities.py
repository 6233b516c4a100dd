"""Previews page by page: every open path once, nothing changes, a fresh one begins anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as FilePath

import pytest
from temporalio.testing import ActivityEnvironment

from activities import previews
from activities.previews import PreviewActivities
from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.messages import PreviewPage, PreviewProgress
from process_models.previewing import figures_of
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.facts import add_facts
from store.model_tables import ModelVersion
from store.model_versions import draft_version
from store.paths import NewPath, create_path, end_path, erase_path_person
from store.previews import ask_preview, find_preview
from store.sealing import Keyring
from store.tenants import create_tenant
from tests.model_bundles import as_draft, before_the_reform

TENANT = "rhein-kreis-neuss"
NOW = datetime(2025, 6, 2, 8, tzinfo=UTC)
KEYRING = Keyring({"k1": bytes(32)}, "k1")
NEW_PATH = NewPath(TENANT, "rhein-kreis-neuss", "meerbusch", born=date(1994, 3, 12), nationality="SY")
SETTLED = [
    Fact("a1", "asylum.sought", date(2021, 5, 10), date(2021, 5, 10)),
    Fact("a2", "asylum.decided", date(2022, 2, 11), date(2022, 2, 11), {"outcome": "refugee"}),
    Fact("a3", "kim.opened", date(2022, 2, 14), date(2022, 2, 14)),
]


@pytest.fixture
async def database(tmp_path: FilePath) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    records = Database(url, KEYRING)
    async with records.transaction() as session:
        await create_tenant(session, TENANT, "rhein-kreis-neuss", now=NOW)
    yield records
    await records.close()


@pytest.fixture
async def draft(database: Database) -> ModelVersion:
    """A version under which the hope of naturalisation gets later; five open paths notice it, others do not count."""
    async with database.transaction() as session:
        for number in range(7):
            path = await create_path(session, KEYRING, NEW_PATH, NOW)
            await add_facts(session, KEYRING, path, SETTLED, "me", NOW)
            if number == 5:
                await end_path(session, path.id, NOW)
            if number == 6:
                await erase_path_person(session, path, NOW)
        version = await draft_version(session, as_draft(TENANT, before_the_reform()), NOW)
        await ask_preview(session, version, "test", NOW)
    return version


async def count(database: Database, version: ModelVersion, pages: int) -> list[PreviewProgress]:
    activities = PreviewActivities(database, Catalogues(catalogue()))
    message = PreviewPage(version_id=version.id, now=NOW)
    return [await ActivityEnvironment().run(activities.count, message) for _ in range(pages)]


async def test_every_open_path_is_counted_once_however_often_the_activity_is_repeated(
    database: Database, draft: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "_PAGE", 2)
    found = await count(database, draft, 6)
    assert [one.finished for one in found] == [False, False, False, True, True, True]
    assert (found[-1].paths, found[-1].changed, found[-1].need_person) == (5, 5, 5)
    async with database.reading() as session:
        preview = await find_preview(session, draft.id)
    assert preview is not None
    figures = figures_of(preview.figures)
    assert figures.reasons == {"forecast_later": 5}
    assert {kind for kind in figures.kinds if kind.startswith("forecast")}
    assert {paths for paths, _changes in figures.kinds.values()} == {5}


async def test_a_preview_asked_for_again_begins_anew_and_one_that_counts_goes_on(
    database: Database, draft: ModelVersion
) -> None:
    later = NOW + timedelta(hours=1)
    await count(database, draft, 2)
    async with database.transaction() as session:
        again = await ask_preview(session, draft, "other", later)
        assert (again.asked_by, again.asked_at, again.cursor, again.figures) == ("other", later, "", {})
    [first] = await count(database, draft, 1)
    assert (first.paths, first.finished) == (5, False)
    async with database.transaction() as session:
        assert (await ask_preview(session, draft, "third", later)).asked_by == "other"
    [last] = await count(database, draft, 1)
    assert (last.paths, last.finished) == (5, True)


async def test_a_preview_that_nobody_asked_for_is_nothing(database: Database, draft: ModelVersion) -> None:
    other = draft.model_copy(update={"id": "x"})
    assert await count(database, other, 1) == [PreviewProgress(finished=True)]
