"""Why a fact has no effect, and what would be possible instead: the German sentence and the transitions that are open.

Whether a fact has an effect is decided in `walk`; here it is only told. `preview_of` asks it before a fact is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from process_models.catalogue import Catalogue
from process_models.course import Course, Ineffective
from process_models.facts import Fact
from process_models.household import facts_about
from process_models.plan import FactWithoutEffect
from process_models.rulebook import LAPSED, Rulebook, rulebook
from process_models.rules import Transition
from process_models.standing import follow

_NAMED_BY_FACT: Final = "data.state"


def without_effect(course: Course, catalogue: Catalogue) -> tuple[FactWithoutEffect, ...]:
    """Every fact of a course that changed nothing, with the reason and what would be possible instead."""
    return tuple(_told(one, catalogue) for one in course.without_effect)


def preview_of(fact: Fact, facts: Sequence[Fact], catalogue: Catalogue) -> FactWithoutEffect | None:
    """What would be told if this fact were recorded beside the known ones of every person; None if it has an effect."""
    own = facts_about([*facts, fact], fact.who)
    course = follow(own, fact.on, catalogue)
    return next((_told(one, catalogue) for one in course.without_effect if one.fact_id == fact.id), None)


def _told(one: Ineffective, catalogue: Catalogue) -> FactWithoutEffect:
    book = rulebook(catalogue)
    guard = next((rule for rule in catalogue.guards if one.guard and rule.code == one.guard), None)
    possible = tuple(_possible(one, book))
    sentence = guard.title if guard else _no_way(one, book)
    if possible:
        sentence += " Möglich wäre: " + "; ".join(f"{rule.code} {rule.title}" for rule in possible) + "."
    return FactWithoutEffect(
        fact_id=one.fact_id,
        kind=one.kind,
        title=catalogue.fact_kinds[one.kind].title,
        on=one.on,
        sentence=sentence,
        statute=guard.statute if guard else "",
        possible=tuple(rule.code for rule in possible),
    )


def _no_way(one: Ineffective, book: Rulebook) -> str:
    """The sentence where no guard says it: there is no transition from here."""
    here = f"„{book.state(one.residence, one.on).title}“ ({one.residence})"
    if one.wanted not in book.states:
        return f"Aus {here} ändert diese Tatsache den Aufenthalt nicht."
    return f"Aus {here} führt kein Übergang zu „{book.state(one.wanted, one.on).title}“ ({one.wanted})."


def _possible(one: Ineffective, book: Rulebook) -> Iterable[Transition]:
    """The transitions open on that day by facts of the same kind; else those to a state where the fact would act."""
    open_here = [rule for rule in book.acting_transitions if one.residence in rule.sources and rule.holds_on(one.on)]
    alike = [rule for rule in open_here if any(match.fact == one.kind for match in rule.by)]
    if alike:
        return alike
    wanted = {code for rule in book.transitions.get(one.kind, ()) for code in rule.sources}
    return [rule for rule in open_here if rule.kind == "D" and _targets(rule) & wanted]


def _targets(rule: Transition) -> set[str]:
    if rule.to not in (_NAMED_BY_FACT, LAPSED):
        return {rule.to}
    return {str(state) for match in rule.by for state in match.when.get("state", ())}
