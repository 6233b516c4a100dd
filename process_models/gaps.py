"""Gaps: periods in which nobody pays for the livelihood, running or beginning soon. Overlap is allowed, a gap is not.

Looks only from the first covered day on: before it nothing is known, so nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from process_models.course import DAY
from process_models.livelihood import BenefitPeriod
from process_models.plan import Gap

WARN_DAYS: Final = 30
"""A gap is told this many days before it begins (product rule)."""


def uncovered(periods: Iterable[BenefitPeriod], livelihood: frozenset[str], until: date) -> tuple[Gap, ...]:
    """All gaps that begin on or before `until`, from the first covered day on; the last one may be open."""
    spans = sorted((p.starts, p.ends or date.max) for p in periods if p.regime in livelihood)
    gaps: list[Gap] = []
    covered_to: date | None = None
    for starts, ends in spans:
        if covered_to is not None and starts > covered_to + DAY:
            gaps.append(Gap(starts_on=covered_to + DAY, ends_on=starts - DAY))
        if ends == date.max:
            return tuple(gap for gap in gaps if gap.starts_on <= until)
        covered_to = ends if covered_to is None else max(covered_to, ends)
    if covered_to is not None:
        gaps.append(Gap(starts_on=covered_to + DAY))
    return tuple(gap for gap in gaps if gap.starts_on <= until)


def open_gaps(periods: Iterable[BenefitPeriod], livelihood: frozenset[str], day: date) -> tuple[Gap, ...]:
    """Gaps that run on this day or begin within the warning time."""
    horizon = day + timedelta(days=WARN_DAYS)
    return tuple(gap for gap in uncovered(periods, livelihood, horizon) if gap.ends_on is None or gap.ends_on >= day)


def next_gap_start(periods: Iterable[BenefitPeriod], livelihood: frozenset[str], day: date) -> date | None:
    """The first day of the next gap after this day, however far."""
    starts = [gap.starts_on for gap in uncovered(periods, livelihood, date.max) if gap.starts_on > day]
    return min(starts, default=None)
