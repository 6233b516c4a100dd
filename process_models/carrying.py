"""Handovers of a household: who goes along with the person of the path, and who goes alone.

A member's handover is planned by the same rules on the facts about that member. With the same reason and the same
receiver it is carried by the handover of the person; otherwise it is one of its own, whose code names the member.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.children import children_of, has_fact, of_age
from process_models.consent import check_handover
from process_models.facts import CLIENT
from process_models.ground import Ground
from process_models.handover import towards
from process_models.household import Member, member_code
from process_models.member_look import MemberLook
from process_models.names import code_for_member, member_of_code, rule_code
from process_models.plan import PlannedHandover
from process_models.rulebook import rulebook
from process_models.rules import HandoverRule
from process_models.triggers import Planned, planned_handovers
from process_models.work import HandoverItem, OpenWork

_AHEAD: Final = ("none", "cancelled")
_AWAITING: Final = ("offered", "received")


@dataclass(frozen=True, slots=True)
class _Single:
    """A member's handover, as if on a path of their own."""

    planned: Planned
    look: MemberLook
    ground: Ground

    @property
    def handover(self) -> PlannedHandover:
        """The handover itself."""
        return self.planned.handover

    @property
    def code(self) -> str:
        """Code of the member."""
        return self.look.member.code


def with_household(
    own: Sequence[Planned], members: Iterable[MemberLook], ground: Ground, catalogue: Catalogue
) -> tuple[Planned, ...]:
    """The handovers of the person with those who go along, then those of members who go alone."""
    rules = {rule.code: rule for rule in rulebook(catalogue).handovers}
    planned = [_with_children(one, rules[one.handover.code], ground) for one in own]
    alone: list[Planned] = []
    for single in _singles(members, ground, catalogue):
        rule = rules[single.handover.code]
        index = next((i for i, one in enumerate(planned) if _carries(one, single, rule, ground, catalogue)), None)
        if index is not None:
            planned[index] = _joined(planned[index], single.code)
        elif single.handover.needed or single.handover.state != "none":
            alone.append(_named(single))
    return (*planned, *alone)


# ---------------------------------------------------------------- the handovers of one member


def _singles(members: Iterable[MemberLook], ground: Ground, catalogue: Catalogue) -> Iterable[_Single]:
    """What is handed over for each member; what is about children stays with the path."""
    rules = {rule.code: rule for rule in rulebook(catalogue).handovers}
    for look in members:
        if look.has_own_path:
            continue
        own_ground = _ground_of(look, ground)
        for planned in planned_handovers(own_ground, catalogue):
            if rules[planned.handover.code].child_ages is None:
                yield _Single(planned, look, own_ground)


def _ground_of(look: MemberLook, ground: Ground) -> Ground:
    member, case = look.member, ground.case
    person = replace(member.person, id=CLIENT)
    work = OpenWork(handovers=tuple(_items_of(member, case)))
    own = replace(case, person=person, facts=look.known, household=(), work=work)
    return Ground(look.situation, look.known, own)


def _items_of(member: Member, case: Case) -> Iterable[HandoverItem]:
    for item in case.work.handovers:
        if member_of_code(item.code) == member.code:
            yield replace(item, code=rule_code(item.code))


def _named(single: _Single) -> Planned:
    code = code_for_member(single.handover.code, single.code)
    return replace(single.planned, handover=single.handover.model_copy(update={"code": code}))


# ---------------------------------------------------------------- who goes along


def _carries(own: Planned, single: _Single, rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> bool:
    """True if this handover of the person carries that one of a member."""
    first, second = own.handover, single.handover
    if first.code != second.code or not rule.carries_household or second.state != "none":
        return False
    went = single.code in _went(own, ground)
    if first.state not in (*_AHEAD, *_AWAITING):
        return went
    wanted = (second.needed or went) and (first.needed or first.state in _AWAITING)
    return wanted and first.allowed and _same_receiver(first, single) and _is_covered(first, single, rule, catalogue)


def _went(own: Planned, ground: Ground) -> tuple[str, ...]:
    key = (own.handover.code, own.handover.trigger_on)
    return next((item.members for item in ground.work.handovers if (item.code, item.trigger_on) == key), ())


def _same_receiver(first: PlannedHandover, single: _Single) -> bool:
    """Children go where their parents go, also where they alone would need a decision."""
    unclear = single.handover.receiver_unclear and single.look.member.person.relation == "child"
    return unclear or first.to_kind == single.handover.to_kind


def _is_covered(first: PlannedHandover, single: _Single, rule: HandoverRule, catalogue: Catalogue) -> bool:
    born, ground = single.look.member.person.born, single.ground
    return check_handover(catalogue, ground.known, towards(rule, first.to_kind), ground.day, born).allowed


def _joined(planned: Planned, code: str) -> Planned:
    members = (*planned.handover.members, code)
    return replace(planned, handover=planned.handover.model_copy(update={"members": members}))


def _with_children(planned: Planned, rule: HandoverRule, ground: Ground) -> Planned:
    """A handover that is about children names those for whom it is not done yet."""
    if not rule.child_done_by or rule.child_ages is None:
        return planned
    children = of_age(children_of(ground.case, ground.known, ground.day), rule.child_ages, ground.day)
    members = tuple(
        member_code(child.id)
        for child in children
        if child.id != CLIENT and not has_fact(child, rule.child_done_by, ground.known, ground.day)
    )
    return replace(planned, handover=planned.handover.model_copy(update={"members": members}))
