"""Codes and visits of agencies on both databases: tries are counted when many try at once, each code opens once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store.agency_codes import LIFETIME, TRIES, add_code, lost_codes, may_ask, settle_code, use_code
from store.agency_tables import AgencyDeed
from store.agency_visits import end_visit, find_visit, first_opened, list_deeds, note_deed, open_visit
from store.database import Database
from store.handovers import save_item
from store.links import find_link, make_link
from store.tables import Handover, Path, TaskLink
from tests.store.examples import DAY, NOW, SCOPE, item

AGENCY = "jobcenter-neuss"


def digest(code: str) -> Callable[[str], str]:
    return lambda row_id: f"{row_id}:{code}"


async def a_link(database: Database, path: Path) -> tuple[Handover, TaskLink]:
    async with database.transaction() as session:
        row = await save_item(session, path, item(), AGENCY)
        token = await make_link(session, row.id, AGENCY, DAY + timedelta(days=30), NOW)
        return row, await find_link(session, token, DAY)


async def a_code(database: Database, link: TaskLink, code: str, at: datetime = NOW, state: str = "sent") -> str:
    async with database.transaction() as session:
        row = await add_code(session, link, digest(code), at)
        await settle_code(session, row.id, state, "" if state == "sent" else "timeout")  # type: ignore[arg-type]
        return row.id


async def tried(database: Database, link: TaskLink, code: str, at: datetime = NOW) -> bool:
    async with database.transaction() as session:
        return await use_code(session, link.id, digest(code), at)


async def test_a_code_opens_once_even_when_it_comes_many_times_at_the_same_moment(
    database: Database, path: Path
) -> None:
    _, link = await a_link(database, path)
    await a_code(database, link, "123456")
    found = await asyncio.gather(*(tried(database, link, "123456") for _ in range(5)))
    assert sorted(found) == [False] * 4 + [True]


async def test_wrong_tries_at_the_same_moment_are_all_counted(database: Database, path: Path) -> None:
    _, link = await a_link(database, path)
    await a_code(database, link, "123456")
    await asyncio.gather(*(tried(database, link, "000000") for _ in range(TRIES)))
    assert not await tried(database, link, "123456")


async def test_only_the_newest_code_that_left_holds(database: Database, path: Path) -> None:
    _, link = await a_link(database, path)
    await a_code(database, link, "111111")
    await a_code(database, link, "222222", NOW + timedelta(minutes=2))
    await a_code(database, link, "333333", NOW + timedelta(minutes=3), state="failed")
    later = NOW + timedelta(minutes=4)
    assert not await tried(database, link, "111111", later)
    assert not await tried(database, link, "333333", later)
    assert await tried(database, link, "222222", later)


async def test_a_code_of_another_link_opens_nothing(database: Database, path: Path) -> None:
    row, link = await a_link(database, path)
    async with database.transaction() as session:
        other = await find_link(session, await make_link(session, row.id, "other", DAY + timedelta(days=9), NOW), DAY)
    await a_code(database, other, "123456")
    assert not await tried(database, link, "123456")
    assert await tried(database, other, "123456")


@pytest.mark.parametrize(("seconds", "holds"), [(-1, True), (0, False), (1, False)])
async def test_a_code_ends_to_the_second(database: Database, path: Path, seconds: int, holds: bool) -> None:
    _, link = await a_link(database, path)
    await a_code(database, link, "123456")
    assert await tried(database, link, "123456", NOW + LIFETIME + timedelta(seconds=seconds)) is holds


async def test_how_often_one_may_ask(database: Database, path: Path) -> None:
    _, link = await a_link(database, path)
    answers = []
    async with database.transaction() as session:
        answers.append(await may_ask(session, link, NOW))
    for minute in range(5):
        await a_code(database, link, "123456", NOW + timedelta(minutes=2 * minute))
    for at in (timedelta(minutes=8, seconds=30), timedelta(minutes=20), timedelta(minutes=61)):
        async with database.transaction() as session:
            answers.append(await may_ask(session, link, NOW + at))
    assert answers == ["yes", "just_sent", "too_often", "yes"]


async def test_lost_codes_are_shown_to_who_sees_the_path_until_one_arrives(database: Database, path: Path) -> None:
    row, link = await a_link(database, path)
    lost = await a_code(database, link, "123456", state="failed")
    for scope, count in ((SCOPE, 1), (replace(SCOPE, tenant_id="other"), 0), (replace(SCOPE, role="land"), 0)):
        async with database.reading() as session:
            found = await lost_codes(session, scope, NOW - timedelta(days=1))
        assert [(code.id, handover.id) for code, handover in found] == [(lost, row.id)] * count
    await a_code(database, link, "654321", NOW + timedelta(minutes=1))
    async with database.reading() as session:
        assert await lost_codes(session, SCOPE, NOW - timedelta(days=1)) == []


async def test_a_visit_is_found_by_id_and_token_until_it_ends(database: Database, path: Path) -> None:
    _, link = await a_link(database, path)
    async with database.transaction() as session:
        visit, token = await open_visit(session, link, NOW)
        other, _ = await open_visit(session, link, NOW)
    async with database.transaction() as session:
        assert await find_visit(session, visit.id, token, NOW) is not None
        assert await find_visit(session, other.id, token, NOW) is None
        assert await find_visit(session, visit.id, token + "x", NOW) is None
        assert await find_visit(session, visit.id, token, NOW + timedelta(hours=1)) is None
        found = await find_visit(session, visit.id, token, NOW)
        assert found is not None
        assert token not in str(found.model_dump())
        await end_visit(session, found)
        assert await find_visit(session, visit.id, token, NOW) is None


async def test_the_first_opening_counts_for_the_agency_that_is_asked_now(database: Database, path: Path) -> None:
    row, _ = await a_link(database, path)
    for agency, days in ((AGENCY, 3), (AGENCY, 1), ("sozialamt-neuss", 0)):
        async with database.transaction() as session:
            on = DAY + timedelta(days=days)
            await note_deed(session, AgencyDeed(handover_id=row.id, agency=agency, deed="open", done_on=on))
    async with database.reading() as session:
        assert await first_opened(session, [row]) == {row.id: DAY + timedelta(days=1)}
        assert len(await list_deeds(session, [row])) == 3
        assert await first_opened(session, []) == {}
