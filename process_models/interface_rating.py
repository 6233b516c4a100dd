"""Whether an interface runs well or badly, with the reasons for both: a reading of its figures, not a grade of people.

Pure. The bounds are proposals of the project (evidence P) that a municipality may set for itself; the days come from
the ladder of the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from process_models.configuration import ReviewBounds
from process_models.interface_review import InterfaceFigures
from process_models.small_cells import NOTHING, SMALL, Told

Rating = Literal["good", "mixed", "bad", "unknown"]
ReasonCode = Literal["accepts", "refuses", "quick", "slow", "confirms", "silent", "stalls", "smooth", "gaps"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that runs well or badly, with its figure (percent, working days, months)."""

    code: ReasonCode
    good: bool
    value: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The rating and all of its reasons, the bad ones first."""

    rating: Rating
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an interface is measured by: working days that the ladder gives, and bounds in percent."""

    receipt: int
    answer: int
    """Until the first reminder."""
    bounds: ReviewBounds = field(default_factory=ReviewBounds)


def judge(figures: InterfaceFigures, allowed: Allowed) -> Judged:
    """Good: something runs well and nothing badly. Bad: the other way round. Unknown: too little happened."""
    reasons = tuple(sorted(_reasons(figures, allowed), key=lambda one: one.good))
    if not reasons:
        return Judged("unknown", ())
    kinds = {one.good for one in reasons}
    return Judged("mixed" if len(kinds) == 2 else "good" if True in kinds else "bad", reasons)


def _reasons(figures: InterfaceFigures, allowed: Allowed) -> Iterator[Reason]:
    rate = figures.acceptance_rate
    if rate is not None and rate.least >= allowed.bounds.accepts:
        yield Reason("accepts", True, rate.least)
    if rate is not None and rate.most < allowed.bounds.refuses:
        yield Reason("refuses", False, rate.most)
    yield from _days(figures, allowed)
    yield from _stalls(figures, allowed.bounds)
    if figures.gap_months:
        yield Reason("gaps", False, figures.gap_months)


def _days(figures: InterfaceFigures, allowed: Allowed) -> Iterator[Reason]:
    accept, receive = figures.accept, figures.receive
    if accept.p90 is not None and accept.p90 <= allowed.answer:
        yield Reason("quick", True, accept.p90)
    if accept.median is not None and accept.median > allowed.answer:
        yield Reason("slow", False, accept.median)
    if receive.p90 is not None and receive.p90 <= allowed.receipt:
        yield Reason("confirms", True, receive.p90)
    if receive.median is not None and receive.median > allowed.receipt:
        yield Reason("silent", False, receive.median)


def _stalls(figures: InterfaceFigures, bounds: ReviewBounds) -> Iterator[Reason]:
    stalls = NOTHING
    for told in figures.stalls.values():
        if told is None:
            return
        stalls += told
    offers = figures.offers
    if offers is None or offers.least < SMALL:
        return
    if _percent(stalls.least, offers) >= bounds.stalls:
        yield Reason("stalls", False, _percent(stalls.least, offers))
    if _percent(stalls.most, offers) <= bounds.smooth:
        yield Reason("smooth", True, _percent(stalls.most, offers))


def _percent(stalls: int, offers: Told) -> int:
    return round(100 * stalls / offers.least)
