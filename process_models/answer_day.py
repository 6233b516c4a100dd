"""By when a receiver is asked to answer, and how that day was counted: working days after the offer, and what rested.

Days only; which step of the ladder is due stands in `escalation`, the words of a page in its template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from process_models.calendars import ProductCalendar, holidays_of
from process_models.plan import PlannedHandover
from process_models.rules import Ladder, LadderStep
from process_models.work import HandoverItem


@dataclass(frozen=True, slots=True)
class AnswerDay:
    """A day by which to answer. `days` 0: it was not counted from the offer."""

    on: date
    offered_on: date | None = None
    days: int = 0
    """Working days after the offer."""
    skipped: tuple[tuple[date, str], ...] = ()
    """Holidays and local closing days in between that are not counted; Saturdays and Sundays are not named."""
    extended_until: date | None = None
    """The office gave the receiver time until then; the answer is expected on the day after."""


def answer_day(
    item: HandoverItem, planned: PlannedHandover | None, ladder: Ladder, calendar: ProductCalendar
) -> AnswerDay | None:
    """The day for the receipt of an offer, else for the answer; None when nothing is awaited."""
    if planned is None or not item.awaits_answer or item.offered_on is None:
        return None
    on = planned.receipt_due_on if item.state == "offered" else planned.next_level_on
    if on is None:
        return None
    if item.answer_until is not None and on == item.answer_until + timedelta(days=1):
        return AnswerDay(on, item.offered_on, extended_until=item.answer_until)
    days = _days(item, planned, ladder)
    if not days or calendar.add(item.offered_on, days) != on:
        return AnswerDay(on)
    return AnswerDay(on, item.offered_on, days, tuple(_closed(item.offered_on, on, calendar)))


def _days(item: HandoverItem, planned: PlannedHandover, ladder: Ladder) -> int:
    if item.state == "offered":
        return ladder.receipt_critical if planned.critical else ladder.receipt_normal
    steps: dict[str, LadderStep] = {str(level): step for level, step in ladder.steps.items()}
    step = steps.get(planned.next_level)
    if step is None:
        return 0
    return step.critical if planned.critical else step.normal


def _closed(start: date, end: date, calendar: ProductCalendar) -> list[tuple[date, str]]:
    between = (start + timedelta(days=n) for n in range(1, (end - start).days))
    weekdays = [day for day in between if day.weekday() < 5 and not calendar.is_working_day(day)]
    return [(day, holidays_of(calendar.land).name(day) or "") for day in weekdays]
