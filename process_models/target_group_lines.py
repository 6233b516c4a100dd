"""Whether one line of a target-group table is about a person: age, status, referral, years of stay.

Which line of a table decides is found in `target_group`, what a table leaves out in `target_group_holes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from process_models.configuration import TargetGroupRule

TargetStatus = Literal["GD", "GE", "OTHER"]


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
    return _matches_person(rule, age, status) and _matches_circumstances(rule, day, circumstances)


def _matches_person(rule: TargetGroupRule, age: int, status: TargetStatus) -> bool:
    if rule.statuses and status not in rule.statuses:
        return False
    if rule.outside_ages is not None and rule.outside_ages[0] <= age <= rule.outside_ages[1]:
        return False
    return (rule.age_from is None or rule.age_from <= age) and (rule.age_to is None or age <= rule.age_to)


def stay_ends_after(rule: TargetGroupRule, since: date | None) -> date | None:
    """The first day on which somebody who came on that day has been here too long for this line."""
    if rule.stay_years_to is None or since is None:
        return None
    return since + relativedelta(years=rule.stay_years_to) + timedelta(days=1)


def _matches_circumstances(rule: TargetGroupRule, day: date, circumstances: Circumstances) -> bool:
    referral = circumstances.referral
    if rule.referred is not None and rule.referred != (referral is not None):
        return False
    if rule.wants is not None and rule.wants != (referral is not None and referral.wants):
        return False
    if rule.criteria and not (referral and referral.criteria & set(rule.criteria)):
        return False
    return _stays_at_most(rule.stay_years_to, circumstances.stay_since, day)


def _stays_at_most(years: int | None, since: date | None, day: date) -> bool:
    return years is None or since is None or day <= since + relativedelta(years=years)
