"""Answers are counted by interface and working days: learned ones and recent ones, of one tenant only."""

from __future__ import annotations

from datetime import date
from typing import Any

from process_models.interface_review import Interface
from process_models.waits import Answers
from store.database import Database
from store.tables import Path, PathEvent
from store.waits import asked_of, count_answers
from tests.store.examples import DAY, TENANT, item

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
    asked = asked_of([item()])
    assert asked == {("H01", UNTIL)}
    async with database.reading() as session:
        assert await count_answers(session, "muenster", asked) == ()
        assert await count_answers(session, TENANT, frozenset()) == ()
        assert await count_answers(session, TENANT, asked) == (
            Answers(Interface("H01", "sozialamt", "jobcenter"), UNTIL, ((3, 2), (9, 1)), ((12, 1),)),
            Answers(Interface("H01", "sozialamt", "sozialamt"), UNTIL, ((7, 1),), ()),
        )


def test_what_awaits_no_answer_is_not_counted_for() -> None:
    done = item()
    assert asked_of([type(done)(done.code, DAY, "sozialamt", "jobcenter", "completed", offered_on=DAY)]) == frozenset()
