"""Forecasts: when naturalisation or a permanent title becomes possible under the law in force on the day.

Where the law is disputed every candidate is given with its assumption; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.catalogue import Catalogue
from process_models.course import Course
from process_models.known import KnownFacts
from process_models.naturalisation import Applicant, conditions_of
from process_models.plan import Forecast
from process_models.rulebook import rulebook
from process_models.rules import FactMatch, NaturalisationRoute, PermanentTitleRoute

_INTERRUPTION: Final = "stay.interruption"
"""Months of an interrupted lawful stay that may be disregarded."""


def forecasts(applicant: Applicant, catalogue: Catalogue) -> tuple[Forecast, ...]:
    """All forecasts of the applicant's day, the earliest first."""
    if applicant.course.gone:
        return ()
    found = [
        *_naturalisation(applicant, catalogue),
        *_permanent_titles(applicant.course, applicant.facts, catalogue),
    ]
    return tuple(sorted(found, key=lambda forecast: (forecast.goal, forecast.on, forecast.rule)))


def _naturalisation(applicant: Applicant, catalogue: Catalogue) -> Iterable[Forecast]:
    """The route that opens first, for each candidate of the start; none from a title that does not lead there."""
    course, facts = applicant.course, applicant.facts
    state = rulebook(catalogue).state(course.residence, course.day)
    if state.is_title and not state.naturalisable:
        return
    routes = [r for r in catalogue.naturalisation_routes if r.release.state == "released" and r.holds_on(course.day)]
    open_routes = [route for route in routes if _all_known(route.requires, facts)]
    for since, assumption in _lawful_starts(course, catalogue):
        found = [(_opens(route, since, facts), route.years, route) for route in open_routes]
        if found:
            on, _years, route = min(found, key=lambda each: each[:2])
            forecast = _forecast("naturalisation", route, on, assumption)
            conditions = conditions_of(applicant, route, on, catalogue)
            yield forecast.model_copy(update={"conditions": conditions})


def _opens(route: NaturalisationRoute | PermanentTitleRoute, since: date, facts: KnownFacts) -> date:
    """The first day on which the stay is long enough, and what the route requires has lasted long enough."""
    stay = since + relativedelta(years=route.years)
    if not route.requirement_years:
        return stay
    first = (min(fact.on for fact in facts.matching(match)) for match in route.requires)
    return max(stay, *(on + relativedelta(years=route.requirement_years) for on in first))


def _lawful_starts(course: Course, catalogue: Catalogue) -> Iterable[tuple[date, str]]:
    """The start of the lawful stay; the candidates of the catalogue while a disputed title lies in it."""
    if course.disputed_since is None:
        if course.lawful_since is not None:
            yield course.lawful_since, "Anerkennung vorausgesetzt" if course.conditional else ""
        return
    yield from _candidates(course, "stag.temporary_protection", catalogue)


def _candidates(course: Course, key: str, catalogue: Catalogue) -> Iterable[tuple[date, str]]:
    starts = {
        "entered": course.stay_since,
        "first_disputed_title": course.disputed_since,
        "first_lawful_title": course.lawful_since,
        "lawful_since": course.lawful_since,
        "lodged": course.lodged_on,
        "first_title": course.titles[0][1] if course.titles else None,
    }
    for candidate in catalogue.constant_rule(key, course.day).candidates:
        start = starts.get(str(candidate["start"]))
        if start is not None:
            yield start, str(candidate["assumption"])


def _permanent_titles(course: Course, facts: KnownFacts, catalogue: Catalogue) -> Iterable[Forecast]:
    best: dict[str, tuple[PermanentTitleRoute, date]] = {}
    for route in catalogue.permanent_routes:
        if route.release.state != "released" or not route.holds_on(course.day) or not _all_known(route.requires, facts):
            continue
        for start, assumption in _possession_starts(route, course, catalogue):
            kept, on = best.get(assumption), _opens(route, start, facts)
            if kept is None or on < kept[1]:
                best[assumption] = (route, on)
    for assumption, (route, on) in best.items():
        yield _forecast("permanent_title", route, on, assumption)


def _possession_starts(route: PermanentTitleRoute, course: Course, catalogue: Catalogue) -> Iterable[tuple[date, str]]:
    """Since when the title counts: with an interruption that may be disregarded there are two readings."""
    since = course.held_since(route.states)
    if since is None:
        return
    if route.counts_asylum_time and course.recognised_on is not None:
        yield from _candidates(course, "stay.permanent_protection", catalogue)
        return
    bridged = course.held_since(route.states, relativedelta(months=catalogue.constant(_INTERRUPTION, course.day)))
    if bridged == since:
        yield since, ""
        return
    starts = {"bridged": bridged, "resumed": since}
    for candidate in catalogue.constant_rule(_INTERRUPTION, course.day).candidates:
        yield starts[str(candidate["start"])] or since, str(candidate["assumption"])


def _forecast(goal: str, route: NaturalisationRoute | PermanentTitleRoute, on: date, assumption: str) -> Forecast:
    return Forecast.model_validate(
        {"goal": goal, "on": on, "rule": route.code, "assumption": assumption, "statute": route.statute}
    )


def _all_known(requires: Iterable[FactMatch], facts: KnownFacts) -> bool:
    return all(facts.has(match) for match in requires)
