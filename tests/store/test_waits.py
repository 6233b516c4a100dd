"""Steps are counted by interface and working days: learned ones and recent ones, of one tenant only."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event

from process_models.interface_review import Interface
from process_models.waits import Asked, Waits
from store.database import Database
from store.tables import Path, PathEvent
from store.waits import count_waits
from tests.store.examples import TENANT

UNTIL = date(2021, 12, 1)


def answered(on: date, days: int | None, **changes: Any) -> PathEvent:
    columns = {"activity": "handover_accepted", "code": "H01", "from_kind": "sozialamt", "to_kind": "jobcenter"}
    return PathEvent(**{"tenant_id": TENANT, "happened_on": on, "working_days": days, **columns, **changes})


async def test_answers_of_the_year_before_are_learned_from_and_later_ones_compared(
    database: Database, path: Path
) -> None:
    async with database.transaction() as session:
        session.add_all(
            [
                answered(date(2020, 12, 1), 3),
                answered(date(2021, 11, 30), 3),
                answered(date(2021, 11, 30), 9, activity="handover_refused"),
                answered(UNTIL, 12),
                answered(date(2020, 11, 30), 1),
                answered(date(2021, 11, 30), 1, activity="handover_received"),
                answered(date(2021, 11, 30), None),
                answered(date(2021, 11, 30), 1, code="H02"),
                answered(date(2021, 11, 30), 7, to_kind="sozialamt"),
            ]
        )
    asked: frozenset[Asked] = frozenset({("H01", "answer", UNTIL)})
    async with database.reading() as session:
        assert await count_waits(session, "muenster", asked) == ()
        assert await count_waits(session, TENANT, frozenset()) == ()
        assert await count_waits(session, TENANT, asked) == (
            Waits(Interface("H01", "sozialamt", "jobcenter"), UNTIL, ((3, 2), (9, 1)), ((12, 1),)),
            Waits(Interface("H01", "sozialamt", "sozialamt"), UNTIL, ((7, 1),), ()),
        )


async def test_each_step_has_its_own_events_and_all_its_days_are_counted_in_one_query(
    database: Database, path: Path
) -> None:
    at, later = Interface("H01", "sozialamt", "jobcenter"), date(2022, 2, 1)
    async with database.transaction() as session:
        session.add_all(
            [
                answered(date(2021, 11, 2), 1, activity="handover_received"),
                answered(date(2021, 11, 5), 4),
                answered(date(2021, 12, 20), 8, activity="handover_completed"),
                answered(date(2022, 1, 5), 30, activity="handover_completed"),
            ]
        )
    asked: frozenset[Asked] = frozenset(
        {("H01", "receive", UNTIL), ("H01", "answer", UNTIL), ("H01", "complete", UNTIL), ("H01", "complete", later)}
    )
    statements: list[str] = []
    async with database.reading() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        found = await count_waits(session, TENANT, asked)
    assert sum(statement.startswith("SELECT") for statement in statements) == 3
    assert found == (
        Waits(at, UNTIL, ((4, 1),), (), "answer"),
        Waits(at, UNTIL, (), ((8, 1), (30, 1)), "complete"),
        Waits(at, later, ((8, 1), (30, 1)), (), "complete"),
        Waits(at, UNTIL, ((1, 1),), (), "receive"),
    )
