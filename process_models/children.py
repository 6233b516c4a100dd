"""Children of a path: those of the household, and the person of the path while under age.

Who they are on a day, and how old. What follows from it stand the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from process_models.capacity import is_minor
from process_models.case import Case
from process_models.facts import Fact, Person
from process_models.household import household_of
from process_models.target_group import age_on

_CHILD: Final = "child"


def children_of(case: Case, known: Sequence[Fact], day: date) -> tuple[Person, ...]:
    """The children who belong to the household on this day."""
    members = household_of(case.household, known, case.person.nationality, day)
    children = [one.person for one in members if one.person.relation == _CHILD and one.belongs_on(day)]
    own = [case.person] if is_minor(case.person.born, day) else []
    return (*own, *children)


def of_age(children: Sequence[Person], span: tuple[int, int], day: date) -> tuple[Person, ...]:
    """Those whose age lies in this span on the day, both ends included."""
    return tuple(child for child in children if span[0] <= age_on(child.born, day) <= span[1])


def has_fact(child: Person, kind: str, known: Iterable[Fact], day: date) -> bool:
    """True if a fact of this kind about the child is known and counts; the person of the path is `client`."""
    return any(fact.kind == kind and fact.who == child.id and fact.on <= day for fact in known)
