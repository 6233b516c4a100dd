"""Review of an interface between agencies: what runs well and what badly, in counts and working days, never persons.

Pure arithmetic on counted events; the records count them, pages and tables show them. Of quarters that are over;
which counts are told says `small_cells`, whether they are good `interface_rating`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Final, NamedTuple

from process_models.quarters import closed, first_day, of_year, quarter_of, years_of
from process_models.small_cells import NOTHING, SMALL, Segment, Told, over, segments

TAIL: Final = 10
"""Of fewer than so many values the ninth of ten would be the longest, and that is one single path."""
A_MONTH: Final = 30

_SERIES: Final[Mapping[str, str]] = {
    "handover_offered": "offers",
    "handover_forwarded": "offers",
    "handover_received": "receive",
    "handover_accepted": "accept",
    "handover_refused": "refuse",
    "handover_completed": "complete",
    "gap_ended": "gap",
}
_SPLIT: Final[Mapping[str, Callable[[Counted], str]]] = {
    "stall_reason_given": lambda one: f"stall:{one.reason}",
    "escalated": lambda one: f"level:{one.level}",
}


class Interface(NamedTuple):
    """Who hands over what to whom: the unit that the AG Verfahrensebene looks at."""

    code: str
    from_kind: str
    to_kind: str


@dataclass(slots=True)  # not frozen: a page makes thousands, which would take three times as long
class Counted:
    """So many events of one kind at an interface with the same reason, level and working days."""

    interface: Interface
    activity: str
    count: int
    reason: str = ""
    level: str = ""
    working_days: int | None = None
    days: int = 0
    """Calendar days without livelihood of gaps that ended, of all of these together."""
    quarter: int = 0
    """See `quarters`; 0 where time was not asked for."""
    agency: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Duration:
    """How often a step was taken, and its working days. None: not told, or too few values."""

    count: Told | None
    median: int | None
    p90: int | None
    """Nine of ten took at most so many."""


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of a trend: the quarters from `first` to `last`, together."""

    first: int
    last: int
    count: Told
    median: int | None = None
    """Working days."""


@dataclass(frozen=True, slots=True)
class InterfaceFigures:
    """What happened at one interface in a period. None = not told."""

    interface: Interface
    offers: Told | None
    refused: Told | None
    receive: Duration
    accept: Duration
    complete: Duration
    stalls: Mapping[str, Told | None] = field(default_factory=dict)
    """Stalls by reason."""
    escalations: Mapping[str, Told | None] = field(default_factory=dict)
    """How many reached which step of the ladder."""
    gaps: Told | None = NOTHING
    """Times without livelihood that ended while a handover lay at this interface."""
    gap_months: float | None = None
    """How long these were together, as far as they are told one by one; a month has 30 days."""
    offered: tuple[Point, ...] = ()
    answered: tuple[Point, ...] = ()
    """Acceptances over time, with their median."""

    @property
    def accepted(self) -> Told | None:
        """How many took over."""
        return self.accept.count

    @property
    def acceptance_rate(self) -> Told | None:
        """Percent of the answers that took over; None for fewer than five answers. Bounds where a count has bounds."""
        yes, no = self.accepted, self.refused
        if yes is None or no is None or yes.least + no.least < SMALL:
            return None
        least, most = 100 * yes.least / (yes.least + no.most), 100 * yes.most / (yes.most + no.least)
        return Told(round(least), round(most))


def quantile(histogram: Mapping[int, int], share: float) -> int:
    """The smallest value that this share of the counted does not exceed (nearest rank). Errors: ValueError if empty."""
    total = sum(histogram.values())
    if total == 0:
        raise ValueError("nothing was counted")
    rank, seen = max(1, ceil(share * total)), 0
    for value in sorted(histogram):
        seen += histogram[value]
        if seen >= rank:
            return value
    raise AssertionError("unreachable")


@dataclass(slots=True)
class Series:
    """One thing that is counted at an interface, over quarters: offers, acceptances, stalls of one reason."""

    counted: list[Counted] = field(default_factory=list)
    _sums: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, counted: Iterable[Counted]) -> Series:
        """The series of these."""
        series = cls()
        for one in counted:
            series.add(one)
        return series

    def add(self, one: Counted) -> None:
        """Counts something in."""
        self.counted.append(one)
        self._sums[one.quarter] = self._sums.get(one.quarter, 0) + one.count

    def sum(self, quarters: range) -> int:
        """The true count; not to be shown."""
        return sum(self._sums.get(quarter, 0) for quarter in quarters)

    def segments(self, number: int, today: date) -> list[tuple[range, Segment]]:
        """The quarters of a calendar year as they may be told, each with the quarters that it holds."""
        known = closed(of_year(number), today)
        found = segments([self.sum(range(quarter, quarter + 1)) for quarter in known])
        return [(range(known.start + one.first, known.start + one.last + 1), one) for one in found]

    def told(self, quarters: range, today: date) -> Told:
        """What may be told about these quarters: what their segments say, nothing more."""
        total = NOTHING
        for number in years_of(quarters):
            start = of_year(number).start
            found = [one for _, one in self.segments(number, today)]
            total += over(found, quarters.start - start, quarters.stop - 1 - start)
        return total

    def whole_segments(self, quarters: range, today: date) -> list[tuple[range, Segment]]:
        """The segments that lie wholly inside these quarters."""
        found = (pair for number in years_of(quarters) for pair in self.segments(number, today))
        return [(held, one) for held, one in found if held.start in quarters and held[-1] in quarters]

    def working_days(self, quarters: range) -> dict[int, int]:
        """How often it took how many working days."""
        return _histogram(one for one in self.counted if one.quarter in quarters)

    def days(self, quarters: range) -> int:
        """Calendar days, of gaps."""
        return sum(one.days for one in self.counted if one.quarter in quarters)


def series_of(counted: Iterable[Counted]) -> dict[Interface, dict[str, Series]]:
    """Interface -> what was counted there, by name: offers, accept, stall:DOC_MISSING, level:E2."""
    found: dict[Interface, dict[str, Series]] = {}
    for one in counted:
        name = _SPLIT[one.activity](one) if one.activity in _SPLIT else _SERIES[one.activity]
        series = found.setdefault(one.interface, {})
        if name not in series:
            series[name] = Series()
        series[name].add(one)
    return found


def review(counted: Iterable[Counted], quarters: range, today: date) -> tuple[InterfaceFigures, ...]:
    """The figures of every interface in these quarters, sorted by code.

    `counted` holds the whole calendar years that they touch: what is told of a year hangs together.
    """
    window = closed(quarters, today)
    return tuple(_figures(interface, found, window, today) for interface, found in sorted(series_of(counted).items()))


def review_of(interface: Interface, counted: Iterable[Counted], quarters: range, today: date) -> InterfaceFigures:
    """As `review`, of one interface; it has zeros where nothing was counted."""
    found = series_of(one for one in counted if one.interface == interface).get(interface, {})
    return _figures(interface, found, closed(quarters, today), today)


def _figures(interface: Interface, found: Mapping[str, Series], window: range, today: date) -> InterfaceFigures:
    def told(name: str) -> Told:
        return found.get(name, Series()).told(window, today)

    def duration(name: str) -> Duration:
        return duration_of(told(name), found.get(name, Series()).working_days(window))

    return InterfaceFigures(
        interface=interface,
        offers=told("offers"),
        refused=told("refuse"),
        receive=duration("receive"),
        accept=duration("accept"),
        complete=duration("complete"),
        stalls={name[6:]: told(name) for name in sorted(found) if name.startswith("stall:")},
        escalations={name[6:]: told(name) for name in sorted(found) if name.startswith("level:")},
        gaps=told("gap"),
        gap_months=_gap_months(found.get("gap", Series()), window, today),
        offered=_trend(found.get("offers", Series()), window, today),
        answered=_trend(found.get("accept", Series()), window, today),
    )


def duration_of(count: Told | None, histogram: Mapping[int, int]) -> Duration:
    """Median and p90 where enough values are told."""
    if count is None or count.least < SMALL or sum(histogram.values()) < SMALL:
        return Duration(count, None, None)
    return Duration(count, quantile(histogram, 0.5), quantile(histogram, 0.9) if count.least >= TAIL else None)


def _trend(series: Series, window: range, today: date) -> tuple[Point, ...]:
    points = []
    for held, segment in series.whole_segments(window, today):
        median = duration_of(segment.told, series.working_days(held)).median
        points.append(Point(held.start, held[-1], segment.told, median))
    return tuple(points)


def _gap_months(series: Series, window: range, today: date) -> float | None:
    """Only of gaps that are told: the length of the others would be the length of few."""
    told = [held for held, segment in series.whole_segments(window, today) if segment.told.exact is not None]
    if series.told(window, today).exact is None and not any(series.sum(held) for held in told):
        return None
    return round(sum(series.days(held) for held in told) / A_MONTH, 1)


def _histogram(counted: Iterable[Counted]) -> dict[int, int]:
    histogram: dict[int, int] = {}
    for one in counted:
        if one.working_days is not None:
            histogram[one.working_days] = histogram.get(one.working_days, 0) + one.count
    return histogram


@dataclass(frozen=True, slots=True)
class Effect:
    """One interface before and after a day. The quarter in which the day lies counts on neither side, unless it begins
    with it."""

    on: date
    before_quarters: range
    after_quarters: range
    """Empty until the first quarter after the day is over."""
    before: InterfaceFigures
    after: InterfaceFigures


def effect_quarters(on: date, today: date) -> tuple[range, range]:
    """The four quarters before a day, and up to four after it that are over."""
    running = quarter_of(on)
    begins = running if first_day(running) == on else running + 1
    return range(running - 4, running), closed(range(begins, begins + 4), today)


def effect_of(interface: Interface, counted: Iterable[Counted], on: date, today: date) -> Effect:
    """The figures of an interface before and after a day; `counted` holds the whole years that both sides touch."""
    found = list(counted)
    before, after = effect_quarters(on, today)
    return Effect(
        on,
        closed(before, today),
        after,
        review_of(interface, found, before, today),
        review_of(interface, found, after, today),
    )
