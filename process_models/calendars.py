"""Two calendars that must never be mixed: the legal one of a Land, and the product's one with local closing days.

Which days are open lives here. What a deadline or the ladder does with them stands in `deadlines` and `escalation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays
from dateutil.easter import easter

from process_models.errors import KimError
from process_models.german import weekday
from process_models.phrases import Phrase
from process_models.spelling import meant

LAENDER: Final = ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH")
_FEASTS: Final = {"rosenmontag": -48, "weiberfastnacht": -52}
_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class UnknownCalendar(KimError):
    """No German Land has this code; `allowed` lists the codes."""

    status = 422
    title = "Unbekannter Kalender"


@dataclass(frozen=True, slots=True)
class LegalHolidays:
    """Statutory holidays of a Land. Source: the holiday acts of the Länder as kept by the library `holidays`."""

    land: str

    def name(self, day: date) -> str | None:
        """German name of the holiday, or None."""
        return _holidays_in(self.land, day.year).get(day)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _holidays_in(self.land, day.year)


@cache
def holidays_of(land: str) -> LegalHolidays:
    """The statutory holidays of a Land by its code (`NW`). Errors: UnknownCalendar."""
    if land not in LAENDER:
        raise UnknownCalendar(
            Phrase("Den Kalender '%(land)s' gibt es nicht%(meant)s.", land=land, meant=meant(land, LAENDER)),
            field="calendar",
            allowed=LAENDER,
        )
    return LegalHolidays(land)


def is_legal_working_day(day: date, land: str) -> bool:
    """True unless the day is a Saturday, a Sunday or a statutory holiday of the Land."""
    return day.weekday() < _SATURDAY and day not in holidays_of(land)


def next_legal_working_day(day: date, land: str) -> date:
    """The day itself if it is a legal working day, else the next one."""
    while not is_legal_working_day(day, land):
        day += _ONE_DAY
    return day


def closed_because(day: date, land: str) -> str | None:
    """Why a deadline cannot end on this day: name of the holiday, "Samstag" or "Sonntag"; None on a working day."""
    return holidays_of(land).name(day) or (weekday(day) if day.weekday() >= _SATURDAY else None)


@dataclass(frozen=True, slots=True)
class ProductCalendar:
    """Working days for the product's own periods: weekends, holidays of the Land and local closing days are closed.

    Local closing days (`rosenmontag`, `weiberfastnacht`, `12-24`) never move a legal deadline.
    """

    land: str
    local_closing_days: tuple[str, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """True if the agencies of the municipality are open."""
        return is_legal_working_day(day, self.land) and day not in _local_days(self.local_closing_days, day.year)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself is not counted; n = 0 gives the day itself."""
        while n > 0:
            day += _ONE_DAY
            n -= self.is_working_day(day)
        return day

    def back(self, day: date, n: int) -> date:
        """The latest day after which `day` is the n-th working day."""
        while n > 0:
            n -= self.is_working_day(day)
            day -= _ONE_DAY
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 if end is not after start."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def last_open_day(self, day: date) -> date:
        """The last working day that is not after `day`."""
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A day of a municipality with the calendar that counts its working days."""

    on: date
    calendar: ProductCalendar

    def since(self, start: date | None) -> int | None:
        """Working days after `start` up to this day; None without a start."""
        return self.calendar.between(start, self.on) if start is not None else None


@cache
def _holidays_in(land: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv=land, years=year, language="de"))


@cache
def _local_days(closing: tuple[str, ...], year: int) -> frozenset[date]:
    return frozenset(_local_dates(closing, year))


def _local_dates(closing: Iterable[str], year: int) -> Iterable[date]:
    for name in closing:
        if name in _FEASTS:
            yield easter(year) + timedelta(days=_FEASTS[name])
        else:
            yield date.fromisoformat(f"{year}-{name}")
