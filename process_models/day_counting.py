"""Counting of days: durations, Werktage and Arbeitstage, birthdays, and the roll over weekends and holidays.

Arithmetic only. Which rule counts how stands in `deadlines`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.calendars import closed_because, holidays_of, is_legal_working_day

ONE_DAY: Final = timedelta(days=1)
_LENGTH: Final = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
_SUNDAY: Final = 6


def parse_length(length: str) -> relativedelta:
    """An ISO 8601 duration of years, months, weeks and days. Errors: ValueError with an example."""
    found = _LENGTH.fullmatch(length)
    if not found:
        raise ValueError(f"'{length}' ist keine Dauer; Beispiele: P2W, P1M, P3Y, P30D")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return relativedelta(years=years, months=months, weeks=weeks, days=days)


def day_is_missing(event: date, end: date, length: str | None) -> bool:
    """True if the month of the end has no day of this number, and the last day of the month stands for it."""
    months_only = length is not None and not re.search(r"[WD]", length)
    return months_only and end.day != event.day


def count_on(event: date, days: int, counted_in: str, land: str) -> date:
    """The n-th Werktag (Saturdays count) or Arbeitstag (they do not) after the event, whose own day is not counted."""
    day = event
    while days > 0:
        day += ONE_DAY
        days -= _counts(day, counted_in, land)
    return day


def rolled(day: date, land: str) -> tuple[date, tuple[tuple[date, str], ...]]:
    """The next legal working day of the Land, and every day skipped on the way with its reason."""
    skipped: list[tuple[date, str]] = []
    while (reason := closed_because(day, land)) is not None:
        skipped.append((day, reason))
        day += ONE_DAY
    return day, tuple(skipped)


def birthday(born: date, age: int) -> date:
    """The day on which a person reaches an age, at 0:00; born on 29 February: 1 March in other years."""
    day = born + relativedelta(years=age)
    return day if day.day == born.day else day + ONE_DAY


def _counts(day: date, counted_in: str, land: str) -> bool:
    if counted_in == "werktage":
        return day.weekday() != _SUNDAY and day not in holidays_of(land)
    return is_legal_working_day(day, land)
