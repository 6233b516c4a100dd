"""The event log: written with what happened, once, and read in the order of writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from store.database import Database
from store.events import keep_handover, keep_plan, note_end_of_path, stream_events
from store.tables import Path, PathEvent
from tests.store.examples import DAY, NOW, TENANT, item, plan

CALENDAR = ProductCalendar("NW")
TO = date(2022, 2, 16)


async def events(database: Database, until: date = TO) -> list[PathEvent]:
    async with database.reading() as session:
        return [event async for event in stream_events(session, TENANT, DAY, until)]


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


async def test_events_outside_the_days_asked_for_are_not_read(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        note_end_of_path(session, path, TO)
        handed = replace(item(), level="E1")
        await keep_handover(session, path, handed, "jobcenter-neuss", WorkingDay(DAY, CALENDAR))
    assert {event.activity for event in await events(database, until=DAY)} == {"handover_offered", "escalated"}
    assert "path_ended" in {event.activity for event in await events(database)}
