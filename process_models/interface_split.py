"""The review of interfaces for one agency or one place, of a calendar year that is over.

Pure. Agencies are the parts of an interface, places the parts of an agency: one tree, and in each knot of it
`small_cells.suppress` says which parts are told. A quarter of one agency, or a year that is told with bounds, is
not split: its parts would tell what the bounds keep back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from process_models.configuration import Municipality
from process_models.interface_review import (
    A_MONTH,
    Counted,
    Duration,
    Interface,
    InterfaceFigures,
    Series,
    duration_of,
    series_of,
)
from process_models.quarters import closed, of_year
from process_models.small_cells import NOTHING, Told, exactly, suppress


@dataclass(frozen=True, slots=True)
class Parts:
    """What a tenant is split into: the agencies of each kind, the places. Those with nothing to count belong to it."""

    agencies: Mapping[str, tuple[str, ...]]
    places: tuple[str, ...]

    @classmethod
    def of(cls, config: Municipality, places: tuple[str, ...]) -> Parts:
        """Those of a municipality, as far as these places go."""
        agencies: dict[str, tuple[str, ...]] = {}
        for agency in config.agencies:
            agencies[agency.kind] = (*agencies.get(agency.kind, ()), agency.id)
        return cls(agencies, places)


@dataclass(frozen=True, slots=True)
class Part:
    """One agency, or one place."""

    agency: str = ""
    place: str = ""


def review_of_part(
    counted: Iterable[Counted], number: int, today: date, parts: Parts, part: Part
) -> tuple[InterfaceFigures, ...]:
    """The figures of every interface at which the part had something to do in the year, as far as they are told."""
    if len(closed(of_year(number), today)) < len(of_year(number)):
        return ()
    found = []
    for interface, series in sorted(series_of(counted).items()):
        knots = _Knots(interface, series, number, today, parts)
        if part.agency and part.agency not in knots.agencies:
            continue
        found.append(_figures(interface, knots, part))
    return tuple(found)


def places_told(
    counted: Iterable[Counted], number: int, today: date, parts: Parts, names: Iterable[str]
) -> dict[Interface, dict[str, dict[str, Told | None]]]:
    """What is told of each place at every interface in a year, of these series alone; None = not told."""
    knots = (
        _Knots(interface, series, number, today, parts) for interface, series in sorted(series_of(counted).items())
    )
    return {one.interface: {name: one.places_told(name) for name in names} for one in knots}


@dataclass(slots=True)
class _Knots:
    """The tree of one interface: the year, its agencies, their places."""

    interface: Interface
    series: Mapping[str, Series]
    number: int
    today: date
    parts: Parts

    @property
    def agencies(self) -> tuple[str, ...]:
        """Those of the receiving kind, and whoever else was asked."""
        asked = {one.agency for series in self.series.values() for one in series.counted}
        return tuple(sorted(asked.union(self.parts.agencies.get(self.interface.to_kind, ()))))

    @property
    def places(self) -> tuple[str, ...]:
        """Those of the municipality, and where else somebody lived."""
        lived = {one.place for series in self.series.values() for one in series.counted}
        return tuple(sorted(lived.union(self.parts.places)))

    def told(self, name: str, part: Part) -> Told | None:
        """The count of a part; None = not told."""
        series = self.series.get(name, Series())
        whole = series.told(of_year(self.number), self.today)
        if whole.exact is None:
            return None
        agencies = _split(series, "agency", self.agencies)
        if part.agency:
            return _or_nothing(agencies[part.agency])
        return self.places_told(name).get(part.place, NOTHING)

    def places_told(self, name: str) -> dict[str, Told | None]:
        """The sum over the agencies for each place, if each of them tells its part of it."""
        series = self.series.get(name, Series())
        agencies = _split(series, "agency", self.agencies)
        whole = series.told(of_year(self.number), self.today)
        if whole.exact is None or None in agencies.values():
            return dict.fromkeys(self.places)
        total: dict[str, Told | None] = dict.fromkeys(self.places, NOTHING)
        for agency in agencies:
            own = Series.of(one for one in series.counted if one.agency == agency)
            for place, count in _split(own, "place", self.places).items():
                so_far = total[place]
                total[place] = None if count is None or so_far is None else so_far + exactly(count)
        return total

    def of(self, name: str, part: Part) -> Series:
        """What was counted for the part; to be shown only where its count is told."""
        found = self.series.get(name, Series()).counted
        return Series.of(one for one in found if part in (Part(agency=one.agency), Part(place=one.place)))


def _split(series: Series, by: str, names: tuple[str, ...]) -> dict[str, int | None]:
    cells = dict.fromkeys(names, 0)
    for one in series.counted:
        cells[str(getattr(one, by))] += one.count
    return suppress(cells, [tuple(cells)])


def _or_nothing(count: int | None) -> Told | None:
    return None if count is None else exactly(count)


def _figures(interface: Interface, knots: _Knots, part: Part) -> InterfaceFigures:
    def duration(name: str) -> Duration:
        return duration_of(knots.told(name, part), knots.of(name, part).working_days(of_year(knots.number)))

    gaps = knots.told("gap", part)
    days = knots.of("gap", part).days(of_year(knots.number))
    return InterfaceFigures(
        interface=interface,
        offers=knots.told("offers", part),
        refused=knots.told("refuse", part),
        receive=duration("receive"),
        accept=duration("accept"),
        complete=duration("complete"),
        stalls={name[6:]: knots.told(name, part) for name in sorted(knots.series) if name.startswith("stall:")},
        escalations={name[6:]: knots.told(name, part) for name in sorted(knots.series) if name.startswith("level:")},
        gaps=gaps,
        gap_months=None if gaps is None else round(days / A_MONTH, 1),
    )
