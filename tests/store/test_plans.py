"""The last plan of a path: an older one never overwrites a newer one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from store.database import Database
from store.paths import end_path
from store.plans import get_plan, latest_moment, list_stalled, plan_of, save_plan
from store.tables import Path
from tests.store.examples import DAY, NOW, SCOPE, TENANT, plan

TOMORROW = DAY + timedelta(days=1)
YESTERDAY = DAY - timedelta(days=1)


async def save(database: Database, path: Path, version: int, day: date) -> bool:
    async with database.transaction() as session:
        return await save_plan(session, path.id, version, plan(day), NOW)


async def kept(database: Database, path: Path) -> tuple[int, date]:
    async with database.reading() as session:
        row = await get_plan(session, path.id)
    assert row is not None
    assert plan_of(row).day == row.planned_for
    return row.facts_version, row.planned_for


@pytest.mark.parametrize("newer", [(5, DAY), (6, DAY), (5, TOMORROW), (6, TOMORROW)])
async def test_a_plan_of_newer_facts_or_a_later_day_replaces(
    database: Database, path: Path, newer: tuple[int, date]
) -> None:
    assert await save(database, path, 5, DAY)
    assert await save(database, path, *newer)
    assert await kept(database, path) == newer


@pytest.mark.parametrize("older", [(4, DAY), (5, YESTERDAY), (4, TOMORROW), (6, YESTERDAY)])
async def test_a_plan_of_older_facts_or_an_earlier_day_does_not(
    database: Database, path: Path, older: tuple[int, date]
) -> None:
    assert await save(database, path, 5, DAY)
    assert not await save(database, path, *older)
    assert await kept(database, path) == (5, DAY)


async def test_plans_that_arrive_in_any_order_leave_the_newest(database: Database, path: Path) -> None:
    await asyncio.gather(*(save(database, path, version, DAY) for version in (3, 9, 1, 7, 2, 8)))
    assert await kept(database, path) == (9, DAY)


async def test_stalled_paths_are_listed_the_longest_first_and_ended_ones_not(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        assert await list_stalled(session, SCOPE) == []
        await save_plan(session, path.id, 1, plan(stalled_since=YESTERDAY), NOW)
        ((found, row),) = await list_stalled(session, SCOPE)
        assert (found.id, row.stalled_since, row.level) == (path.id, YESTERDAY, "E1")
        assert await list_stalled(session, replace(SCOPE, tenant_id="muenster")) == []
        await end_path(session, path.id, NOW)
        assert await list_stalled(session, SCOPE) == []


async def test_the_latest_moment_of_a_tenant_is_that_of_its_plans(database: Database, path: Path) -> None:
    async with database.reading() as session:
        assert await latest_moment(session, TENANT) is None
    await save(database, path, 1, DAY)
    async with database.reading() as session:
        assert await latest_moment(session, TENANT) == NOW
        assert await get_plan(session, "nothing") is None
