"""Income that secures the livelihood of others in the household: of spouse and children, while they live together.

Only self-sufficiency is shared, as the Bedarfsgemeinschaft shares it; benefits are granted to each person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from process_models.catalogue import Catalogue
from process_models.course import DAY
from process_models.deadlines import birthday
from process_models.facts import CLIENT
from process_models.livelihood import BenefitPeriod
from process_models.rulebook import rulebook

RULE: Final = "household.livelihood"
"""Key of the dated constant: `partners` by relation, and the age below which children count."""


@dataclass(frozen=True, slots=True)
class Earner:
    """Somebody of the household with the benefit periods of their own, and the days of living together."""

    who: str
    relation: str
    """Empty for the person of the path."""
    born: date
    periods: Sequence[BenefitPeriod]
    since: date | None = None
    left_on: date | None = None


def with_shared_income(
    household: Sequence[Earner], day: date, catalogue: Catalogue
) -> Mapping[str, tuple[BenefitPeriod, ...]]:
    """The benefit periods of each person, with those in which the income of somebody else secures the livelihood."""
    rule: Mapping[str, Any] = catalogue.constant(RULE, day)
    regime = rulebook(catalogue).derived_regimes["self_sufficient"]
    found: dict[str, tuple[BenefitPeriod, ...]] = {}
    for receiver in household:
        shared = [
            period
            for giver in household
            if giver is not receiver and _shares(giver, receiver, rule)
            for period in _together(giver, receiver, regime, rule)
        ]
        found[receiver.who] = _sorted((*receiver.periods, *shared))
    return found


def _shares(giver: Earner, receiver: Earner, rule: Mapping[str, Any]) -> bool:
    partners = ("", *rule["partners"])
    if giver.relation in partners:
        return receiver.relation in (*partners, "child")
    return giver.relation == "parent" and receiver.who == CLIENT


def _together(giver: Earner, receiver: Earner, regime: str, rule: Mapping[str, Any]) -> Iterable[BenefitPeriod]:
    """The giver's income in the days of living together; that of parents only up to the age of the rule."""
    child = receiver.relation == "child" or giver.relation == "parent"
    grown_up = birthday(receiver.born, int(rule["children_below"])) - DAY if child else None
    starts = max(day for day in (giver.since, receiver.since, date.min) if day is not None)
    ends = min((day for day in (giver.left_on, receiver.left_on, grown_up) if day is not None), default=None)
    for period in giver.periods:
        if period.regime != regime:
            continue
        first = max(period.starts, starts)
        last = min((day for day in (period.ends, ends) if day is not None), default=None)
        if last is None or first <= last:
            yield replace(period, starts=first, ends=last, known_on=None)


def _sorted(periods: Iterable[BenefitPeriod]) -> tuple[BenefitPeriod, ...]:
    return tuple(sorted(periods, key=lambda period: (period.starts, period.regime)))
