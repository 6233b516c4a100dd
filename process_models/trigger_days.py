"""On which days the facts of a path set a handover going.

Days only. What becomes of a handover once it is set going stands in `triggers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from process_models.catalogue import Catalogue
from process_models.children import children_of, of_age
from process_models.course import DAY
from process_models.deadlines import compute
from process_models.facts import Fact
from process_models.ground import Ground
from process_models.livelihood import regimes_on
from process_models.rulebook import day_of
from process_models.rules import HandoverRule
from process_models.running_deadlines import reached_on

_PLACE = ("place.assigned", "place.moved")


def trigger_days(rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> list[date]:
    """The days under the law of which the rule was set going, the earliest first."""
    days = sorted({on for on in _all_days(rule, ground, catalogue) if rule.holds_on(on)})
    held = [on for on in days if _is_meant(rule, on, ground, catalogue)]
    return held[:1] if rule.once else held


def _all_days(rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> Iterable[date]:
    facts = ground.situation.facts
    needed = [min((f.on for f in facts.matching(need)), default=None) for need in rule.needs]
    if None in needed:
        return
    floor = max((on for on in needed if on is not None), default=date.min)
    yield from (max(on, floor) for on in _days_of_transitions(rule, ground))
    for match in rule.by:
        yield from (max(fact.on, floor) for fact in facts.matching(match) if _in_residence(rule, fact, ground))
    yield from (max(on, floor) for on in _days_of_deadline(rule, ground, catalogue))


def _days_of_transitions(rule: HandoverRule, ground: Ground) -> Iterable[date]:
    course = ground.situation.course
    for fired in course.fired:
        # On its last day for a suit a decision may still be fought: nothing is handed over because of it before.
        may_fall = course.finality_assumed and fired.fact is None and fired.on == course.finality_on
        if fired.code in rule.transition and not may_fall:
            yield fired.on


def _days_of_deadline(rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> Iterable[date]:
    if not rule.at_deadline:
        return
    if rule.latest_start:
        yield from _of_latest_start(rule, ground, catalogue)
        return
    reached = reached_on(rule.at_deadline, ground.situation, catalogue)
    if reached is not None:
        yield reached


def _of_latest_start(rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> Iterable[date]:
    """The day on which the period of the latest fact is reached, not before that fact."""
    deadline = catalogue.deadline(rule.at_deadline, ground.day)
    if deadline is None or deadline.anchor.fact is None:
        return
    named = [
        (day_of(f.data.get(deadline.anchor.field)), f.on) for f in ground.situation.facts.matching(deadline.anchor.fact)
    ]
    dated = [(end, since) for end, since in named if end is not None]
    if dated:
        end, since = max(dated)
        earliest = compute(deadline, end).earliest
        if earliest is not None and max(earliest, since) <= ground.day:
            yield max(earliest, since)


def _in_residence(rule: HandoverRule, fact: Fact, ground: Ground) -> bool:
    """True if the person was in one of the rule's states at the end of the fact's day."""
    if not rule.by_residence:
        return True
    entered = [state for state, since in ground.situation.course.history if since <= fact.on]
    return bool(entered) and entered[-1] in rule.by_residence


# ---------------------------------------------------------------- conditions of a day


def _is_meant(rule: HandoverRule, on: date, ground: Ground, catalogue: Catalogue) -> bool:
    if rule.while_regimes and not set(rule.while_regimes) & set(regimes_on(ground.situation.periods, on)):
        return False
    if rule.child_ages and not of_age(children_of(ground.case, ground.known, on), rule.child_ages, on):
        return False
    if rule.agency_changes and not _agency_changes(rule, on, ground, catalogue):
        return False
    return _in_the_case(rule, on, ground)


def _in_the_case(rule: HandoverRule, on: date, ground: Ground) -> bool:
    course = ground.situation.course
    opened_by_then = course.kim_opened_on is not None and course.kim_opened_on <= on
    if rule.from_opening and not opened_by_then:
        return False
    return not rule.after_case or (opened_by_then and course.kim_closed_on in (None, on))


def _agency_changes(rule: HandoverRule, on: date, ground: Ground, catalogue: Catalogue) -> bool:
    """True if the person's place of that day has another agency of the receiver's kind than the place before."""
    case = ground.case
    before = catalogue.agency(case.municipality, rule.to_kind, _place_on(on - DAY, ground), on)
    after = catalogue.agency(case.municipality, rule.to_kind, _place_on(on, ground), on)
    return before is not None and after is not None and before.id != after.id


def _place_on(day: date, ground: Ground) -> str:
    moves = [fact for fact in ground.situation.facts.of(*_PLACE) if fact.on <= day]
    latest = max(moves, key=lambda fact: (fact.on, fact.id), default=None)
    return str(latest.data["place"]) if latest else ground.case.place
