"""Versions of process models: drafted, released, withdrawn; which one is in force; whose rules a path gets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from process_models.catalogue import catalogue, content_hash
from process_models.errors import ModelInvalid
from store.catalogues import KEPT, Catalogues
from store.database import Database
from store.errors import ModelTampered, ModelVersionNotFound, ModelVersionNotPossible
from store.model_moves import MovingPage, count_to_move, move_path, paths_to_move
from store.model_tables import ModelBundle, ModelVersion
from store.model_versions import (
    NewModelVersion,
    draft_version,
    find_version,
    get_version,
    leads,
    list_versions,
    release_version,
    version_in_force,
    version_of_workflow,
    withdraw_version,
)
from store.paths import create_path, end_path, get_path, reopen_path, touch
from store.tables import Outbox, Path
from tests.model_bundles import SETTLEMENT, as_draft, before_the_reform, changed
from tests.store.examples import KEYRING, NEW_PATH, NOW, TENANT

TINY = NewModelVersion(TENANT, "tiny-1", "0" * 64, {"law/x.yaml": "label: ä\n".encode()})
LATER = NOW + timedelta(days=1)


async def draft(database: Database, new: NewModelVersion = TINY) -> ModelVersion:
    async with database.transaction() as session:
        return await draft_version(session, new, NOW)


async def release(database: Database, version: ModelVersion) -> ModelVersion:
    async with database.transaction() as session:
        return await release_version(session, version.id, "A. Beispiel", 300, LATER)


async def withdraw(database: Database, version: ModelVersion) -> ModelVersion:
    async with database.transaction() as session:
        return await withdraw_version(session, version.id, "B. Beispiel", "falsch gerechnet", LATER)


async def in_force(database: Database) -> str | None:
    async with database.reading() as session:
        found = await version_in_force(session, TENANT)
        return found.version if found else None


async def test_a_draft_is_kept_with_its_files_and_is_not_in_force(database: Database) -> None:
    kept = await draft(database)
    assert (kept.state, kept.prepared_by, kept.turn) == ("draft", "", 0)
    assert await in_force(database) is None
    async with database.reading() as session:
        bundle = await session.get(ModelBundle, kept.id)
        assert bundle is not None
        assert bundle.files == {"law/x.yaml": "label: ä\n"}


async def test_the_same_content_drafted_twice_is_one_version(database: Database) -> None:
    first, second = await draft(database), await draft(database)
    assert first.id == second.id
    async with database.reading() as session:
        assert [row.version for row in await list_versions(session, TENANT)] == ["tiny-1"]


async def test_a_released_version_is_in_force_and_the_next_one_supersedes_it(database: Database) -> None:
    first = await release(database, await draft(database))
    second = await release(database, await draft(database, as_tiny("tiny-2")))
    assert await in_force(database) == "tiny-2"
    assert (first.supersedes, second.supersedes) == (None, first.id)
    assert (second.released_by, second.released_at, second.rate_per_minute) == ("A. Beispiel", LATER, 300)


async def test_a_withdrawn_version_leaves_the_one_before_it_in_force(database: Database) -> None:
    await release(database, await draft(database))
    second = await release(database, await draft(database, as_tiny("tiny-2")))
    gone = await withdraw(database, second)
    assert (gone.state, gone.withdrawn_by, gone.note) == ("withdrawn", "B. Beispiel", "falsch gerechnet")
    assert await in_force(database) == "tiny-1"
    assert (await withdraw(database, second)).state == "withdrawn"


async def test_only_the_version_in_force_can_be_withdrawn_or_released_again(database: Database) -> None:
    first = await release(database, await draft(database))
    await release(database, await draft(database, as_tiny("tiny-2")))
    for change in (withdraw, release):
        with pytest.raises(ModelVersionNotPossible) as refused:
            await change(database, first)
        assert refused.value.allowed == ("tiny-2",)
    with pytest.raises(ModelVersionNotPossible):
        await withdraw(database, await draft(database, as_tiny("tiny-3")))


async def test_moving_the_paths_is_the_business_of_the_last_release_or_withdrawal(database: Database) -> None:
    first = await release(database, await draft(database))
    second = await release(database, await draft(database, as_tiny("tiny-2")))
    async with database.reading() as session:
        assert not await leads(session, first)
        assert await leads(session, second)
    await withdraw(database, second)
    async with database.reading() as session:
        assert await leads(session, second)


async def test_a_version_that_nobody_drafted_is_not_found(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(ModelVersionNotFound):
            await get_version(session, "none")
        assert await find_version(session, TENANT, "none") is None


async def test_a_release_workflow_finds_its_version_by_its_id(database: Database) -> None:
    kept = await draft(database, as_tiny("2026.11-1a2b3c4d"))
    async with database.reading() as session:
        found = await version_of_workflow(session, TENANT, f"release-{TENANT}-2026-11-1a2b3c4d")
        assert found is not None
        assert found.id == kept.id
        assert await version_of_workflow(session, TENANT, f"release-{TENANT}-other") is None


def as_tiny(version: str) -> NewModelVersion:
    return NewModelVersion(TENANT, version, "0" * 64, {"law/x.yaml": b"label: x\n"})


# ---------------------------------------------------------------- rules of a path


async def test_a_path_gets_the_rules_of_its_version_and_the_shipped_ones_without(
    database: Database, path: Path
) -> None:
    catalogues = Catalogues(catalogue())
    version = await release(database, await draft(database, as_draft(TENANT, before_the_reform())))
    async with database.transaction() as session:
        new = await create_path(session, KEYRING, NEW_PATH, NOW)
        assert await catalogues.of_path(session, path) is catalogue()
        old_law = await catalogues.of_path(session, new)
        assert old_law.version == version.version
        assert await catalogues.of_tenant(session, TENANT) is old_law
    assert version.version.startswith("2024.05-")


async def test_files_that_were_changed_after_the_draft_are_not_loaded(database: Database) -> None:
    version = await draft(database, as_draft(TENANT, before_the_reform()))
    async with database.transaction() as session:
        forged = {name: text.decode() for name, text in changed(SETTLEMENT, ("years: 8", "years: 9")).items()}
        await session.execute(update(ModelBundle).values(files=forged))
    async with database.reading() as session:
        with pytest.raises(ModelTampered, match="nicht die, die geprüft wurden"):
            await Catalogues(catalogue()).of_version(session, version.id)


async def test_a_version_that_this_product_does_not_read_any_more_says_every_mistake(database: Database) -> None:
    files = changed(SETTLEMENT, ("years: 8", "jears: 8"), ("spouse_of_german: true", "spouse: true"))
    version = await draft(database, NewModelVersion(TENANT, "old", content_hash(files), files))
    async with database.reading() as session:
        with pytest.raises(ModelInvalid) as refused:
            await Catalogues(catalogue()).of_version(session, version.id)
    assert "law/settlement.yaml:" in refused.value.detail
    assert "'jears'" in refused.value.detail
    assert "'spouse'" in refused.value.detail


async def test_only_a_few_versions_are_kept_in_memory(database: Database) -> None:
    catalogues = Catalogues(catalogue())
    rows = [
        await draft(database, as_draft(TENANT, changed(SETTLEMENT, label=f"20{number}")))
        for number in range(10, 12 + KEPT)
    ]
    async with database.reading() as session:
        first = await catalogues.of_version(session, rows[0].id)
        assert await catalogues.of_version(session, rows[0].id) is first
        for row in rows[1:]:
            await catalogues.of_version(session, row.id)
        assert await catalogues.of_version(session, rows[0].id) is not first


# ---------------------------------------------------------------- moving paths


async def test_a_path_is_moved_once_and_hears_of_it_once(database: Database, path: Path) -> None:
    version = await release(database, await draft(database))
    for _ in range(2):
        async with database.transaction() as session:
            await move_path(session, path.id, version.id, path.facts_version)
    async with database.reading() as session:
        moved = await get_path(session, path.id, None)
        assert (moved.model_version_id, moved.facts_version) == (version.id, path.facts_version + 1)
        news = select(func.count()).select_from(Outbox).where(col(Outbox.path_id) == path.id)
        assert await session.scalar(news) == 1
        assert await count_to_move(session, TENANT, version.id) == 0


async def test_a_path_that_changed_meanwhile_is_not_moved_on_what_was_read_before(
    database: Database, path: Path
) -> None:
    version = await release(database, await draft(database))
    async with database.transaction() as session:
        await touch(session, path)
    async with database.transaction() as session:
        assert await move_path(session, path.id, version.id, path.facts_version - 1) is None
    async with database.reading() as session:
        assert await count_to_move(session, TENANT, version.id) == 1


async def test_paths_come_page_by_page_without_those_that_ended_and_those_of_others(
    database: Database, path: Path
) -> None:
    version = await release(database, await draft(database))
    async with database.transaction() as session:
        older = [await create_path(session, KEYRING, NEW_PATH, NOW) for _ in range(4)]
        await session.execute(update(Path).values(model_version_id=None))
        await end_path(session, older[0].id, NOW)
    open_ids = sorted([path.id, *(row.id for row in older[1:])])
    async with database.reading() as session:
        page = await paths_to_move(session, TENANT, version.id, MovingPage(3))
        assert [row.id for row in page] == open_ids[:3]
        rest = await paths_to_move(session, TENANT, version.id, MovingPage(3, after=open_ids[2]))
        assert [row.id for row in rest] == open_ids[3:]
        again = await paths_to_move(session, TENANT, version.id, MovingPage(3, until=open_ids[1]))
        assert [row.id for row in again] == open_ids[:2]
        assert await paths_to_move(session, TENANT, None, MovingPage(3)) == []
        assert await paths_to_move(session, "other", version.id, MovingPage(3)) == []


async def test_a_path_that_opens_again_plans_under_what_is_in_force_by_then(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await end_path(session, path.id, NOW)
    version = await release(database, await draft(database))
    async with database.transaction() as session:
        assert await reopen_path(session, path.id)
    async with database.reading() as session:
        assert (await get_path(session, path.id, None)).model_version_id == version.id
