"""Meetings of the bodies: from rhythm and weekday to the next date. Pure; who is told stands elsewhere."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from process_models.calendars import ProductCalendar
from process_models.rules import Body

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def next_meeting(body: Body, after: date) -> date:
    """The first regular meeting after this day: the n-th weekday of every month of its rhythm."""
    month = date(after.year, after.month, 1)
    while True:
        if _meets_in(body, month):
            meeting = _nth_weekday(month, _WEEKDAYS.index(body.weekday), body.week_of_month)
            if meeting > after:
                return meeting
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _meets_in(body: Body, month: date) -> bool:
    months = body.months or range(1, 13, max(12 // body.meetings_per_year, 1))
    return month.month in months


def _nth_weekday(month: date, weekday: int, nth: int) -> date:
    offset = (weekday - month.weekday()) % 7
    day = 1 + offset + 7 * (nth - 1)
    return month.replace(day=day if day <= monthrange(month.year, month.month)[1] else day - 7)


def papers_due(body: Body, meeting: date, calendar: ProductCalendar) -> date:
    """The last day for papers of a meeting: so many working days before it as the configuration says."""
    day = meeting
    for _ in range(body.paper_days):
        day = calendar.last_open_day(day - timedelta(days=1))
    return day
