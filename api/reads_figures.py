"""Reading the yearly figures for Lenkungsgruppe and Land. Counts with their definitions; no person, no path.

Also to be called without a request: `read_yearly`. Who is of the Land sees totals only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from api.caller import Caller
from api.clock import tenant_today
from api.errors import PeriodNotTold
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.interface_review import review
from process_models.interface_split import Parts, places_told
from process_models.posts import EVERYWHERE, Change, Post, posts_of
from process_models.quarters import of_year
from process_models.rules import Municipality
from process_models.yearly import OF_PLACES, Classes, Organisation, YearCounts, YearlyFigure, yearly_figures
from process_models.yearly_definitions import Definition, definitions
from store.database import Database
from store.figures import count_interfaces_of_year, first_event_day
from store.posts import list_changes
from store.scope import Scope
from store.tenants import get_tenant
from store.yearly import count_bodies, count_caseload, count_flows, count_offers, count_year

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FigureSeen:
    """One figure with what it means; `label` says which part of it, in German."""

    definition: Definition
    figure: YearlyFigure
    label: str


@dataclass(frozen=True, slots=True)
class YearlySeen:
    """The figures of one year."""

    title: str
    """The municipality."""
    year: int
    years: tuple[int, ...]
    """Years that are over and have figures, the latest first."""
    today: date
    figures: tuple[FigureSeen, ...]
    places: tuple[str, ...]
    """Empty where only totals are shown."""

    def part(self, number: int) -> tuple[FigureSeen, ...]:
        """Those of a Baustein."""
        return tuple(one for one in self.figures if one.definition.part == number)


async def read_yearly(tools: Services, caller: Caller, year: int | None = None) -> YearlySeen:
    """The figures of a year that is over (None = the latest). Errors: PeriodNotTold."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        config = catalogue.municipality(tenant.municipality)
        scope = caller.scope(tools.now())
        begun = await first_event_day(session, scope)
        chosen = year_told(year, today)
    first = min(begun.year if begun else chosen, chosen)
    counts = await _counts(_Ground(tools.database, scope, today, config), range(first, chosen + 1))
    totals = scope.role == "land"
    figures = yearly_figures(counts, _classes(catalogue, config))
    return YearlySeen(
        title=config.title,
        year=chosen,
        years=years_told(begun, today),
        today=today,
        figures=tuple(_seen(figures, catalogue, config, date(chosen, 12, 31), totals=totals)),
        places=() if totals else counts.places,
    )


def year_told(year: int | None, today: date) -> int:
    """The year that is asked for, or the latest that is over. Errors: PeriodNotTold."""
    if year is not None and year >= today.year:
        raise PeriodNotTold(
            "Jahreszahlen gibt es, wenn das Jahr vorbei ist.", field="year", way_out="Ein früheres Jahr wählen."
        )
    return year or today.year - 1


def years_told(begun: date | None, today: date) -> tuple[int, ...]:
    """The years that are over since the first path began, the latest first."""
    latest = today.year - 1
    return tuple(range(latest, min(begun.year if begun else latest, latest) - 1, -1))


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where the figures come from, for whom, when."""

    database: Database
    scope: Scope
    today: date
    config: Municipality

    async def asked(self, count: Callable[..., Awaitable[T]], *about: object) -> T:
        """A count by a session of its own: the slow ones are counted side by side."""
        async with self.database.reading() as session:
            return await count(session, self.scope, *about)


async def _counts(ground: _Ground, years: range) -> YearCounts:
    number, config, own = years[-1], ground.config, ground.scope.municipalities
    last_day = date(number, 12, 31)
    counted, year, flows, caseload = await asyncio.gather(
        ground.asked(count_interfaces_of_year, number),
        ground.asked(count_year, number),
        ground.asked(count_flows, years),
        ground.asked(count_caseload, last_day),
    )
    async with ground.database.reading() as session:
        changes = await list_changes(session, ground.scope.tenant_id or "")
        by_body = await count_bodies(session, ground.scope, number)
        offers = await count_offers(session, ground.scope, number)
    places = tuple(place for place in config.places if not own or place in own or config.id in own)
    return YearCounts(
        counted=year,
        interfaces=review(counted, of_year(number), ground.today),
        flows=flows,
        places=places,
        organisation=Organisation(by_body=by_body, posts=_posts(config, changes, last_day), offers=offers),
        at_places=places_told(counted, number, ground.today, Parts.of(config, places), OF_PLACES),
        caseload=_by_workplace(caseload, posts_of(config, changes, last_day)),
    )


def _by_workplace(caseload: Iterable[tuple[str, int]], posts: Iterable[Post]) -> dict[str, int]:
    """Paths by the place of work of the post that has them; empty where no post has them, or it has none."""
    where = {post.key: post.workplace for post in posts}
    found: dict[str, int] = {}
    for post, count in caseload:
        found[where.get(post, "")] = found.get(where.get(post, ""), 0) + count
    return found


def _posts(config: Municipality, changes: Iterable[Change], day: date) -> dict[str, float]:
    """Full-time posts by employer, places of the paths and place of work."""
    posts: dict[str, float] = {}
    for post in posts_of(config, changes, day):
        where = ", ".join(config.title if place == EVERYWHERE else config.place_name(place) for place in post.places)
        office = f" ({config.place_name(post.workplace)})" if post.workplace else ""
        key = f"{post.title}: {where}{office}"
        posts[key] = posts.get(key, 0) + post.share
    return posts


def _classes(catalogue: Catalogue, config: Municipality) -> Classes:
    states = catalogue.residence_states
    return Classes(
        temporary=frozenset(one.code for one in states if one.is_title and not one.unlimited),
        permanent=frozenset(one.code for one in states if one.is_title and one.unlimited),
        naturalised=frozenset(one.code for one in states if one.final),
        livelihood=frozenset(one.code for one in catalogue.benefit_regimes if one.livelihood),
        lines=tuple(dict.fromkeys(f"{one.code}:{one.stage or ''}:{one.result}" for one in config.target_group)),
    )


def _seen(
    figures: tuple[YearlyFigure, ...], catalogue: Catalogue, config: Municipality, day: date, *, totals: bool
) -> list[FigureSeen]:
    """In the order of the definitions."""
    found = []
    for definition in definitions():
        for figure in (one for one in figures if one.code == definition.code):
            shown = replace(figure, places={}) if totals or not definition.places else figure
            found.append(FigureSeen(definition, shown, _label(definition, figure.key, catalogue, config, day)))
    return found


def _label(definition: Definition, key: str, catalogue: Catalogue, config: Municipality, day: date) -> str:
    """What a part of a figure is called."""
    if definition.by == "body":
        return next((body.title for body in config.bodies if body.kind == key), key)
    if definition.by == "reason":
        return {str(code): text for code, text in catalogue.ladder(day).reasons.items()}.get(key, key)
    if definition.by == "framework":
        before, _, after = key.partition(">")
        return f"{_regimes(before, catalogue, day) or 'ohne Leistungen'} → {_regimes(after, catalogue, day)}"
    if definition.by == "need":
        return next((kind.title for kind in catalogue.need_kinds if kind.code == key), key)
    if definition.by == "workplace":
        return config.place_name(key) if key else "ohne Stelle oder Einsatzort"
    if definition.by == "line":
        line, _, result = key.split(":")
        title = next((one.title for one in config.target_group if one.code == line), line)
        return f"{line} {title}" if result == "eligible" else f"{line} {title}: {catalogue.label(result)}"
    return catalogue.label(key) if key else ""


def _regimes(codes: str, catalogue: Catalogue, day: date) -> str:
    found = ((code, catalogue.benefit(code, day)) for code in codes.split("+") if code)
    return " + ".join(regime.title if regime else code for code, regime in found)
