"""Links of agencies: kept as hashes, ended by time, by a newer one, or by hand; nobody can tell which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from store.database import Database
from store.errors import LinkInvalid
from store.handovers import save_item
from store.links import find_link, make_link, revoke_links
from store.tables import Path, TaskLink
from tests.store.examples import DAY, NOW, item

UNTIL = DAY + timedelta(days=30)


async def a_link(database: Database, path: Path, agency: str = "jobcenter-neuss") -> tuple[str, str]:
    async with database.transaction() as session:
        handover = await save_item(session, path, item(), agency)
        return handover.id, await make_link(session, handover.id, agency, UNTIL, NOW)


async def refusal(database: Database, token: str, today: date) -> LinkInvalid:
    async with database.reading() as session:
        with pytest.raises(LinkInvalid) as refused:
            await find_link(session, token, today)
    return refused.value


async def test_a_link_leads_to_its_handover_up_to_and_on_its_last_day(database: Database, path: Path) -> None:
    handover_id, token = await a_link(database, path)
    async with database.reading() as session:
        link = await find_link(session, token, UNTIL)
    assert (link.handover_id, link.agency) == (handover_id, "jobcenter-neuss")


async def test_only_the_hash_of_a_token_is_kept(database: Database, path: Path) -> None:
    _, token = await a_link(database, path)
    async with database.reading() as session:
        (row,) = await session.scalars(select(TaskLink))
    assert token not in str(row.model_dump())
    assert len(token) >= 43


async def test_expired_revoked_and_unknown_links_are_refused_in_the_same_words(database: Database, path: Path) -> None:
    handover_id, token = await a_link(database, path)
    expired = await refusal(database, token, UNTIL + timedelta(days=1))
    async with database.transaction() as session:
        await revoke_links(session, handover_id, NOW)
    revoked = await refusal(database, token, DAY)
    unknown = await refusal(database, "x" * 43, DAY)
    assert len({(error.status, error.detail, error.way_out) for error in (expired, revoked, unknown)}) == 1
    assert expired.status == 410


async def test_a_newer_link_ends_the_older_one_of_the_same_agency_only(database: Database, path: Path) -> None:
    handover_id, old = await a_link(database, path)
    async with database.transaction() as session:
        other = await make_link(session, handover_id, "sozialamt-neuss", UNTIL, NOW)
        new = await make_link(session, handover_id, "jobcenter-neuss", UNTIL, NOW)
    await refusal(database, old, DAY)
    async with database.reading() as session:
        assert {(await find_link(session, token, DAY)).agency for token in (new, other)} == {
            "jobcenter-neuss",
            "sozialamt-neuss",
        }
