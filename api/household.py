"""The household of a path as callers see it: what the rules say of each member, and the path of their own.

Who may see which words: reference, age and birthday are for case management; others see codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.views import MemberView
from process_models.case import Case
from process_models.facts import known_on
from process_models.household import household_of
from process_models.plan import MemberPlan, Plan


def members_of(plan: Plan, case: Case, *, for_case_manager: bool) -> tuple[MemberView, ...]:
    """Every member of the household of the plan's day."""
    known = sorted(known_on(case.facts, plan.day), key=lambda fact: (fact.on, fact.id))
    household = household_of(case.household, known, case.person.nationality, plan.day)
    births = {member.ref: member.person.born for member in household} if for_case_manager else {}
    return tuple(_member(member, births, case.own_paths) for member in plan.members)


def _member(member: MemberPlan, births: Mapping[str, date], own_paths: Mapping[str, str]) -> MemberView:
    shown = {name: getattr(member, name) for name in MemberPlan.model_fields}
    if member.id not in births:
        shown |= {"id": member.code, "age": None}
    return MemberView(**shown, born=births.get(member.id), path_id=own_paths.get(member.id))
