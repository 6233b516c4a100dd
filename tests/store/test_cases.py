"""A case holds everything that the rules read about a path."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from sqlalchemy import event

from process_models.errors import PathNotFound
from process_models.facts import Person
from process_models.work import TaskItem
from store.body_items import note_stall, put_on_agenda
from store.cases import load_case
from store.database import Database
from store.facts import add_facts
from store.handovers import save_item
from store.notices import cancel_notices, claim_notice, make_notice, settle_notice
from store.paths import create_path
from store.tables import Path
from store.tasks import open_task
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, WIFE, body_item, fact, item, notice, stall


async def test_a_case_holds_person_household_facts_work_and_similar_stalls(database: Database, path: Path) -> None:
    ask = TaskItem("obtain_consent:H01", "obtain_consent", "H01", DAY)
    async with database.transaction() as session:
        other = await create_path(session, KEYRING, NEW_PATH, NOW)
        await add_facts(session, KEYRING, path, [fact("a", outcome="refugee")], "me", NOW)
        await save_item(session, path, item(), "jobcenter-neuss")
        await open_task(session, path, ask)
        made = await make_notice(session, notice(path), NOW)
        assert made is not None
        await claim_notice(session, made.id, NOW)
        await settle_notice(session, made.id, "permanent-failure", "SMTP550", None, NOW)
        await put_on_agenda(session, body_item(path_id=path.id))
        await note_stall(session, stall(other.id))
    async with database.reading() as session:
        case = await load_case(session, KEYRING, path.id)
    assert case.person == Person(date(1994, 3, 12), "SY")
    assert (case.path_id, case.municipality, case.place) == (path.id, "rhein-kreis-neuss", "meerbusch")
    assert (case.household, case.facts) == ((WIFE,), (fact("a", outcome="refugee"),))
    assert (case.work.handovers, case.work.tasks) == ((item(),), (ask,))
    assert case.work.notices_made == case.work.undeliverable == {made.key}
    assert case.work.agenda == {"verfahren:H01"}
    assert [stalled.count for stalled in case.similar] == [1]


async def test_a_notice_that_was_called_off_does_not_count_as_made(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await make_notice(session, notice(path), NOW)
        await cancel_notices(session, path.id, NOW)
    async with database.reading() as session:
        assert (await load_case(session, KEYRING, path.id)).work.notices_made == frozenset()


async def test_a_path_that_does_not_exist_has_no_case(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(PathNotFound):
            await load_case(session, KEYRING, "nothing")


async def test_loading_thirty_facts_takes_a_handful_of_queries_and_little_work(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await add_facts(session, KEYRING, path, [fact(f"f{n}", outcome="refugee") for n in range(30)], "me", NOW)
    statements: list[str] = []
    seconds: list[float] = []
    async with database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *call: statements.append(call[2]))
        for _ in range(3):
            started = process_time()
            case = await load_case(session, KEYRING, path.id)
            seconds.append(process_time() - started)
    assert len(case.facts) == 30
    assert sum(statement.startswith("SELECT") for statement in statements) == 3 * 8
    # Processor time of the quickest: what a busy machine adds by waiting says nothing about the queries.
    assert min(seconds) < 0.25
