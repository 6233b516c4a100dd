"""The household of a path as callers see it: what the rules say of each member, and the path of their own.

Who may see which words: reference, age and birthday are for case management; others see codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.views import MemberView
from process_models.case import Case
from process_models.facts import known_on
from process_models.household import household_of
from process_models.plan import MemberPlan, Plan
from store.household import households_with
from store.scope import Scope
from store.visible import visible_among


@dataclass(frozen=True, slots=True)
class Links:
    """References between the paths of a family."""

    own_paths: Mapping[str, str]
    part_of: tuple[str, ...]


async def seen_links(session: AsyncSession, scope: Scope, case: Case) -> Links:
    """The own paths of members, and the paths whose household this one is part of, as far as the caller sees them."""
    around = await households_with(session, case.path_id)
    visible = await visible_among(session, scope, (*case.own_paths.values(), *around))
    own = {ref: path_id for ref, path_id in case.own_paths.items() if path_id in visible}
    return Links(own, tuple(path_id for path_id in around if path_id in visible))


def members_of(plan: Plan, case: Case, links: Links, *, for_case_manager: bool) -> tuple[MemberView, ...]:
    """Every member of the household of the plan's day."""
    known = sorted(known_on(case.facts, plan.day), key=lambda fact: (fact.on, fact.id))
    household = household_of(case.household, known, case.person.nationality, plan.day)
    births = {member.ref: member.person.born for member in household} if for_case_manager else {}
    return tuple(_member(member, births, links.own_paths) for member in plan.members)


def _member(member: MemberPlan, births: Mapping[str, date], own_paths: Mapping[str, str]) -> MemberView:
    shown = {name: getattr(member, name) for name in MemberPlan.model_fields}
    if member.id not in births:
        shown |= {"id": member.code, "age": None}
    return MemberView(**shown, born=births.get(member.id), path_id=own_paths.get(member.id))
