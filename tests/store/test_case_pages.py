"""Cases by the page are the cases that a path loads for itself."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import event

from process_models.case import Case
from process_models.work import TaskItem
from store.body_items import note_stall, put_on_agenda
from store.case_pages import load_cases
from store.cases import load_case
from store.database import Database
from store.errors import MasterKeyMissing
from store.facts import add_facts
from store.handovers import save_item
from store.meetings import NewResolution, resolve
from store.notices import cancel_notices, make_notice
from store.paths import create_path, erase_path_person
from store.sealing import Keyring
from store.tables import Path, PathEvent
from store.tasks import open_task
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, body_item, fact, item, notice, stall

NOT_LOADED = ["own_paths", "undeliverable"]
"""Parts that the busy path of these tests does not have; `undeliverable` is read with the notices that were made."""


@pytest.fixture
async def paths(database: Database, path: Path) -> list[Path]:
    """Three paths: one with work of every kind, one with facts only, one that stalls in the same way."""
    async with database.transaction() as session:
        second = await create_path(session, KEYRING, NEW_PATH, NOW)
        third = await create_path(session, KEYRING, NEW_PATH, NOW)
        await add_facts(session, KEYRING, path, [fact("b", outcome="refugee"), fact("a", "asylum.sought")], "me", NOW)
        await add_facts(session, KEYRING, second, [fact("a", outcome="rejected")], "me", NOW)
        await save_item(session, path, item(), "jobcenter-neuss")
        await open_task(session, path, TaskItem("obtain_consent:H01", "obtain_consent", "H01", DAY))
        await make_notice(session, notice(path), NOW)
        await make_notice(session, notice(second), NOW)
        await cancel_notices(session, second.id, NOW)
        tabled = await put_on_agenda(session, body_item(path_id=path.id))
        await resolve(session, tabled, NewResolution("adopt", DAY, "AG"))
        session.add(answered(path))
        for stalled in (path, third):
            await note_stall(session, stall(stalled.id))
    return [path, second, third]


def answered(path: Path) -> PathEvent:
    """An earlier answer at the interface at which the busy path waits."""
    columns = {"code": "H01", "from_kind": "sozialamt", "to_kind": "jobcenter", "working_days": 4}
    return PathEvent(tenant_id=path.tenant_id, activity="handover_accepted", happened_on=DAY, **columns)


async def _pages(database: Database, ids: list[str]) -> dict[str, Case]:
    async with database.reading() as session:
        return await load_cases(session, KEYRING, ids)


async def test_a_page_holds_what_each_path_would_load_for_itself(database: Database, paths: list[Path]) -> None:
    found = await _pages(database, [path.id for path in paths])
    async with database.reading() as session:
        alone = {path.id: await load_case(session, KEYRING, path.id) for path in paths}
    busy = paths[0].id
    assert found[busy] == alone[busy]
    assert found[busy].similar
    for path in paths[1:]:
        assert (found[path.id].facts, found[path.id].work) == (alone[path.id].facts, alone[path.id].work)
        assert (found[path.id].person, found[path.id].household) == (alone[path.id].person, alone[path.id].household)
        assert found[path.id].similar == ()


async def test_the_busy_path_of_these_tests_has_something_in_every_part_of_a_case(
    database: Database, paths: list[Path]
) -> None:
    """Whoever adds a part to a case also reads it by the page: an empty part would be equal by chance."""
    async with database.reading() as session:
        case = await load_case(session, KEYRING, paths[0].id)
    empty = [part.name for of in (case, case.work) for part in fields(of) if not getattr(of, part.name)]
    assert empty == NOT_LOADED


async def test_an_erased_person_and_an_unknown_path_are_left_out(database: Database, paths: list[Path]) -> None:
    async with database.transaction() as session:
        await erase_path_person(session, paths[1], NOW)
    found = await _pages(database, [paths[0].id, paths[1].id, "nothing"])
    assert list(found) == [paths[0].id]


async def test_a_page_without_its_master_key_is_refused_not_left_out(database: Database, paths: list[Path]) -> None:
    async with database.reading() as session:
        with pytest.raises(MasterKeyMissing):
            await load_cases(session, Keyring({"other": b"x" * 32}, current="other"), [paths[0].id])


async def test_a_page_takes_as_many_queries_as_one_path(database: Database, paths: list[Path]) -> None:
    statements: list[str] = []
    async with database.reading() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        await load_cases(session, KEYRING, [path.id for path in paths])
    assert sum(statement.startswith("SELECT") for statement in statements) == 11
