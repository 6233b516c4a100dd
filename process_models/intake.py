"""The start of a path: what a referral says as facts, and what the target group says to them before anything is kept.

Pure. The same rules screen a path on every later day (`screening`); here the whole table is told, line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.configuration import Municipality, TargetGroupRule
from process_models.course import Course
from process_models.errors import KimError
from process_models.facts import CLIENT, Fact, Person
from process_models.known import KnownFacts
from process_models.plan import Eligibility
from process_models.rulebook import rulebook
from process_models.rules import Transition
from process_models.screening import circumstances_of, screening_of
from process_models.standing import follow
from process_models.target_group import OPEN_TO_ALL, UNDECIDED, Circumstances, TargetStatus, age_on, screen
from process_models.target_group_lines import Misfit, misfit

BEFORE: Final = "R00"
"""Residence state before any fact: whoever starts here has no title that is known."""
OTHER_STAY: Final = "other"
"""A stay whose history follows as facts: it counts as a title for the target group, and nothing is recorded of it."""
_TITLE: Final = "residence.title_issued"
_DULDUNG: Final = "residence.duldung_issued"
_WITHOUT_DATA: Final = ("asylum.sought", "asylum.lodged", "residence.free_movement_began")
Why = Literal["decides", "comes_later", "not_yet", "over", "draft"]


class StayUnknown(KimError):
    """What was said about the stay leads nowhere under the law of its day; `field` says where."""

    status = 422
    title = "Diese Angabe zum Aufenthalt passt nicht"


@dataclass(frozen=True, slots=True)
class StayChoice:
    """Something that may be said about the stay of a newcomer, and the fact that it becomes."""

    code: str
    title: str
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """What is said about the stay at the start: a code of `stay_choices`, since when, until when."""

    code: str = ""
    since: date | None = None
    until: date | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True)
class LineTold:
    """One line of the table and what it says about the person. `why`: it decides, or what keeps it from deciding."""

    rule: TargetGroupRule
    why: Why | Misfit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says, before anything is recorded, and everything that it was read from."""

    eligibility: Eligibility
    day: date
    age: int
    status: TargetStatus
    residence: str
    """Title of the residence state that the table reads."""
    stay_since: date | None
    lines: tuple[LineTold, ...]
    tolerance_years: int
    takes_part: bool
    """False if the place has said that it does not take part: a person decides."""
    may_be_replaced: bool
    """A person may decide otherwise than the table, with a reason."""

    @property
    def deciding(self) -> TargetGroupRule | None:
        """The line that decided; None where there is no table, or no line matches."""
        return next((line.rule for line in self.lines if line.why == "decides"), None)


def stay_choices(catalogue: Catalogue, day: date) -> tuple[StayChoice, ...]:
    """What the law of the day lets begin without a history: asylum, Duldung, free movement, titles after an entry."""
    kinds = catalogue.fact_kinds
    plain = [StayChoice(kind, kinds[kind].title, kind) for kind in _WITHOUT_DATA if kind in kinds]
    states = [
        StayChoice(state, _title(catalogue, state, day), kind, state)
        for kind in (_DULDUNG, _TITLE)
        for state in _states_from_the_start(catalogue, kind, day)
    ]
    return (*plain, *states)


def stay_facts(stay: Stay, choices: Iterable[StayChoice], today: date) -> tuple[Fact, ...]:
    """What is said about the stay as facts. Errors: StayUnknown for a code without a choice or a missing day."""
    facts = []
    if stay.arrived_on is not None:
        facts.append(Fact("s-entered", "person.entered", stay.arrived_on, today))
    if stay.code in ("", OTHER_STAY):
        return tuple(facts)
    chosen = next((choice for choice in choices if choice.code == stay.code), None)
    if chosen is None:
        raise StayUnknown("Diese Angabe zum Aufenthalt gibt es nicht.", field="stay")
    if stay.since is None:
        raise StayUnknown("Bitte angeben, seit wann das gilt.", field="stay_since")
    data = {"state": chosen.state, "valid_until": stay.until} if chosen.state else {}
    kept = {name: value for name, value in data.items() if value is not None}
    return (*facts, Fact("s-stay", chosen.kind, stay.since, today, kept))


def verdict_on(case: Case, stay: Stay, day: date, catalogue: Catalogue) -> Verdict:
    """What the target group says about a case that nobody has recorded. Errors: StayUnknown."""
    counted = KnownFacts(fact for fact in case.facts if fact.on <= day and fact.who == CLIENT)
    course = follow(counted.facts, day, catalogue)
    if course.ineffective:
        raise StayUnknown("Dieser Aufenthalt kann nach dem Recht dieses Tages nicht so beginnen.", field="stay")
    config = catalogue.municipality(case.municipality)
    found = circumstances_of(course, counted, catalogue)
    status = rulebook(catalogue).state(course.residence, day).target_status
    eligibility = screening_of(case, course, counted, catalogue) or screen(
        catalogue, config, case.person.born, status, day, found
    )
    return Verdict(
        eligibility=eligibility,
        day=day,
        age=age_on(case.person.born, day),
        status=status,
        residence=_residence(course, stay, catalogue),
        stay_since=course.stay_since,
        lines=tuple(_told(config, case.person, status, day, found)),
        tolerance_years=config.age_tolerance_years,
        takes_part=config.takes_part(case.place, day),
        may_be_replaced=eligibility.result in config.override,
    )


def _told(
    config: Municipality, person: Person, status: TargetStatus, day: date, found: Circumstances
) -> Iterator[LineTold]:
    decided = False
    age = age_on(person.born, day)
    for rule in config.screening_lines:
        why: Why | Misfit = _asleep(rule, day) or misfit(rule, age, status, day, found) or "decides"
        if why == "decides" and decided:
            why = "comes_later"
        decided = decided or why == "decides"
        yield LineTold(rule, why)


def _asleep(rule: TargetGroupRule, day: date) -> Why | Literal[""]:
    if rule.release.state != "released":
        return "draft"
    if rule.valid_from is not None and day < rule.valid_from:
        return "not_yet"
    return "over" if rule.valid_to is not None and rule.valid_to < day else ""


def _residence(course: Course, stay: Stay, catalogue: Catalogue) -> str:
    return "" if stay.code == OTHER_STAY else _title(catalogue, course.residence, course.day)


def _title(catalogue: Catalogue, state: str, day: date) -> str:
    found = catalogue.residence(state, day)
    return found.title if found else state


def _states_from_the_start(catalogue: Catalogue, kind: str, day: date) -> tuple[str, ...]:
    """The states that a fact of this kind gives to somebody of whom nothing is known."""
    rules = [rule for rule in catalogue.in_force(catalogue.transitions, day) if BEFORE in rule.sources]
    return tuple(dict.fromkeys(state for rule in rules for state in _given_by(rule, kind)))


def _given_by(rule: Transition, kind: str) -> Iterator[str]:
    for match in rule.by:
        if match.fact == kind:
            yield from (str(state) for state in match.when.get("state", ()))


def decided_by_hand(case: Case, result: str, reason: str, today: date) -> Case:
    """The case with the decision of a person about its target group."""
    fact = Fact("s-screened", "kim.screened", today, today, {"result": result, "reason": reason})
    return replace(case, facts=(*case.facts, fact))


__all__ = [
    "BEFORE",
    "OPEN_TO_ALL",
    "OTHER_STAY",
    "UNDECIDED",
    "LineTold",
    "Stay",
    "StayChoice",
    "StayUnknown",
    "Verdict",
    "Why",
    "decided_by_hand",
    "stay_choices",
    "stay_facts",
    "verdict_on",
]
