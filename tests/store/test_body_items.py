"""Agendas and patterns: interfaces and counts."""

from __future__ import annotations

import asyncio
from datetime import date

from process_models.work import SimilarStall
from store.body_items import before_bodies, end_stall, note_stall, put_on_agenda, similar_stalls
from store.database import Database
from store.meetings import list_items
from store.paths import create_path
from store.tables import Path
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, TENANT, body_item, stall


async def another_path(database: Database) -> Path:
    async with database.transaction() as session:
        return await create_path(session, KEYRING, NEW_PATH, NOW)


def similar(count: int, since: date = DAY) -> SimilarStall:
    return SimilarStall("H01", "sozialamt", "jobcenter", "DOC_MISSING", "DOC_EAT_REQUIRED", since, count)


async def test_an_item_is_put_on_the_agenda_once_and_counts_its_paths(database: Database, path: Path) -> None:
    other = await another_path(database)

    async def put(path_id: str) -> None:
        async with database.transaction() as session:
            await put_on_agenda(session, body_item(path_id=path_id))

    await asyncio.gather(*(put(one.id) for one in (path, other) * 5))
    async with database.reading() as session:
        (row,) = await list_items(session, TENANT, "verfahren", "open")
        assert row.path_count == 2
        assert await before_bodies(session, path.id) == ({"verfahren:H01"}, set())
        assert await list_items(session, TENANT, "fall", "open") == []


async def test_a_pattern_that_counts_more_than_its_paths_keeps_its_count(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await put_on_agenda(session, body_item(path_count=5, cause="pattern"))
        row = await put_on_agenda(session, body_item(path_id=path.id))
    assert (row.path_count, row.cause) == (5, "pattern")


async def test_stalls_of_other_paths_and_from_outside_are_added_up(database: Database, path: Path) -> None:
    others = [await another_path(database) for _ in range(2)]
    async with database.transaction() as session:
        await note_stall(session, stall(path.id))
        for other in others:
            await note_stall(session, stall(other.id))
            await note_stall(session, stall(other.id))
        await note_stall(session, stall(count=4, since=date(2022, 1, 13)))
        await note_stall(session, stall(count=4, since=date(2022, 1, 13)))
        found = await similar_stalls(session, TENANT, path.id)
    assert set(found) == {similar(2), similar(4, date(2022, 1, 13))}


async def test_a_clearer_reason_replaces_the_first_one(database: Database, path: Path) -> None:
    other = await another_path(database)
    async with database.transaction() as session:
        await note_stall(session, stall(other.id, reason="AGENCY_LATE", detail=None))
        await note_stall(session, stall(other.id))
        assert await similar_stalls(session, TENANT, path.id) == (similar(1),)


async def test_a_path_that_stalls_again_counts_once_with_its_latest_day(database: Database, path: Path) -> None:
    other = await another_path(database)
    async with database.transaction() as session:
        await note_stall(session, stall(other.id, since=date(2022, 1, 3)))
        await end_stall(session, other.id, "H01", date(2022, 1, 20))
        await note_stall(session, stall(other.id))
        assert await similar_stalls(session, TENANT, path.id) == (similar(1),)


async def test_stalls_that_ended_long_ago_make_no_pattern(database: Database, path: Path) -> None:
    others = [await another_path(database) for _ in range(2)]
    async with database.transaction() as session:
        await note_stall(session, stall(others[0].id, since=date(2020, 1, 3)))
        await end_stall(session, others[0].id, "H01", date(2020, 2, 3))
        await note_stall(session, stall(others[1].id))
        assert await similar_stalls(session, TENANT, path.id) == (similar(1),)
        assert await similar_stalls(session, "muenster", path.id) == ()
