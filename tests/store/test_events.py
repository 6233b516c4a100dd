"""The event log: written with what happened, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from process_models.plan import Gap, PlannedHandover
from process_models.work import HandoverState
from store.database import Database
from store.events import keep_handover, keep_plan, note_end_of_path
from store.tables import Path, PathEvent
from tests.store.examples import DAY, NOW, item, plan

CALENDAR = ProductCalendar("NW")
TO = date(2022, 2, 16)


async def events(database: Database) -> list[PathEvent]:
    async with database.reading() as session:
        return list(await session.scalars(select(PathEvent).order_by(col(PathEvent.id))))


async def test_what_happens_to_a_handover_is_logged_once_with_its_agency(database: Database, path: Path) -> None:
    accepted = handover.accept(item(), TO)
    for state, on in ((item(), DAY), (accepted, TO), (accepted, TO)):
        async with database.transaction() as session:
            await keep_handover(session, path, state, "jobcenter-neuss", WorkingDay(on, CALENDAR))
    logged = [(event.activity, event.agency, event.working_days) for event in await events(database)]
    assert logged == [
        ("handover_offered", "jobcenter-neuss", None),
        ("handover_received", "jobcenter-neuss", 2),
        ("handover_accepted", "jobcenter-neuss", 2),
    ]


async def test_a_plan_that_is_not_kept_leaves_no_event(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        assert await keep_plan(session, path, 5, plan(), NOW)
    settled = plan().model_copy(update={"phase": "settled"})
    async with database.transaction() as session:
        assert not await keep_plan(session, path, 4, settled, NOW)
    assert [event.code for event in await events(database) if event.activity == "phase_entered"] == ["stay"]


async def test_the_end_of_a_path_and_a_step_of_the_ladder_are_logged(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        note_end_of_path(session, path, TO)
        handed = replace(item(), level="E1")
        await keep_handover(session, path, handed, "jobcenter-neuss", WorkingDay(DAY, CALENDAR))
    assert {event.activity for event in await events(database)} == {"handover_offered", "escalated", "path_ended"}


async def test_a_gap_ends_at_the_interface_where_it_began_although_the_handover_was_accepted(
    database: Database, path: Path
) -> None:
    gap = (Gap(starts_on=DAY),)
    waiting = plan().model_copy(update={"gaps": gap, "handovers": (planned("offered"),)})
    taken = waiting.model_copy(update={"day": TO, "handovers": (planned("accepted"),)})
    paid = taken.model_copy(update={"day": date(2022, 3, 1), "gaps": ()})
    for version, one in enumerate((waiting, taken, paid)):
        async with database.transaction() as session:
            assert await keep_plan(session, path, version, one, NOW + timedelta(days=version))
    logged = {event.activity: event for event in await events(database)}
    assert logged["gap_started"].code == "H01"
    ended = logged["gap_ended"]
    assert (ended.code, ended.from_kind, ended.to_kind, ended.days) == ("H01", "sozialamt", "jobcenter", 15)


def planned(state: HandoverState) -> PlannedHandover:
    return PlannedHandover(
        code="H01",
        title="",
        statute="",
        trigger_on=DAY,
        from_kind="sozialamt",
        to_kind="jobcenter",
        basis="consent",
        allowed=True,
        state=state,
    )
