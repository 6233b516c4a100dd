"""The picture of a path: bands of frameworks and benefits, handovers and gaps on one line of time, and today.

Pure: from one look at a path to days and titles. How it is drawn says the page; a table tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from process_models.catalogue import Catalogue
from process_models.look import Look

Row = Literal["residence", "benefits", "gaps", "handovers"]
_AHEAD: Final = timedelta(days=60)
"""So much of the time to come is shown behind today."""


@dataclass(frozen=True, slots=True)
class Band:
    """Something that lasted from a day to a day; no last day = it goes on."""

    row: Row
    code: str
    title: str
    since: date
    until: date | None = None
    alarming: bool = False
    """A gap, or a handover that nobody has answered yet."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture between two days."""

    begins: date
    ends: date
    today: date
    bands: tuple[Band, ...]

    def of(self, row: Row) -> tuple[Band, ...]:
        """The bands of one row, by their first day."""
        return tuple(band for band in self.bands if band.row == row)


def chart_of(look: Look, catalogue: Catalogue) -> Chart:
    """The chart of a path up to the day that was looked at, and a little beyond."""
    today = look.course.day
    bands = tuple(
        sorted(
            (*_residence(look, catalogue), *_benefits(look, catalogue), *_gaps(look), *_handovers(look, catalogue)),
            key=lambda band: (band.row, band.since, band.code),
        )
    )
    begins = min((band.since for band in bands), default=today)
    return Chart(min(begins, today), today + _AHEAD, today, bands)


def _residence(look: Look, catalogue: Catalogue) -> Iterable[Band]:
    history = [one for one in look.course.history if one[0] != "R00"]
    for (code, since), (_, following) in pairwise([*history, ("", None)]):
        assert since is not None
        until = following - timedelta(days=1) if following else None
        state = catalogue.residence(code, since)
        if until is None or until >= since:
            yield Band("residence", code, state.title if state else code, since, until)


def _benefits(look: Look, catalogue: Catalogue) -> Iterable[Band]:
    for period in look.periods:
        regime = catalogue.benefit(period.regime, period.starts)
        yield Band("benefits", period.regime, regime.title if regime else period.regime, period.starts, period.ends)


def _gaps(look: Look) -> Iterable[Band]:
    for gap in look.gaps:
        yield Band("gaps", "", "", gap.starts_on, gap.ends_on, alarming=True)


def _handovers(look: Look, catalogue: Catalogue) -> Iterable[Band]:
    for item in look.case.work.handovers:
        if item.offered_on is None:
            continue
        rule = catalogue.handover(item.code, item.trigger_on)
        until = item.accepted_on or item.refused_on or item.cancelled_on
        title = rule.title if rule else item.code
        yield Band("handovers", item.code, title, item.offered_on, until, alarming=item.awaits_answer)
