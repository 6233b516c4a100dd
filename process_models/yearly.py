"""The yearly figures for Lenkungsgruppe and Land: three Bausteine, from counted events. No person, no path.

Pure. Every count is told by `small_cells`; what is the sum of others is the sum of what is told of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Final

from process_models.interface_review import Interface, InterfaceFigures, quantile
from process_models.needs import NeedCount, NeedFigures, figures_of
from process_models.small_cells import NOTHING, SMALL, Told, exactly, guarded, suppress

IN_CARE: Final = ("active", "paused")
"""States of the case management in which somebody is accompanied."""


@dataclass(frozen=True, slots=True)
class YearCount:
    """So many events of a year that are alike."""

    activity: str
    code: str
    reason: str
    place: str
    days: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Classes:
    """What the rules say about the codes of the log."""

    temporary: frozenset[str]
    """Residence states that are titles with an end."""
    permanent: frozenset[str]
    naturalised: frozenset[str]
    livelihood: frozenset[str]
    """Benefit regimes that cover the livelihood."""
    lines: tuple[str, ...]
    """Every line of the target group with its stage and result: `N2:1:eligible`."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is counted beside paths: no number of persons of the target group, so told as it is."""

    by_body: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Figure (meetings, items, decisions, evaluations) -> body -> count."""
    posts: Mapping[str, float] = field(default_factory=dict)
    """Employer and places -> full-time posts."""
    offers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Figure (offers, offers_added, offers_ended) -> kind of need -> count."""


@dataclass(frozen=True, slots=True)
class YearlyFigure:
    """One figure, or one part of it. `told` None and `value` None: not told."""

    code: str
    key: str = ""
    """What it is split by: a body, `N2:1:eligible` (line, stage, result), a reason, `B02>B05`, a kind of need."""
    told: Told | None = None
    value: float | None = None
    """Median, months or posts, where it is no count."""
    places: Mapping[str, Told | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearCounts:
    """Everything that the figures of one year are computed from."""

    counted: Sequence[YearCount]
    interfaces: Sequence[InterfaceFigures]
    """The review of the whole year, with what happened at no interface; as far as the figures below ask for it."""
    flows: Sequence[tuple[int, int]]
    """Begun and ended case managements of each year up to this one."""
    places: tuple[str, ...]
    organisation: Organisation = field(default_factory=Organisation)
    at_places: Mapping[Interface, Mapping[str, Mapping[str, Told | None]]] = field(default_factory=dict)
    """What the review tells of each place: interface -> `OF_PLACES` -> place."""
    caseload: Mapping[str, int] = field(default_factory=dict)
    """Place of work of whoever has them -> paths in case management at the end of the year."""


def yearly_figures(counts: YearCounts, classes: Classes) -> tuple[YearlyFigure, ...]:
    """All figures of a year."""
    return tuple(_all(counts, classes))


def _all(counts: YearCounts, classes: Classes) -> Iterator[YearlyFigure]:
    for code, by_body in counts.organisation.by_body.items():
        yield from (YearlyFigure(code, body, exactly(count)) for body, count in by_body.items())
    for code, which in _COUNTED.items():
        yield _by_place(code, counts, [one for one in counts.counted if which(one, classes)])
    yield YearlyFigure("load", told=_load(counts.flows))
    yield from _caseload(counts)
    yield from _screened(counts.counted, classes)
    yield from _handovers(counts)
    yield from _frameworks(counts.counted, classes)
    yield from _needs(counts.counted)
    yield from (YearlyFigure("posts", key, value=posts) for key, posts in counts.organisation.posts.items())
    for code, by_kind in counts.organisation.offers.items():
        yield from (YearlyFigure(code, kind, exactly(count)) for kind, count in sorted(by_kind.items()))
    yield _median("permanent_days", counts.counted, "residence_entered", classes.permanent)
    yield _median("naturalised_days", counts.counted, "residence_entered", classes.naturalised)


def begins(code: str, before: str) -> bool:
    """Whether a change of the case management begins an accompaniment; going on after a pause does not."""
    return code in IN_CARE and before not in IN_CARE


def ends(code: str, before: str) -> bool:
    """Whether it ends one."""
    return code not in IN_CARE and before in IN_CARE


def _entered(one: YearCount, codes: frozenset[str]) -> bool:
    return one.activity == "residence_entered" and one.code in codes


_COUNTED: Final[Mapping[str, Callable[[YearCount, Classes], bool]]] = {
    "opened": lambda one, _: one.activity == "path_opened",
    "begun": lambda one, _: one.activity == "case_management_changed" and begins(one.code, one.reason),
    "ended": lambda one, _: one.activity == "case_management_changed" and ends(one.code, one.reason),
    "titles": lambda one, classes: _entered(one, classes.temporary),
    "renewals": lambda one, _: one.activity == "title_renewed",
    "permanent": lambda one, classes: _entered(one, classes.permanent),
    "naturalised": lambda one, classes: _entered(one, classes.naturalised),
}


def _by_place(code: str, counts: YearCounts, found: Sequence[YearCount]) -> YearlyFigure:
    """A count with its places, which are told only where the count itself is."""
    cells = dict.fromkeys(counts.places, 0)
    for one in found:
        cells[one.place] = cells.get(one.place, 0) + one.count
    whole = guarded(sum(cells.values()))
    told = suppress(cells, [tuple(cells)]) if whole.exact is not None else dict.fromkeys(cells)
    return YearlyFigure(code, told=whole, places={place: _or_nothing(count) for place, count in told.items()})


def _or_nothing(count: int | None) -> Told | None:
    return None if count is None else exactly(count)


def _load(flows: Iterable[tuple[int, int]]) -> Told:
    """From what is told of every year; the true number would tell what the years keep back."""
    begun, ended = NOTHING, NOTHING
    for came, went in flows:
        begun, ended = begun + guarded(came), ended + guarded(went)
    return begun - ended


def _caseload(counts: YearCounts) -> Iterator[YearlyFigure]:
    """Parts of the load, told only where it is exact: else they would tell together what it keeps back."""
    load, cells = _load(counts.flows), counts.caseload
    is_whole = load.exact is not None and load.exact == sum(cells.values())
    told = suppress(cells, [tuple(cells)]) if is_whole else dict.fromkeys(cells)
    yield from (YearlyFigure("caseload", key, _or_nothing(count)) for key, count in sorted(told.items()))
    posts = sum(counts.organisation.posts.values())
    each = round(load.exact / posts, 1) if load.exact is not None and posts else None
    yield YearlyFigure("caseload_each", value=each)


def _screened(counted: Iterable[YearCount], classes: Classes) -> Iterator[YearlyFigure]:
    """By line and stage; together they are nearly the new paths, so a small one takes another with it."""
    found: Counter[str] = Counter()
    for one in counted:
        if one.activity == "screened":
            found[next((key for key in classes.lines if _is_line(key, one)), f"{one.code}::{one.reason}")] += one.count
    lines = dict.fromkeys(classes.lines, 0) | found
    for key, count in sorted(suppress(lines, [tuple(lines)]).items()):
        if count != 0:
            yield YearlyFigure("screened", key, _or_nothing(count))


def _is_line(key: str, one: YearCount) -> bool:
    line, _, result = key.split(":")
    return (line, result) == (one.code, one.reason)


_Which = Callable[[InterfaceFigures], Told | None]
_HANDOVERS: Final[Mapping[str, tuple[str, _Which]]] = {
    "offered": ("offers", lambda one: one.offers),
    "accepted": ("accept", lambda one: one.accepted),
    "completed": ("complete", lambda one: one.complete.count),
    "gaps": ("gap", lambda one: one.gaps),
}
OF_PLACES: Final = tuple(series for series, _ in _HANDOVERS.values())
"""What is told of places too, as the review calls it."""


def _handovers(counts: YearCounts) -> Iterator[YearlyFigure]:
    """Sums of what the review tells of each interface, of the whole and of each place."""
    interfaces = counts.interfaces
    for code, (series, which) in _HANDOVERS.items():
        places = {place: _at_place(counts, place, series, which) for place in counts.places}
        yield YearlyFigure(code, told=_sum(map(which, interfaces)), places=places)
    for reason in sorted({reason for one in interfaces for reason in one.stalls}):
        yield YearlyFigure("stalls", reason, _sum(one.stalls.get(reason, NOTHING) for one in interfaces))
    months = [one.gap_months for one in interfaces if one.gap_months is not None]
    yield YearlyFigure("gap_months", value=round(sum(months), 1) if months or not interfaces else None)


def _at_place(counts: YearCounts, place: str, series: str, which: _Which) -> Told:
    """What is told of a place, with bounds: where it is not told, it may be anything up to the whole interface."""
    total = NOTHING
    for one in counts.interfaces:
        part, whole = counts.at_places.get(one.interface, {}).get(series, {}).get(place), which(one)
        total += part if part is not None else Told(0, whole.most if whole else 0)
    return total


def _sum(told: Iterable[Told | None]) -> Told:
    return reduce(add, (one for one in told if one is not None), NOTHING)


def _frameworks(counted: Iterable[YearCount], classes: Classes) -> Iterator[YearlyFigure]:
    """By what paid before and what pays now; only regimes that cover the livelihood."""
    pairs: dict[str, list[YearCount]] = {}
    for one in counted:
        if one.activity == "framework_entered" and one.code in classes.livelihood:
            before = "+".join(code for code in one.reason.split("+") if code in classes.livelihood)
            pairs.setdefault(f"{before}>{one.code}", []).append(one)
    for key, found in sorted(pairs.items()):
        yield YearlyFigure("frameworks", key, guarded(sum(one.count for one in found)))
    for key, found in sorted(pairs.items()):
        yield YearlyFigure("framework_days", key, value=_middle(found))


def need_figures(counted: Iterable[YearCount]) -> NeedFigures:
    """What the counts of a year tell of needs."""
    needs = (one for one in counted if one.activity.startswith("need_"))
    return figures_of(NeedCount(one.activity, one.code, one.place, one.count, one.reason) for one in needs)


def _needs(counted: Iterable[YearCount]) -> Iterator[YearlyFigure]:
    """As the figures of needs tell them: the same year gives the same numbers there and here."""
    told = need_figures(counted)
    for figure, by_kind in (("needs", told.recorded), ("needs_met", told.met), ("unmet", told.unmet)):
        yield from (YearlyFigure(figure, kind, _or_nothing(count)) for kind, count in sorted(by_kind.items()))


def _median(figure: str, counted: Iterable[YearCount], activity: str, codes: frozenset[str]) -> YearlyFigure:
    return YearlyFigure(
        figure, value=_middle([one for one in counted if one.activity == activity and one.code in codes])
    )


def _middle(found: Iterable[YearCount]) -> float | None:
    """The median of the days; None for fewer than five."""
    histogram: Counter[int] = Counter()
    for one in found:
        if one.days is not None:
            histogram[one.days] += one.count
    return quantile(histogram, 0.5) if histogram.total() >= SMALL else None
