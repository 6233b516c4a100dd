"""Whether one line of a target-group table is about a person, and if not, why: age, status, referral, years of stay.

Which line of a table decides is found in `target_group`, what a table leaves out in `target_group_holes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from process_models.configuration import TargetGroupRule

TargetStatus = Literal["GD", "GE", "OTHER"]
Misfit = Literal[
    "", "age", "status", "not_referred", "referred", "does_not_want", "wants", "no_criterion", "here_too_long"
]
"""What of a person does not fit a line; empty if the line is about them."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A service that knows the person sent them, whether they want to take part, and the criteria of need it names."""

    by: str
    wants: bool
    criteria: frozenset[str] = frozenset()
    case_management: str = ""
    """Case management that the person has already: a kind, `none`, or empty if nobody said."""
    on: date | None = None
    interface: tuple[str, str] | None = None
    """Where the system stands in the way, if the service named it."""
    by_service: bool = True
    """False: the person came alone, or the case management went to them; no service that knows them sent them."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What some tables ask beside age and status. `stay_since` None: not arrived yet, or not known."""

    referral: Referral | None = None
    stay_since: date | None = None
    fled: bool = False


def decides(
    rule: TargetGroupRule, age: int, status: TargetStatus, day: date, circumstances: Circumstances = Circumstances()
) -> bool:
    """True if this line is about such a person; whether it is released and in force is the caller's business."""
    return not misfit(rule, age, status, day, circumstances)


def misfit(
    rule: TargetGroupRule, age: int, status: TargetStatus, day: date, circumstances: Circumstances = Circumstances()
) -> Misfit:
    """The first thing about the person that this line does not mean; empty if it decides about them."""
    if not _fits_age(rule, age):
        return "age"
    if rule.statuses and status not in rule.statuses:
        return "status"
    return _misfit_of_circumstances(rule, day, circumstances)


def _fits_age(rule: TargetGroupRule, age: int) -> bool:
    if rule.outside_ages is not None and rule.outside_ages[0] <= age <= rule.outside_ages[1]:
        return False
    return (rule.age_from is None or rule.age_from <= age) and (rule.age_to is None or age <= rule.age_to)


def stay_ends_after(rule: TargetGroupRule, since: date | None) -> date | None:
    """The first day on which somebody who came on that day has been here too long for this line."""
    if rule.stay_years_to is None or since is None:
        return None
    return since + relativedelta(years=rule.stay_years_to) + timedelta(days=1)


def _misfit_of_circumstances(rule: TargetGroupRule, day: date, circumstances: Circumstances) -> Misfit:
    referral = circumstances.referral
    if rule.referred is not None and rule.referred != (referral is not None and referral.by_service):
        return "not_referred" if rule.referred else "referred"
    if rule.wants is not None and rule.wants != (referral is not None and referral.wants):
        return "does_not_want" if rule.wants else "wants"
    if rule.criteria and not (referral and referral.criteria & set(rule.criteria)):
        return "no_criterion"
    return "" if _stays_at_most(rule.stay_years_to, circumstances.stay_since, day) else "here_too_long"


def _stays_at_most(years: int | None, since: date | None, day: date) -> bool:
    return years is None or since is None or day <= since + relativedelta(years=years)
