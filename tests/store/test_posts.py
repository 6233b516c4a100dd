"""Posts in the records, on SQLite and PostgreSQL: one holder a day, paths that end with a post, loads, counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.posts import Change, Counted, PathLoad
from store.accounts import Appointment, keep_account
from store.assignments import assign, assigned_to, deputise
from store.database import Database
from store.paths import create_path
from store.plans import save_plan
from store.posts import (
    absent_on,
    conflicts_of,
    count_loads,
    count_unassigned,
    end_holding,
    held_meanwhile,
    hold_post,
    keep_change,
    keep_refugee_count,
    list_changes,
    list_refugee_counts,
    list_unassigned,
    note_conflict,
)
from store.supervisions import Opening, is_open, list_supervisions, open_file
from store.tables import Path
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, SCOPE, TENANT, plan

DAYS = timedelta(days=1)


async def _manager(session: AsyncSession, name: str) -> str:
    who = Appointment("test", name, name, "case_manager", TENANT)
    return (await keep_account(session, who, NOW)).id


async def test_a_path_ends_with_the_post_and_is_then_nobodys(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        anna = await _manager(session, "anna")
        row = await hold_post(session, TENANT, "p-1", anna, (DAY, None), DAY)
        await assign(session, path, anna, DAY)
        assert await end_holding(session, row, DAY + 9 * DAYS, DAY) == 1
    async with database.reading() as session:
        assert await assigned_to(session, path.id, DAY + 9 * DAYS) is not None
        assert await assigned_to(session, path.id, DAY + 10 * DAYS) is None
        [listed] = await list_unassigned(session, replace(SCOPE, today=DAY + 10 * DAYS))
        assert (listed.path.id, listed.last_day, listed.last_account) == (path.id, DAY + 9 * DAYS, anna)
        assert await count_unassigned(session, replace(SCOPE, today=DAY + 9 * DAYS)) == 0


async def test_a_path_given_after_the_end_was_told_ends_with_the_post_too(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        anna = await _manager(session, "anna")
        await hold_post(session, TENANT, "p-1", anna, (DAY, DAY + DAYS), DAY)
        row = await assign(session, path, anna, DAY)
        assert row.until == DAY + DAYS


async def test_a_post_is_held_by_one_at_a_time(database: Database) -> None:
    async with database.transaction() as session:
        anna = await _manager(session, "anna")
        await hold_post(session, TENANT, "p-1", anna, (DAY, DAY + 5 * DAYS), DAY)
        assert await held_meanwhile(session, TENANT, "p-1", (DAY + 5 * DAYS, None))
        assert await held_meanwhile(session, TENANT, "p-1", (DAY - 5 * DAYS, DAY))
        assert not await held_meanwhile(session, TENANT, "p-1", (DAY + 6 * DAYS, None))
        assert not await held_meanwhile(session, TENANT, "p-2", (DAY, None))


async def test_the_last_word_about_a_day_counts(database: Database) -> None:
    async with database.transaction() as session:
        for share in (0.5, 0.75):
            await keep_change(session, TENANT, Change("p-1", DAY, share=share, places=("neuss",)), NOW)
        for count in (300, 320):
            await keep_refugee_count(session, TENANT, Counted("neuss", DAY, count), "Statistik")
    async with database.reading() as session:
        assert await list_changes(session, TENANT) == [Change("p-1", DAY, 0.75, ("neuss",), None)]
        assert [(one.place, one.count) for one in await list_refugee_counts(session, TENANT)] == [("neuss", 320)]


async def test_loads_are_counted_by_person_and_place_with_what_is_stuck(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        anna = await _manager(session, "anna")
        await assign(session, path, anna, DAY)
        await save_plan(session, path.id, 1, plan(stalled_since=DAY), NOW)
        other = await create_path(session, KEYRING, replace(NEW_PATH, place="neuss"), NOW)
    async with database.reading() as session:
        loads = await count_loads(session, SCOPE)
    assert loads[None, other.current_place] == PathLoad(1, 0, 0)
    found = loads[anna, path.current_place]
    assert (found.open, found.stuck) == (1, 1)


async def test_whoever_somebody_stands_in_for_is_absent(database: Database) -> None:
    async with database.transaction() as session:
        anna, bjarne = await _manager(session, "anna"), await _manager(session, "bjarne")
        await deputise(session, TENANT, bjarne, anna, (DAY, DAY + 3 * DAYS))
    async with database.reading() as session:
        assert await absent_on(session, TENANT, DAY) == {anna: DAY + 3 * DAYS}
        assert await absent_on(session, TENANT, DAY + 4 * DAYS) == {}


async def test_a_conflict_of_interest_is_noted_once(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        anna = await _manager(session, "anna")
        for reason in ("private", "earlier_decision"):
            await note_conflict(session, path, anna, reason, DAY)
        assert await conflicts_of(session, [path.id]) == {(path.id, anna): "earlier_decision"}


async def test_why_a_file_was_opened_is_sealed_and_the_opening_ends_by_itself(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        otti = await _manager(session, "otti")
        opening = Opening(otti, "complaint", "Beschwerde aus der Kranichgasse", DAY, DAY + DAYS)
        await open_file(session, KEYRING, path, opening, NOW)
    async with database.reading() as session:
        [found] = await list_supervisions(session, KEYRING, path)
        assert found.why == "Beschwerde aus der Kranichgasse"
        assert [await is_open(session, path.id, otti, DAY + days * DAYS) for days in (0, 1, 2)] == [True, True, False]
        assert not await is_open(session, path.id, "somebody-else", DAY)
