"""What the JSON API says of interfaces and of a year: counts with their bounds, days, ratings. No path, no person.

Shapes only; they are filled from `reads_review` and `reads_figures`.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from api.reads_figures import FigureSeen, YearlySeen
from api.reads_review import InterfaceSeen, ReviewLine, ReviewSeen, Usual
from process_models.interface_rating import Rating, ReasonCode
from process_models.interface_review import Duration, Effect, Interface, InterfaceFigures, Point
from process_models.quarters import first_day, last_day, name
from process_models.small_cells import Told
from process_models.yearly_definitions import Definition, definitions


class CountView(BaseModel):
    """Eine Anzahl: genau, wenn `least` = `most`, sonst ihre Grenzen / a count, exact or with its bounds."""

    least: int
    most: int


class DurationView(BaseModel):
    """Wie oft, und Arbeitstage; null = nicht ausgewiesen / how often, and working days; null = not told."""

    count: CountView | None
    median: int | None
    p90: int | None


class PointView(BaseModel):
    """Quartale, die zusammen ausgewiesen werden / quarters that are told together."""

    first: str
    last: str
    count: CountView
    median: int | None


class InterfaceView(BaseModel):
    """Eine Schnittstelle / an interface."""

    handover: str
    from_kind: str
    to_kind: str
    offers: CountView | None
    accepted: CountView | None
    refused: CountView | None
    acceptance_percent: CountView | None
    receive: DurationView
    accept: DurationView
    complete: DurationView
    stalls: dict[str, CountView | None]
    escalations: dict[str, CountView | None]
    gaps: CountView | None
    gap_months: float | None
    offered: tuple[PointView, ...]
    answered: tuple[PointView, ...]


class ReasonView(BaseModel):
    """Was gut oder schlecht läuft, mit Zahl / what runs well or badly, with its figure."""

    code: ReasonCode
    good: bool
    value: float


class UsualView(BaseModel):
    """Übliche Arbeitstage bis zur Antwort und woraus gelernt / usual working days, and what they were learned from."""

    days: int
    learned_from: int
    """Mindestens so viele Antworten; 0 = zu wenige / at least so many answers; 0 = too few."""


class ReviewLineView(BaseModel):
    """Eine Schnittstelle mit Bewertung / an interface with its rating."""

    figures: InterfaceView
    rating: Rating
    reasons: tuple[ReasonView, ...]
    usual: UsualView | None


class ReviewView(BaseModel):
    """Schnittstellenbegutachtung / review of the interfaces."""

    since: date | None
    until: date | None
    agency: str
    place: str
    interfaces: tuple[ReviewLineView, ...]


class EffectView(BaseModel):
    """Vor und nach einem Tag / before and after a day."""

    on: date
    body: str
    before_quarters: tuple[str, ...]
    after_quarters: tuple[str, ...]
    before: InterfaceView
    after: InterfaceView


class InterfacePageView(BaseModel):
    """Eine Schnittstelle über die Zeit / one interface over time."""

    line: ReviewLineView
    trend: InterfaceView
    effects: tuple[EffectView, ...]


def review_view(seen: ReviewSeen) -> ReviewView:
    """The review as JSON."""
    quarters = seen.quarters
    return ReviewView(
        since=first_day(quarters.start) if quarters else None,
        until=last_day(quarters[-1]) if quarters else None,
        agency=seen.wanted.agency,
        place=seen.wanted.place,
        interfaces=tuple(_line(line) for line in seen.lines),
    )


def interface_view(seen: InterfaceSeen) -> InterfacePageView:
    """One interface as JSON."""
    return InterfacePageView(
        line=_line(seen.line),
        trend=_interface(seen.trend),
        effects=tuple(effect_view(body, effect) for body, effect in seen.effects),
    )


def _line(line: ReviewLine) -> ReviewLineView:
    reasons = (ReasonView(code=one.code, good=one.good, value=one.value) for one in line.judged.reasons)
    return ReviewLineView(
        figures=_interface(line.figures), rating=line.judged.rating, reasons=tuple(reasons), usual=_usual(line.usual)
    )


def _usual(usual: Usual | None) -> UsualView | None:
    if usual is None:
        return None
    return UsualView(days=usual.days, learned_from=usual.learned_from)


def effect_view(body: str, effect: Effect) -> EffectView:
    """Before and after a day. `body`: whose decision of that day it was."""
    return EffectView(
        on=effect.on,
        body=body,
        before_quarters=tuple(map(name, effect.before_quarters)),
        after_quarters=tuple(map(name, effect.after_quarters)),
        before=_interface(effect.before),
        after=_interface(effect.after),
    )


def _interface(figures: InterfaceFigures) -> InterfaceView:
    at: Interface = figures.interface
    return InterfaceView(
        handover=at.code,
        from_kind=at.from_kind,
        to_kind=at.to_kind,
        offers=_maybe(figures.offers),
        accepted=_maybe(figures.accepted),
        refused=_maybe(figures.refused),
        acceptance_percent=_maybe(figures.acceptance_rate),
        receive=_duration(figures.receive),
        accept=_duration(figures.accept),
        complete=_duration(figures.complete),
        stalls={reason: _maybe(count) for reason, count in figures.stalls.items()},
        escalations={level: _maybe(count) for level, count in figures.escalations.items()},
        gaps=_maybe(figures.gaps),
        gap_months=figures.gap_months,
        offered=tuple(map(_point, figures.offered)),
        answered=tuple(map(_point, figures.answered)),
    )


def _duration(duration: Duration) -> DurationView:
    return DurationView(count=_maybe(duration.count), median=duration.median, p90=duration.p90)


def _point(point: Point) -> PointView:
    return PointView(first=name(point.first), last=name(point.last), count=count_view(point.count), median=point.median)


def count_view(told: Told) -> CountView:
    """A count with its bounds."""
    return CountView(least=told.least, most=told.most)


def _maybe(told: Told | None) -> CountView | None:
    return None if told is None else count_view(told)


class FigureView(BaseModel):
    """Eine Kennzahl oder ein Teil davon / a yearly figure, or a part of it."""

    code: str
    part: int
    key: str
    label: str
    unit: str
    count: CountView | None
    """null bei Werten, und wo nichts ausgewiesen wird / null for values, and where nothing is told."""
    value: float | None
    places: dict[str, CountView | None]


class DefinitionView(BaseModel):
    """Was eine Kennzahl bedeutet / what a figure means."""

    code: str
    title: str
    means: str
    title_en: str
    means_en: str
    source: str


class YearlyView(BaseModel):
    """Jahreszahlen / yearly figures."""

    year: int
    years: tuple[int, ...]
    municipality: str
    figures: tuple[FigureView, ...]
    definitions: tuple[DefinitionView, ...]


def yearly_view(seen: YearlySeen) -> YearlyView:
    """The yearly figures as JSON."""
    return YearlyView(
        year=seen.year,
        years=seen.years,
        municipality=seen.title,
        figures=tuple(map(_figure, seen.figures)),
        definitions=tuple(map(_definition, definitions())),
    )


def _figure(one: FigureSeen) -> FigureView:
    figure = one.figure
    return FigureView(
        code=figure.code,
        part=one.definition.part,
        key=figure.key,
        label=one.label,
        unit=one.definition.unit,
        count=_maybe(figure.told),
        value=figure.value,
        places={place: _maybe(told) for place, told in figure.places.items()},
    )


def _definition(one: Definition) -> DefinitionView:
    return DefinitionView(
        code=one.code,
        title=one.de.title,
        means=one.de.means,
        title_en=one.en.title,
        means_en=one.en.means,
        source=one.source,
    )
