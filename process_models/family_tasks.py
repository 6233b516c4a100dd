"""Tasks for the case management that family life sets: who has to be asked now, what a birth or a separation needs.

The rules stand in `law/family.yaml`. What is wanted is told here; `reconcile` opens and closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from process_models.capacity import rule_for
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import ConsentQuestion, check_consent
from process_models.deadlines import birthday
from process_models.facts import CLIENT, Fact, known_on
from process_models.family_rules import FamilyTask
from process_models.household import DIED, LEFT, Member, household_of
from process_models.known import KnownFacts
from process_models.messages import OpenTask
from process_models.plan import Plan
from process_models.standing import in_order
from process_models.target_group import age_on

REFUSED: Final = "consent.refused"


@dataclass(frozen=True, slots=True)
class _Family:
    """What the tasks are read from. Members: also those who have left."""

    case: Case
    plan: Plan
    known: tuple[Fact, ...]
    counted: KnownFacts
    members: tuple[Member, ...]
    opened_on: date


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A day on which a rule sets a task, and whose matter it is: a member, or (None) the person of the path."""

    on: date
    member: Member | None
    whose: Member | None
    mark: str = ""
    """Tells a task from an earlier one of the same kind and person."""


def family_tasks(case: Case, plan: Plan, catalogue: Catalogue) -> tuple[OpenTask, ...]:
    """The tasks that are wanted on the plan's day; a task that was done is still among them."""
    family = _family_of(case, plan, catalogue)
    if family is None:
        return ()
    found: dict[str, OpenTask] = {}
    for rule in catalogue.released(catalogue.family_tasks):
        for occasion in _occasions(rule, family, catalogue):
            if rule.holds_on(occasion.on) and _is_wanted(rule, occasion, family, catalogue):
                task = _task(rule, occasion, plan, catalogue)
                found.setdefault(task.key, task)
    return tuple(found.values())


def kinds_of_tasks(catalogue: Catalogue) -> frozenset[str]:
    """Every kind of task that families set."""
    return frozenset(rule.task for rule in catalogue.family_tasks)


def _family_of(case: Case, plan: Plan, catalogue: Catalogue) -> _Family | None:
    known = tuple(in_order(known_on(case.facts, plan.day), catalogue))
    counted = KnownFacts(fact for fact in known if fact.on <= plan.day)
    opened = counted.latest("kim.opened")
    if opened is None:
        return None
    members = household_of(case.household, known, case.person.nationality, plan.day)
    return _Family(case, plan, known, counted, members, opened.on)


# ---------------------------------------------------------------- occasions


def _occasions(rule: FamilyTask, family: _Family, catalogue: Catalogue) -> Iterator[_Occasion]:
    if rule.at_age is not None:
        yield from _birthdays(rule, rule.at_age, family)
    for match in rule.by:
        for fact in family.counted.matching(match):
            member = _named_by(fact, family)
            if fact.on >= family.opened_on and member is not None:
                yield from _of(rule, fact.on, member)
    if rule.lacks:
        yield from _everybody(rule, family, catalogue)


def _named_by(fact: Fact, family: _Family) -> Member | None:
    """The member of whom the fact says that they came, or that they are gone; None if they came back since."""
    ref = fact.data.get("id", fact.who)
    member = next((one for one in family.members if one.ref == ref), None)
    is_gone = fact.kind in (LEFT, DIED)
    return member if member is not None and member.belongs_on(fact.on) != is_gone else None


def _birthdays(rule: FamilyTask, age: int, family: _Family) -> Iterator[_Occasion]:
    if rule.of != "member":
        on = birthday(family.case.person.born, age)
        if family.opened_on <= on <= family.plan.day:
            yield _Occasion(on, None, None)
    for member in family.members if rule.of != "client" else ():
        on = birthday(member.person.born, age)
        if max(family.opened_on, member.since or date.min) <= on <= family.plan.day and member.belongs_on(on):
            yield _Occasion(on, member, member)


def _of(rule: FamilyTask, on: date, member: Member) -> Iterator[_Occasion]:
    if rule.of != "client":
        yield _Occasion(on, member, member)
    if rule.of != "member":
        yield _Occasion(on, member, None)


def _everybody(rule: FamilyTask, family: _Family, catalogue: Catalogue) -> Iterator[_Occasion]:
    day = family.plan.day
    members = [member for member in family.members if member.belongs_on(day)]
    for whose in [None] if rule.of == "client" else members:
        person = whose.person if whose else family.case.person
        asked = rule_for("consent", person.born, day, catalogue)
        yield _Occasion(day, whose, whose, mark=asked.code if asked else "")


# ---------------------------------------------------------------- conditions


def _is_wanted(rule: FamilyTask, occasion: _Occasion, family: _Family, catalogue: Catalogue) -> bool:
    member, day = occasion.member, family.plan.day
    if member is not None:
        left = member.left_on is not None and occasion.on < member.left_on
        if left or member.ref in family.case.own_paths:
            return False
        if rule.relations and member.person.relation not in rule.relations:
            return False
        if rule.ages and not rule.ages[0] <= age_on(member.person.born, day) <= rule.ages[1]:
            return False
    if rule.lacks and not _lacks_consent(rule.lacks, occasion, family, catalogue):
        return False
    return _stands_right(rule, occasion, family) and not _is_done(rule, occasion, family)


def _lacks_consent(purpose: str, occasion: _Occasion, family: _Family, catalogue: Catalogue) -> bool:
    """No consent covers the person, and nobody refused one: whoever refused is not asked again."""
    person = occasion.whose.person if occasion.whose else family.case.person
    refusals = family.counted.of(REFUSED)
    if any(fact.who == person.id and fact.data["purpose"] == purpose for fact in refusals):
        return False
    question = ConsentQuestion(purpose, None, None, family.plan.day, person.id)
    anybody = check_consent(catalogue, family.known, question).allowed
    everybody = check_consent(catalogue, family.known, replace(question, born=person.born)).allowed
    return not everybody and (anybody or occasion.whose is not None)


def _stands_right(rule: FamilyTask, occasion: _Occasion, family: _Family) -> bool:
    client = family.plan.standing.residence
    if rule.when_client_residence and client not in rule.when_client_residence:
        return False
    if not rule.when_residence:
        return True
    if occasion.whose is None:
        return client in rule.when_residence
    ref = occasion.whose.ref
    shown = next((one.standing.residence for one in family.plan.members if one.id == ref), None)
    return shown in rule.when_residence


def _is_done(rule: FamilyTask, occasion: _Occasion, family: _Family) -> bool:
    who = occasion.whose.ref if occasion.whose else CLIENT
    later = (fact for match in rule.done_by for fact in family.counted.matching(match))
    return any(fact.who == who and fact.on >= occasion.on for fact in later)


def _task(rule: FamilyTask, occasion: _Occasion, plan: Plan, catalogue: Catalogue) -> OpenTask:
    who = occasion.whose.code if occasion.whose else CLIENT
    about = who if occasion.whose is occasion.member else f"{who}.{_code_of(occasion.member)}"
    parts: Iterable[str] = (rule.task, about, occasion.mark)
    return OpenTask(
        key=":".join(part for part in parts if part),
        kind=rule.task,
        subject=about,
        on=plan.day,
        summary=f"{catalogue.label(f'task.{rule.task}')}: {about}",
    )


def _code_of(member: Member | None) -> str:
    return member.code if member else CLIENT
