"""A first look at an event log: how often what happens, how long it takes in working days, where hand-offs are slow.

Pure arithmetic. What fewer than five cases share is not told; all counts are told in steps, for a log has many sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final, Generic, TypeVar

from kim.eventlog.foreign import ForeignEvent
from process_models.calendars import ProductCalendar
from process_models.interface_review import TAIL, quantile
from process_models.small_cells import at_least

SLOWEST: Final = 10
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Happenings:
    """How often an activity was logged at least, in how many cases at least."""

    activity: str
    events: int
    cases: int


@dataclass(frozen=True, slots=True)
class Took:
    """Working days between two events that follow each other, or two agencies, in so many cases at least."""

    begin: str
    end: str
    cases: int
    median: int
    p90: int | None
    """None for fewer than ten values: it would be the longest."""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What may be told of a log. `hidden`: so many activities and transitions fewer than five cases share."""

    cases: int | None
    """At least so many; None for fewer than five."""
    activities: tuple[Happenings, ...]
    transitions: tuple[Took, ...]
    slowest: tuple[Took, ...]
    hidden: int


@dataclass(slots=True)
class _Tally(Generic[Key]):
    """Days by kind of step, and in how many cases it came."""

    days: dict[Key, Counter[int]] = field(default_factory=dict)
    cases: Counter[Key] = field(default_factory=Counter)

    def add(self, found: Iterable[tuple[Key, int]]) -> None:
        """The steps of one case."""
        seen = set[Key]()
        for key, days in found:
            self.days.setdefault(key, Counter())[days] += 1
            seen.add(key)
        self.cases.update(seen)


Pair = tuple[str, str]


def first_look(events: Iterable[ForeignEvent], calendar: ProductCalendar) -> FirstLook:
    """The figures of a whole log; it is kept in memory by case."""
    by_case: dict[str, list[ForeignEvent]] = {}
    for event in events:
        by_case.setdefault(event.case, []).append(event)

    @cache
    def between(start: date, end: date) -> int:
        return calendar.between(start, end)

    activities, steps, handed = _Tally[str](), _Tally[Pair](), _Tally[Pair]()
    for case in by_case.values():
        case.sort(key=lambda event: event.at)
        activities.add((event.activity, 0) for event in case)
        steps.add(((a.activity, b.activity), between(a.on, b.on)) for a, b in pairwise(case))
        handed.add((agencies, between(a.on, b.on)) for a, b, agencies in _handed(case))
    return _told(len(by_case), activities, steps, handed)


def _handed(case: Sequence[ForeignEvent]) -> Iterator[tuple[ForeignEvent, ForeignEvent, Pair]]:
    """From one agency to another: as the event itself says, else as two events that follow each other say."""
    for before, after in pairwise(case):
        sender = after.sender or before.agency
        if sender and after.agency and sender != after.agency:
            yield before, after, (sender, after.agency)


def _told(cases: int, activities: _Tally[str], steps: _Tally[Pair], handed: _Tally[Pair]) -> FirstLook:
    happened = tuple(_happened(activities))
    transitions, slow = tuple(_durations(steps)), tuple(_durations(handed))
    return FirstLook(
        cases=at_least(cases),
        activities=tuple(sorted(happened, key=lambda one: (-one.events, one.activity))),
        transitions=tuple(sorted(transitions, key=lambda one: (-one.cases, one.begin, one.end))),
        slowest=tuple(sorted(slow, key=lambda one: (-(one.p90 or one.median), -one.median, one.begin, one.end)))[
            :SLOWEST
        ],
        hidden=len(activities.cases) - len(happened) + len(steps.cases) - len(transitions),
    )


def _happened(tally: _Tally[str]) -> Iterator[Happenings]:
    for activity, count in tally.cases.items():
        cases, events = at_least(count), at_least(tally.days[activity].total())
        if cases is not None and events is not None:
            yield Happenings(activity, events, cases)


def _durations(tally: _Tally[Pair]) -> Iterator[Took]:
    for pair, count in tally.cases.items():
        days = tally.days[pair]
        if (cases := at_least(count)) is not None:
            p90 = quantile(days, 0.9) if days.total() >= TAIL else None
            yield Took(*pair, cases, quantile(days, 0.5), p90)
