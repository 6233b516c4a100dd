"""Counting the event log: what a review is made of, one tenant and one period at a time."""

from __future__ import annotations

from datetime import date

from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from process_models.interface_review import Interface, Period, review, year
from store.database import Database
from store.events import keep_handover
from store.figures import count_events
from store.tables import Path
from tests.store.examples import DAY, TENANT, item

CALENDAR = ProductCalendar("NW")
TO = date(2022, 2, 16)


async def test_what_happened_in_the_period_is_counted_by_interface_and_working_days(
    database: Database, path: Path
) -> None:
    for state, on in ((item(), DAY), (handover.accept(item(), TO), TO)):
        async with database.transaction() as session:
            await keep_handover(session, path, state, "jobcenter-neuss", WorkingDay(on, CALENDAR))
    async with database.reading() as session:
        all_of_2022 = await count_events(session, TENANT, year(2022))
        first_day = await count_events(session, TENANT, Period(DAY, DAY))
        elsewhere = await count_events(session, "muenster", year(2022))
    assert {(one.activity, one.count, one.working_days) for one in all_of_2022} == {
        ("handover_offered", 1, None),
        ("handover_received", 1, 2),
        ("handover_accepted", 1, 2),
    }
    assert [one.activity for one in first_day] == ["handover_offered"]
    assert elsewhere == []
    [figures] = review(all_of_2022)
    assert figures.interface == Interface("H01", "sozialamt", "jobcenter")
    assert (figures.offers, figures.accepted) == (None, None)
