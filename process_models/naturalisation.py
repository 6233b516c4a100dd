"""What naturalisation asks for, and what the file says about it: met, not met, or unknown. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

from process_models.catalogue import Catalogue
from process_models.course import Course
from process_models.deadlines import birthday
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod, regimes_on
from process_models.plan import Condition
from process_models.rulebook import rulebook
from process_models.rules import FullTimeWork, NaturalisationCondition, NaturalisationRoute

Finding = tuple[Literal["met", "unmet", "unknown"], date | None]
_UNKNOWN: Finding = ("unknown", None)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who may be naturalised one day: how far they have come, and what is known."""

    course: Course
    born: date
    facts: KnownFacts
    periods: Sequence[BenefitPeriod]

    @property
    def day(self) -> date:
        """The day looked at."""
        return self.course.day


def conditions_of(
    applicant: Applicant, route: NaturalisationRoute, opens_on: date, catalogue: Catalogue
) -> tuple[Condition, ...]:
    """Every condition of a route, in the order of the file. `opens_on`: the day on which its years are over."""
    asked = (
        rule
        for rule in catalogue.in_force(catalogue.naturalisation_conditions, applicant.day)
        if _is_asked(rule, applicant, route)
    )
    return tuple(_told(rule, _finding(rule, applicant, opens_on, catalogue)) for rule in asked)


def _is_asked(rule: NaturalisationCondition, applicant: Applicant, route: NaturalisationRoute) -> bool:
    if rule.routes and route.code not in rule.routes:
        return False
    if rule.when_residence and applicant.course.residence not in rule.when_residence:
        return False
    return not rule.from_age or birthday(applicant.born, rule.from_age) <= applicant.day


def _told(rule: NaturalisationCondition, finding: Finding) -> Condition:
    state, on = finding
    return Condition(code=rule.code, title=rule.title, state=state, statute=rule.statute, on=on, note=rule.note)


def _finding(rule: NaturalisationCondition, applicant: Applicant, opens_on: date, catalogue: Catalogue) -> Finding:
    course = applicant.course
    if rule.stay:
        return "met" if opens_on <= applicant.day else "unmet", opens_on
    if rule.title_allows:
        allows = rulebook(catalogue).state(course.residence, applicant.day).naturalisable
        return "met" if allows else "unmet", course.residence_since if allows else None
    if rule.unmet_in_asylum:
        return "unmet" if course.asylum in rule.unmet_in_asylum else "met", None
    if rule.met_by_regimes or rule.unmet_by_regimes:
        return _of_livelihood(rule, applicant)
    return _of_facts(rule, applicant)


def _of_facts(rule: NaturalisationCondition, applicant: Applicant) -> Finding:
    if any(applicant.facts.has(match) for match in rule.unmet_by):
        return "unmet", None
    days = [fact.on for match in rule.met_by for fact in applicant.facts.matching(match)]
    if not days:
        return _UNKNOWN
    since = min(days) + relativedelta(years=rule.lasts_years)
    return "met" if since <= applicant.day else "unmet", since


def _of_livelihood(rule: NaturalisationCondition, applicant: Applicant) -> Finding:
    running = set(regimes_on(applicant.periods, applicant.day))
    if running & set(rule.unmet_by_regimes):
        excused = rule.full_time is not None and _worked_enough(rule.full_time, applicant)
        return "met" if excused else "unmet", None
    return ("met", None) if running & set(rule.met_by_regimes) else _UNKNOWN


def _worked_enough(rule: FullTimeWork, applicant: Applicant) -> bool:
    """True if the last months, counted back from today, were months of full-time work often enough."""
    spans = tuple(_full_time(rule.hours, applicant.facts))
    days = (applicant.day - relativedelta(months=back) for back in range(rule.within))
    worked = sum(any(since <= day and (until is None or day <= until) for since, until in spans) for day in days)
    return worked >= rule.months


def _full_time(hours: int, facts: KnownFacts) -> Iterable[tuple[date, date | None]]:
    """Periods of full-time work, from its beginning to the next change of work."""
    told = sorted((*facts.of("work.started"), *facts.of("work.ended")), key=lambda fact: (fact.on, fact.id))
    for index, fact in enumerate(told):
        if fact.kind == "work.started" and int(fact.data.get("hours_per_week", 0)) >= hours:
            yield fact.on, told[index + 1].on if index + 1 < len(told) else None
