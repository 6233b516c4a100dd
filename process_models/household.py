"""The household of a path on a day: who belongs to it, since when, and what each of them is called outside of it.

Derived from the members named at the beginning and from the facts about families; nothing is stored twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from process_models.facts import CLIENT, Fact, Person
from process_models.rulebook import day_of

BORN: Final = "family.child_born"
ARRIVED: Final = "family.member_arrived"
LEFT: Final = "family.member_left"
DIED: Final = "person.died"

_PLAIN: Final = re.compile(
    r"(spouse|wife|husband|partner|child|son|daughter|mother|father|parent|baby|twin|member|m)[-_]?[0-9]{0,2}"
)
"""References that name nobody."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who lives, or lived, in the household of a path."""

    person: Person
    since: date | None = None
    """First day in the household; None: from the beginning."""
    left_on: date | None = None

    @property
    def ref(self) -> str:
        """The reference that facts name."""
        return self.person.id

    @property
    def code(self) -> str:
        """The code that may stand in keys and in Temporal."""
        return member_code(self.person.id)

    def belongs_on(self, day: date) -> bool:
        """In the household at the end of this day."""
        return self.left_on is None or day < self.left_on


def member_code(ref: str) -> str:
    """A code of a member for places where no word of a caller may stand.

    A reference that only says what the member is to the person (`son`, `child2`) is its own code; of any other one,
    which might be a name, only a digest is shown.
    """
    if _PLAIN.fullmatch(ref):
        return ref
    return f"m{hashlib.sha256(ref.encode()).hexdigest()[:8]}"


def household_of(named: Iterable[Person], known: Iterable[Fact], nationality: str, day: date) -> tuple[Member, ...]:
    """Everybody who belongs or belonged to the household up to this day, by reference.

    `named`: the members from the beginning; `known`: the facts known on the day, in the order in which they count.
    """
    found = {person.id: Member(person) for person in named}
    for fact in known:
        if fact.on > day:
            break
        ref = str(fact.data.get("id", "")) if fact.kind in (BORN, ARRIVED, LEFT) else fact.who
        if fact.kind in (BORN, ARRIVED) and ref != CLIENT:
            found[ref] = _joined(found.get(ref), ref, fact, nationality)
        elif fact.kind in (LEFT, DIED) and ref in found:
            found[ref] = replace(found[ref], left_on=fact.on)
    return tuple(found[ref] for ref in sorted(found))


def facts_about(known: Iterable[Fact], who: str) -> tuple[Fact, ...]:
    """The facts about one member, as if that member were the person of a path of their own."""
    return tuple(replace(fact, who=CLIENT) for fact in known if fact.who == who)


def _joined(there: Member | None, ref: str, fact: Fact, nationality: str) -> Member:
    person = Person(
        born=fact.on if fact.kind == BORN else day_of(fact.data["born"]) or fact.on,
        nationality=there.person.nationality if there else nationality,
        id=ref,
        relation="child" if fact.kind == BORN else str(fact.data["relation"]),
    )
    if there is not None and there.left_on is None:
        return replace(there, person=person)
    return Member(person, since=fact.on)


def by_code(members: Iterable[Member]) -> Mapping[str, Member]:
    """Members by their code."""
    return {member.code: member for member in members}
