"""Review of an interface between agencies: what runs well and what badly, in counts and working days, never persons.

Pure arithmetic on counted events; the records count them, pages and tables show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Final

from process_models.small_cells import SMALL, is_small, suppress

_STEPS: Final = {"receive": "handover_received", "accept": "handover_accepted", "complete": "handover_completed"}
LEARNED_FROM: Final = 20
"""So many answers make an expectation; before that the floor of the ladder holds."""


@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """Who hands over what to whom: the unit that the AG Verfahrensebene looks at."""

    code: str
    from_kind: str
    to_kind: str


@dataclass(frozen=True, slots=True)
class Counted:
    """So many events of one kind at an interface with the same reason, level and working days."""

    interface: Interface
    activity: str
    count: int
    reason: str = ""
    level: str = ""
    working_days: int | None = None
    days: int | None = None
    """Calendar days without livelihood, of a gap that ended."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Working days of a step. None: too few to be told."""

    count: int | None
    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class InterfaceFigures:
    """What happened at one interface in a period. Counts are None where they are small or could be found out."""

    interface: Interface
    offers: int | None
    accepted: int | None
    refused: int | None
    acceptance_rate: int | None
    """Percent of the answers that took over; None for fewer than five answers."""
    receive: Duration
    accept: Duration
    complete: Duration
    stalls: Mapping[str, int | None] = field(default_factory=dict)
    """Stalls by reason."""
    escalations: Mapping[str, int | None] = field(default_factory=dict)
    """How many reached which step of the ladder."""
    gap_months: float | None = None
    """Months without livelihood while a handover lay at this interface; a month has 30 days."""


@dataclass(frozen=True, slots=True)
class Period:
    """Two days, both included."""

    since: date
    until: date


def year(number: int) -> Period:
    """A calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


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


def review(counted: Iterable[Counted]) -> tuple[InterfaceFigures, ...]:
    """The figures of every interface, sorted by code; small counts are left out, also where a total would tell them."""
    by_interface: dict[Interface, list[Counted]] = {}
    for one in counted:
        by_interface.setdefault(one.interface, []).append(one)
    return tuple(_figures(interface, found) for interface, found in sorted(by_interface.items()))


def _figures(interface: Interface, counted: list[Counted]) -> InterfaceFigures:
    accepted = _sum(counted, "handover_accepted")
    refused = _sum(counted, "handover_refused")
    answers = suppress({"accepted": accepted, "refused": refused}, [("accepted", "refused")])
    offers = _sum(counted, "handover_offered") + _sum(counted, "handover_forwarded")
    return InterfaceFigures(
        interface=interface,
        offers=None if is_small(offers) else offers,
        accepted=answers["accepted"],
        refused=answers["refused"],
        acceptance_rate=_rate(accepted, refused, answers),
        receive=_duration(counted, "receive"),
        accept=_duration(counted, "accept"),
        complete=_duration(counted, "complete"),
        stalls=_split(counted, "stall_reason_given", "reason"),
        escalations=_split(counted, "escalated", "level"),
        gap_months=_gap_months(counted),
    )


def _sum(counted: Iterable[Counted], activity: str) -> int:
    return sum(one.count for one in counted if one.activity == activity)


def _rate(accepted: int, refused: int, shown: Mapping[str, int | None]) -> int | None:
    """Percent; not told where it would give away a count that is not told."""
    if accepted + refused < SMALL or None in shown.values():
        return None
    return round(100 * accepted / (accepted + refused))


def histogram_of(counted: Iterable[Counted], step: str) -> dict[int, int]:
    """How often a step took how many working days."""
    histogram: dict[int, int] = {}
    for one in counted:
        if one.activity == _STEPS[step] and one.working_days is not None:
            histogram[one.working_days] = histogram.get(one.working_days, 0) + one.count
    return histogram


def _duration(counted: Iterable[Counted], step: str) -> Duration:
    histogram = histogram_of(counted, step)
    count = sum(histogram.values())
    if count < SMALL:
        return Duration(0 if count == 0 else None, None, None)
    return Duration(count, quantile(histogram, 0.5), quantile(histogram, 0.9))


def _split(counted: Iterable[Counted], activity: str, by: str) -> dict[str, int | None]:
    cells: dict[str, int] = {}
    for one in counted:
        if one.activity == activity:
            name = str(getattr(one, by))
            cells[name] = cells.get(name, 0) + one.count
    return suppress(cells, [tuple(cells)])


def _gap_months(counted: Iterable[Counted]) -> float | None:
    ended = [(one.count, one.days or 0) for one in counted if one.activity == "gap_ended"]
    paths = sum(count for count, _ in ended)
    if paths == 0:
        return 0.0
    return None if is_small(paths) else round(sum(count * days for count, days in ended) / 30, 1)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long a step at an interface usually takes, and where that is known from."""

    usual: int
    """Nine of ten took at most so many working days, or the floor."""
    learned: bool
    count: int
    """So many answers it was learned from."""


def expectation(counted: Iterable[Counted], step: str, floor: int) -> Expectation:
    """What may be expected of a step: nine of ten earlier ones, never less than the floor (working days)."""
    histogram = histogram_of(counted, step)
    count = sum(histogram.values())
    if count < LEARNED_FROM:
        return Expectation(floor, learned=False, count=count)
    return Expectation(max(floor, quantile(histogram, 0.9)), learned=True, count=count)
