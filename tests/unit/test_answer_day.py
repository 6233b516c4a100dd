"""The day by which a receiver answers is counted in working days, and says what it did not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from process_models.answer_day import AnswerDay, answer_day
from process_models.calendars import ProductCalendar
from process_models.catalogue import catalogue
from process_models.plan import PlannedHandover
from process_models.work import HandoverItem

CALENDAR = ProductCalendar("NW", ("rosenmontag",))
OFFERED = date(2022, 4, 13)
"""The Wednesday before Easter."""
ITEM = HandoverItem("H01", date(2022, 4, 11), "sozialamt", "jobcenter", offered_on=OFFERED)


def _planned(**values: Any) -> PlannedHandover:
    base = {"code": "H01", "title": "t", "statute": "s", "trigger_on": ITEM.trigger_on, "from_kind": "sozialamt"}
    return PlannedHandover(**{**base, "to_kind": "jobcenter", "basis": "consent", "allowed": True, **values})


def _day(item: HandoverItem, **values: Any) -> AnswerDay | None:
    return answer_day(item, _planned(**values), catalogue().ladder(OFFERED), CALENDAR)


def test_the_receipt_of_an_offer_is_due_after_working_days_and_holidays_are_named() -> None:
    due = CALENDAR.add(OFFERED, 3)
    found = _day(ITEM, receipt_due_on=due)
    assert found == AnswerDay(
        date(2022, 4, 20), OFFERED, 3, ((date(2022, 4, 15), "Karfreitag"), (date(2022, 4, 18), "Ostermontag"))
    )


def test_a_critical_offer_has_fewer_days() -> None:
    found = _day(ITEM, receipt_due_on=CALENDAR.add(OFFERED, 1), critical=True)
    assert found == AnswerDay(date(2022, 4, 14), OFFERED, 1)


def test_after_the_receipt_the_next_step_of_the_ladder_says_the_day() -> None:
    received = replace(ITEM, state="received", received_on=OFFERED)
    found = _day(received, next_level="E1", next_level_on=CALENDAR.add(OFFERED, 10))
    assert found is not None
    assert (found.on, found.days) == (CALENDAR.add(OFFERED, 10), 10)


def test_time_that_the_office_gave_explains_the_day() -> None:
    extended = replace(ITEM, answer_until=date(2022, 5, 2))
    assert _day(extended, receipt_due_on=date(2022, 5, 3)) == AnswerDay(
        date(2022, 5, 3), OFFERED, extended_until=date(2022, 5, 2)
    )


def test_a_day_that_was_not_counted_from_the_offer_is_not_explained_so() -> None:
    received = replace(ITEM, state="received", received_on=OFFERED)
    assert _day(received, next_level="E4", next_level_on=date(2022, 4, 14)) == AnswerDay(date(2022, 4, 14))


def test_a_local_closing_day_is_named_without_a_holiday() -> None:
    before = replace(ITEM, offered_on=date(2022, 2, 25))
    found = _day(before, receipt_due_on=CALENDAR.add(date(2022, 2, 25), 3))
    assert found is not None
    assert found.skipped == ((date(2022, 2, 28), ""),)


def test_nobody_is_asked_to_answer_what_is_accepted() -> None:
    accepted = replace(ITEM, state="accepted", accepted_on=OFFERED)
    assert _day(accepted, receipt_due_on=OFFERED) is None
    assert answer_day(ITEM, None, catalogue().ladder(OFFERED), CALENDAR) is None
