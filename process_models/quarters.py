"""Quarters of calendar years: the smallest period that figures are told for, once it is over.

Pure. A quarter is a number (year * 4 + 0..3), so that quarters can be counted and compared.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

IN_A_YEAR: Final = 4
_MONTHS: Final = 3


def quarter_of(day: date) -> int:
    """The quarter in which a day lies."""
    return day.year * IN_A_YEAR + (day.month - 1) // _MONTHS


def first_day(quarter: int) -> date:
    """Its first day."""
    year, number = divmod(quarter, IN_A_YEAR)
    return date(year, number * _MONTHS + 1, 1)


def last_day(quarter: int) -> date:
    """Its last day."""
    return first_day(quarter + 1) - timedelta(days=1)


def of_year(year: int) -> range:
    """The four quarters of a calendar year."""
    return range(year * IN_A_YEAR, (year + 1) * IN_A_YEAR)


def closed(quarters: range, today: date) -> range:
    """Those that are over on the day `today`; a running quarter would tell a little more every day."""
    return range(quarters.start, max(quarters.start, min(quarters.stop, quarter_of(today))))


def counts_on(day: date, known_on: date) -> date:
    """The day on which something counts that happened on `day`: what is learned late counts late, and no quarter that
    was over on `known_on` changes."""
    return max(day, first_day(quarter_of(known_on)))


def years_of(quarters: range) -> range:
    """The calendar years that these quarters touch."""
    return range(quarters.start // IN_A_YEAR, (quarters.stop - 1) // IN_A_YEAR + 1) if quarters else range(0)


def name(quarter: int) -> str:
    """`2022 Q1`."""
    year, number = divmod(quarter, IN_A_YEAR)
    return f"{year} Q{number + 1}"
