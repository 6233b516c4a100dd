"""Who belongs to the target group: the first line of the municipality's decision table that matches, decides.

The tables stand in the municipality's file. Asking again on a birthday or a change of status is the planner's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from process_models.catalogue import Catalogue
from process_models.deadlines import birthday
from process_models.plan import Eligibility, Impulse
from process_models.rules import Municipality, TargetGroupRule
from process_models.target_group_lines import Circumstances, Referral, TargetStatus, decides

__all__ = ["Circumstances", "Referral", "TargetStatus", "age_on", "next_screening", "screen"]

OPEN_TO_ALL: Final = "OPEN"
"""Rule named where a municipality has no table: the case management is open to every newcomer."""
WITHOUT: Final = "none"
"""Word of a referral for a person without any case management."""
_OWN_OFFICE: Final = "ki"
UNDECIDED: Final = "NONE"
"""Rule named where no line of the table matches: a person decides."""


def age_on(born: date, day: date) -> int:
    """Completed years of life; the birthday itself counts."""
    years = day.year - born.year
    return years - (day < birthday(born, years))


def screen(
    catalogue: Catalogue,
    municipality: str | Municipality,
    born: date,
    status: TargetStatus,
    day: date,
    circumstances: Circumstances = Circumstances(),
) -> Eligibility:
    """Whether the person belongs to the target group on this day, and the code of the line that decided."""
    config = catalogue.municipality(municipality) if isinstance(municipality, str) else municipality
    if not config.target_group:
        return Eligibility(result="eligible", rule=OPEN_TO_ALL)
    age = age_on(born, day)
    for rule in catalogue.in_force(config.screening_lines, day):
        if decides(rule, age, status, day, circumstances):
            return _decided(rule, age, circumstances)
    return Eligibility(result="manual", rule=UNDECIDED)


def next_screening(config: Municipality, born: date, day: date) -> date | None:
    """The next day after `day` on which the answer may change by age or date alone, without any news."""
    return min((found for found in _turning_days(config.screening_lines, born) if found > day), default=None)


def _named(rule: TargetGroupRule, circumstances: Circumstances) -> str:
    """The code of the line; where a line lists criteria, the lowest one that is met."""
    met = circumstances.referral.criteria & set(rule.criteria) if circumstances.referral else frozenset()
    return min(met) if met else rule.code


def _decided(rule: TargetGroupRule, age: int, circumstances: Circumstances) -> Eligibility:
    found = Eligibility(result=rule.result, rule=_named(rule, circumstances), refer_to=rule.refer_to)
    if rule.result == "not_eligible":
        return found
    more = {
        "priority": _goes_first(rule, circumstances),
        "coordinate_with": tuple(_to_agree_with(rule, age, circumstances)),
        "impulses": tuple(_impulses(rule, circumstances)),
    }
    return found.model_copy(update=more)


def _goes_first(rule: TargetGroupRule, circumstances: Circumstances) -> bool:
    referral = circumstances.referral
    if rule.priority == "fled_without_case_management":
        return circumstances.fled and referral is not None and referral.case_management == WITHOUT
    return rule.priority == "always"


def _to_agree_with(rule: TargetGroupRule, age: int, circumstances: Circumstances) -> Iterator[str]:
    """The service for this age, and whoever manages the case already: to agree with, not to do twice."""
    if rule.coordinate_with and (rule.coordinate_age_to is None or age <= rule.coordinate_age_to):
        yield rule.coordinate_with
    managed = circumstances.referral.case_management if circumstances.referral else ""
    if managed not in ("", WITHOUT, rule.coordinate_with):
        yield managed


def _impulses(rule: TargetGroupRule, circumstances: Circumstances) -> Iterator[Impulse]:
    referral = circumstances.referral
    if referral is None or referral.on is None or rule.result != "eligible":
        return
    from_kind, to_kind = referral.interface or (referral.by, _OWN_OFFICE)
    for code in sorted(referral.criteria & set(rule.impulses)):
        yield Impulse(code=code, from_kind=from_kind, to_kind=to_kind, on=referral.on)


def _turning_days(table: Sequence[TargetGroupRule], born: date) -> Iterator[date]:
    for rule in table:
        if rule.valid_from is not None:
            yield rule.valid_from
        if rule.valid_to is not None:
            yield rule.valid_to + timedelta(days=1)
        for age in _turning_ages(rule):
            yield birthday(born, age)


def _turning_ages(rule: TargetGroupRule) -> Iterator[int]:
    if rule.age_from is not None:
        yield rule.age_from
    if rule.age_to is not None:
        yield rule.age_to + 1
    if rule.coordinate_age_to is not None:
        yield rule.coordinate_age_to + 1
    if rule.outside_ages is not None:
        yield rule.outside_ages[0]
        yield rule.outside_ages[1] + 1
