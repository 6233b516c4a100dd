"""A fictitious family, step by step: what the tests about households start from. No assertions here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact, Person
from process_models.plan import MemberPlan, Plan
from process_models.planning import make_plan
from tests.unit.recognised import IN_CARE, at, case_of, fact

SON = Person(date(2007, 10, 5), "SY", id="son", relation="child")
MOTHER = Person(date(1955, 2, 11), "SY", id="mother", relation="parent")
WIFE = Person(date(1996, 2, 1), "SY", id="wife", relation="spouse")


def of(who: str, kind: str, on: date, **data: Any) -> Fact:
    """A fact about a member of the household."""
    return replace(fact(kind, on, **data), who=who, id=f"{kind}-{on}-{who}")


def family_case(*facts: Fact, household: Sequence[Person] = (WIFE, SON), own: Sequence[Fact] = IN_CARE) -> Case:
    """The case of a person in care with a household."""
    return replace(case_of((*own, *facts)), household=tuple(household))


def plan_of(case: Case, day: date) -> Plan:
    """The plan of a case at noon."""
    return make_plan(case, at(day), catalogue())


def member_of(case: Case, who: str, day: date) -> MemberPlan:
    """The plan of a member at noon."""
    return next(member for member in plan_of(case, day).members if member.id == who)


def members_on(case: Case, day: date) -> list[str]:
    """References of the members of the household on a day."""
    return [member.id for member in plan_of(case, day).members]
