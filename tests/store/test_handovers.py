"""Handovers: one row a trigger, answers and escalations never overwrite each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from store.database import Database
from store.errors import HandoverNotFound
from store.handovers import (
    find_handover,
    find_handover_of_trigger,
    get_handover,
    item_of,
    list_handovers,
    list_open_handovers,
    save_item,
)
from store.tables import Path
from tests.store.examples import DAY, TENANT, item

LATER = date(2023, 2, 14)


async def test_an_item_comes_back_as_it_was_saved_and_every_save_counts(database: Database, path: Path) -> None:
    refused = replace(
        item(), state="refused", refused_on=DAY, reason="DOC_MISSING", detail="DOC_EAT_REQUIRED", offers=3
    )
    async with database.transaction() as session:
        first = await save_item(session, path, item(), "jobcenter-neuss")
        second = await save_item(session, path, refused, "")
    async with database.reading() as session:
        row = await get_handover(session, first.id, TENANT)
    assert (second.id, row.version, row.to_agency) == (first.id, 2, "jobcenter-neuss")
    assert item_of(row) == refused


async def test_another_trigger_is_another_handover_and_the_latest_is_found(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await save_item(session, path, item(trigger_on=LATER), "jobcenter-neuss")
        await save_item(session, path, item(), "jobcenter-neuss")
    async with database.reading() as session:
        latest = await find_handover(session, path.id, "H01")
        earlier = await find_handover_of_trigger(session, path.id, "H01", DAY)
        assert latest is not None
        assert earlier is not None
        assert (latest.trigger_on, earlier.trigger_on) == (LATER, DAY)
        assert [row.trigger_on for row in await list_handovers(session, path.id)] == [DAY, LATER]
        assert await find_handover(session, path.id, "H02") is None


async def test_an_absent_handover_and_one_of_another_tenant_look_the_same(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        row = await save_item(session, path, item(), "jobcenter-neuss")
    async with database.reading() as session:
        with pytest.raises(HandoverNotFound) as foreign:
            await get_handover(session, row.id, "muenster")
        with pytest.raises(HandoverNotFound) as absent:
            await get_handover(session, "nothing", TENANT)
    assert foreign.value.detail == absent.value.detail


async def test_open_handovers_are_listed_for_the_tenant_or_one_agency(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await save_item(session, path, item("H01"), "jobcenter-neuss")
        await save_item(session, path, item("H05"), "kurstraeger-neuss")
        await save_item(session, path, replace(item("H07"), state="completed"), "jobcenter-neuss")
    async with database.reading() as session:
        assert {row.code for row in await list_open_handovers(session, TENANT)} == {"H01", "H05"}
        assert [row.code for row in await list_open_handovers(session, TENANT, "jobcenter-neuss")] == ["H01"]


async def test_an_answer_and_an_escalation_at_the_same_moment_both_count(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        row = await save_item(session, path, item(), "jobcenter-neuss")

    async def answer() -> None:
        async with database.transaction() as session:
            mine = item_of(await get_handover(session, row.id, None))
            await save_item(session, path, replace(mine, state="received", received_on=DAY), "")

    async def escalate() -> None:
        async with database.transaction() as session:
            found = await find_handover(session, path.id, "H01")
            assert found is not None
            await save_item(session, path, replace(item_of(found), level="E1", escalated_on=DAY), "")

    await asyncio.gather(*(act() for act in (answer, escalate) * 3))
    async with database.reading() as session:
        both = await get_handover(session, row.id, None)
    assert (both.state, both.level, both.version) == ("received", "E1", 7)
