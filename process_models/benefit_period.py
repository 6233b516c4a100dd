"""A period in which one benefit regime pays: value and arithmetic of days only."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from process_models.course import DAY


@dataclass(frozen=True, slots=True)
class BenefitPeriod:
    """A benefit regime from its first to its last day; no last day = open."""

    regime: str
    starts: date
    ends: date | None = None
    safe_end: date | None = None
    """The earlier, safe reading of the last day, where the end is disputed."""
    derived: bool = False
    known_on: date | None = None
    """Day of the grant, or of the event that ends a derived regime."""
    fact_id: str = ""
    """The grant."""

    def covers(self, day: date) -> bool:
        """True on every day from the first to the last, both included."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


def month_end(day: date) -> date:
    """The last day of the month of this day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def without_days_of(period: BenefitPeriod, other: BenefitPeriod) -> Iterable[BenefitPeriod]:
    """What is left of a period on the days on which the other one does not run."""
    apart = other.ends is not None and other.ends < period.starts
    if apart or (period.ends is not None and period.ends < other.starts):
        yield period
        return
    if period.starts < other.starts:
        yield replace(period, ends=other.starts - DAY, safe_end=None, known_on=other.known_on)
    if other.ends is not None and (period.ends is None or other.ends < period.ends):
        yield replace(period, starts=other.ends + DAY)
