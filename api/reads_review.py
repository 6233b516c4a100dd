"""Reading the review of interfaces: what runs well and badly, trends, before and after a decision. Counts, no person.

Also to be called without a request: `read_review`, `read_interface`, `read_effect`. Small counts are taken out by the
rules before anything leaves here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import tenant_today
from api.errors import InterfaceNotFound, PeriodNotTold
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.interface_rating import Allowed, Judged, judge
from process_models.interface_review import (
    Counted,
    Effect,
    Interface,
    InterfaceFigures,
    effect_of,
    effect_quarters,
    review,
    review_of,
)
from process_models.interface_split import Part, Parts, review_of_part
from process_models.quarters import closed, of_year, quarter_of, years_of
from process_models.rules import HandoverRule, Municipality
from process_models.small_cells import at_least
from process_models.waits import Waits, learned_until, usual_waits
from process_models.work import HandoverItem
from store.figures import count_quarters, decided_days, first_event_day
from store.scope import Scope
from store.tenants import get_tenant
from store.waits import count_waits


@dataclass(frozen=True, slots=True)
class WantedReview:
    """Which figures: a year (None = the latest with a quarter that is over), a quarter of it, an agency or a place."""

    year: int | None = None
    quarter: int | None = None
    """1 to 4; None = all that are over."""
    agency: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """What an offer of today may expect of an answer: the measure of reminders, see `process_models.waits`."""

    days: int
    """Working days."""
    learned_from: int
    """At least so many answers, told in few steps; 0 = too few, the ladder's first reminder is the measure."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One interface with its figures and what they say."""

    interface: Interface
    title: str
    sender: str
    receiver: str
    figures: InterfaceFigures
    judged: Judged
    usual: Usual | None = None
    """None where one agency or place is shown."""


@dataclass(frozen=True, slots=True)
class ReviewSeen:
    """The review of all interfaces."""

    today: date
    wanted: WantedReview
    quarters: range
    """The quarters that are counted; empty if none is over yet."""
    lines: tuple[ReviewLine, ...]
    years: tuple[int, ...]
    agencies: tuple[tuple[str, str], ...]
    """Id and title."""
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterfaceSeen:
    """One interface: its figures over time, and before and after every decision about it."""

    today: date
    wanted: WantedReview
    line: ReviewLine
    quarters: range
    trend: InterfaceFigures
    """Of all quarters that are over, at most three years."""
    effects: tuple[tuple[str, Effect], ...]
    """Body (empty for a day that was asked for) and figures before and after."""
    reasons: dict[str, str]
    """German words of the reasons of stalls."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every review is read from."""

    scope: Scope
    catalogue: Catalogue
    config: Municipality
    today: date

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the municipality that the caller answers for."""
        own = self.scope.municipalities
        return tuple(place for place in self.config.places if not own or place in own or self.config.id in own)

    @property
    def allowed(self) -> Allowed:
        """What the ladder gives."""
        ladder = self.catalogue.ladder_of(self.config.id, self.today)
        return Allowed(ladder.receipt_normal, ladder.steps["E1"].normal, self.config.review_bounds)


async def read_review(tools: Services, caller: Caller, wanted: WantedReview) -> ReviewSeen:
    """The figures of every interface. Errors: PeriodNotTold for a part of a year that is not over."""
    async with tools.database.reading() as session:
        ground = await _ground(session, tools, caller)
        begun = await first_event_day(session, ground.scope)
        chosen = _chosen(wanted, ground)
        window = _window(chosen, ground.today)
        part = Part(chosen.agency, chosen.place) if chosen.agency or chosen.place else None
        counted = await count_quarters(session, ground.scope, window, part=part)
        codes = frozenset(one.interface.code for one in counted)
        answers = () if part else await _answers(session, caller, codes, ground)
    return ReviewSeen(
        today=ground.today,
        wanted=chosen,
        quarters=window,
        lines=_lines(ground, counted, window, chosen, answers),
        years=_years(begun, ground.today),
        agencies=tuple((one.id, one.title) for one in ground.config.agencies),
        places=ground.places,
    )


async def read_interface(
    tools: Services, caller: Caller, interface: Interface, wanted: WantedReview, on: date | None = None
) -> InterfaceSeen:
    """One interface with its trend of three years; before and after its decisions, and the day `on`.

    Errors: InterfaceNotFound.
    """
    async with tools.database.reading() as session:
        ground = await _ground(session, tools, caller)
        _check(interface, ground)
        chosen = replace(_chosen(wanted, ground), agency="", place="")
        window = _window(chosen, ground.today)
        year = chosen.year or ground.today.year
        begun = await first_event_day(session, ground.scope)
        first = max(year - 2, min(begun.year if begun else year, year))
        long = closed(range(of_year(first).start, of_year(year).stop), ground.today)
        counted = await count_quarters(session, ground.scope, long, only=interface)
        answers = await _answers(session, caller, frozenset({interface.code}), ground)
        days = await decided_days(session, ground.scope, interface)
        asked = [("", on)] if on else []
        effects = [(body, await _effect(session, ground, interface, day)) for body, day in [*asked, *days]]
    return InterfaceSeen(
        today=ground.today,
        wanted=chosen,
        line=_line(ground, review_of(interface, counted, window, ground.today), _usual(ground, interface, answers)),
        quarters=window,
        trend=review_of(interface, counted, long, ground.today),
        effects=tuple(effects),
        reasons={str(code): text for code, text in ground.catalogue.ladder(ground.today).reasons.items()},
    )


async def read_effect(tools: Services, caller: Caller, interface: Interface, on: date) -> Effect:
    """The figures of one interface before and after a day: four quarters each, the one with the day left out.

    Errors: InterfaceNotFound.
    """
    async with tools.database.reading() as session:
        ground = await _ground(session, tools, caller)
        _check(interface, ground)
        return await _effect(session, ground, interface, on)


async def _ground(session: AsyncSession, tools: Services, caller: Caller) -> _Ground:
    tenant = await get_tenant(session, caller.tenant)
    catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    today = await tenant_today(session, tenant, tools.now())
    return _Ground(caller.scope(tools.now()), catalogue, catalogue.municipality(tenant.municipality), today)


def _chosen(wanted: WantedReview, ground: _Ground) -> WantedReview:
    """The wish with its year; only places and agencies of the municipality."""
    agency = wanted.agency if wanted.agency in {one.id for one in ground.config.agencies} else ""
    place = wanted.place if wanted.place in ground.places and not agency else ""
    year = wanted.year or (quarter_of(ground.today) - 1) // 4
    if (agency or place) and len(closed(of_year(year), ground.today)) < len(of_year(year)):
        year = year - 1 if wanted.year is None else year
    return WantedReview(year, None if agency or place else wanted.quarter, agency, place)


def _window(wanted: WantedReview, today: date) -> range:
    assert wanted.year is not None
    quarters = of_year(wanted.year)
    if wanted.quarter is not None:
        quarters = quarters[wanted.quarter - 1 : wanted.quarter]
    if (wanted.agency or wanted.place) and len(closed(quarters, today)) < len(quarters):
        raise PeriodNotTold(
            "Zahlen für eine Stelle oder einen Ort gibt es nur für ganze Jahre, die vorbei sind.",
            field="year",
            way_out="Ein früheres Jahr wählen.",
        )
    return closed(quarters, today)


async def _answers(session: AsyncSession, caller: Caller, codes: frozenset[str], ground: _Ground) -> tuple[Waits, ...]:
    """What the answer to an offer of today is measured by."""
    until = learned_until(ground.today)
    return await count_waits(session, caller.tenant, frozenset((code, "answer", until) for code in codes))


def _lines(
    ground: _Ground,
    counted: Sequence[Counted],
    window: range,
    wanted: WantedReview,
    answers: tuple[Waits, ...],
) -> tuple[ReviewLine, ...]:
    if not (wanted.agency or wanted.place):
        found = review(counted, window, ground.today)
        return tuple(_line(ground, figures, _usual(ground, figures.interface, answers)) for figures in found)
    parts, part = Parts.of(ground.config, ground.places), Part(wanted.agency, wanted.place)
    assert wanted.year is not None
    return tuple(_line(ground, figures) for figures in review_of_part(counted, wanted.year, ground.today, parts, part))


def _line(ground: _Ground, figures: InterfaceFigures, usual: Usual | None = None) -> ReviewLine:
    interface = figures.interface
    rule = _rule(interface, ground)
    return ReviewLine(
        interface=interface,
        title=rule.title if rule else interface.code,
        sender=ground.catalogue.label(interface.from_kind),
        receiver=ground.catalogue.label(interface.to_kind),
        figures=figures,
        judged=judge(figures, ground.allowed),
        usual=usual,
    )


def _usual(ground: _Ground, interface: Interface, answers: tuple[Waits, ...]) -> Usual:
    today = ground.today
    offer = HandoverItem(interface.code, today, interface.from_kind, interface.to_kind, offered_on=today)
    found = next(iter(usual_waits(offer, answers, ground.catalogue.ladder_of(ground.config.id, today))), None)
    if found is None:
        return Usual(ground.allowed.answer, 0)
    # In steps: the exact number would be one more sum over single months.
    return Usual(found.days, at_least(found.count) or 1)


async def _effect(session: AsyncSession, ground: _Ground, interface: Interface, on: date) -> Effect:
    before, after = effect_quarters(on, ground.today)
    years = years_of(range(before.start, max(before.stop, after.stop)))
    whole = closed(range(of_year(years.start).start, of_year(years.stop - 1).stop), ground.today)
    counted = await count_quarters(session, ground.scope, whole, only=interface)
    return effect_of(interface, counted, on, ground.today)


def _years(begun: date | None, today: date) -> tuple[int, ...]:
    latest = (quarter_of(today) - 1) // 4
    return tuple(range(latest, min(begun.year if begun else latest, latest) - 1, -1))


def _rule(interface: Interface, ground: _Ground) -> HandoverRule | None:
    """The handover as it is today, else as it was last."""
    known = [rule for rule in ground.catalogue.handovers if rule.code == interface.code]
    return ground.catalogue.handover(interface.code, ground.today) or next(reversed(known), None)


def _check(interface: Interface, ground: _Ground) -> None:
    if _rule(interface, ground) is None:
        raise InterfaceNotFound(
            "Keine Übergabe der Regeln hat dieses Kennzeichen.", way_out="Eine Schnittstelle aus der Liste wählen."
        )
