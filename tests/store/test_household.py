"""Paths of a family point at each other; a handover remembers who went along; each person has consents of their own."""

from __future__ import annotations

from dataclasses import replace

from store.cases import load_case
from store.consents import list_evidence
from store.database import Database
from store.facts import add_facts
from store.handovers import item_of, list_handovers, save_item
from store.household import households_with, link_own_path, own_paths_of
from store.paths import create_path
from store.tables import Path
from tests.store.examples import KEYRING, NEW_PATH, NOW, fact, item


async def _another(database: Database) -> Path:
    async with database.transaction() as session:
        return await create_path(session, KEYRING, replace(NEW_PATH, household=()), NOW)


async def test_the_own_path_of_a_member_is_known_to_both_and_may_be_another_one_later(
    database: Database, path: Path
) -> None:
    first, second = await _another(database), await _another(database)
    async with database.transaction() as session:
        assert await link_own_path(session, path, "wife", first, NOW)
        assert not await link_own_path(session, path, "wife", first, NOW)
    async with database.transaction() as session:
        assert await link_own_path(session, path, "wife", second, NOW)
    async with database.reading() as session:
        assert (await load_case(session, KEYRING, path.id)).own_paths == {"wife": second.id}
        assert await own_paths_of(session, [path.id, second.id]) == {path.id: {"wife": second.id}, second.id: {}}
        assert (await households_with(session, second.id), await households_with(session, first.id)) == ((path.id,), ())


async def test_a_handover_remembers_who_went_along(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await save_item(session, path, replace(item(), members=("daughter", "wife")), "jobcenter-rkn")
        await save_item(session, path, replace(item("H01.mother"), to_kind="sozialamt"), "sozialamt-meerbusch")
    async with database.reading() as session:
        items = {row.code: item_of(row) for row in await list_handovers(session, path.id)}
    assert items["H01"].members == ("daughter", "wife")
    assert (items["H01.mother"].to_kind, items["H01.mother"].members) == ("sozialamt", ())


async def test_the_same_id_of_a_consent_is_one_for_each_person(database: Database, path: Path) -> None:
    own = fact("c1", "consent.given", consent="k1", purpose="P1", form="written")
    wives = replace(own, id="c2", who="wife")
    revoked = replace(fact("c3", "consent.revoked", consent="k1"), who="wife")
    async with database.transaction() as session:
        await add_facts(session, KEYRING, path, [own, wives, revoked], "me", NOW)
    async with database.reading() as session:
        rows = await list_evidence(session, path.id)
    assert {row.who: row.revoked_on for row in rows} == {"client": None, "wife": revoked.on}
