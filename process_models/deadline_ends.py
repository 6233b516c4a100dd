"""What ends a running deadline: the act that meets it, what leaves it without object, and its date.

Which deadlines have begun stands in `deadline_starts`; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from process_models.course import Fired
from process_models.deadline_rules import DeadlineRule
from process_models.deadline_starts import Begun, Situation
from process_models.facts import Fact
from process_models.plan import PlannedDeadline
from process_models.rule_base import FactMatch

_ABOUT = "notice"
"""Field of a fact that names the one notice it is about: it meets only the deadline which that notice started."""


def is_unmet(planned: PlannedDeadline, rule: DeadlineRule, begun: Begun, situation: Situation) -> bool:
    """True until somebody has done what was due, or it has lost its object."""
    if _was_met(rule, begun, situation):
        return False
    last_day_runs = planned.hard == situation.course.day
    void = (fact for match in rule.void_by for fact in _later(match, begun, situation))
    if any(not (last_day_runs and fact.on == planned.hard) for fact in void):
        return False
    return not _has_regime(planned, rule, situation)


def was_missed(planned: PlannedDeadline, rule: DeadlineRule, begun: Begun, situation: Situation) -> bool:
    """True if its last day has passed and nobody had done what was due."""
    return planned.hard is not None and planned.hard < situation.course.day and not _was_met(rule, begun, situation)


def is_over(planned: PlannedDeadline, rule: DeadlineRule, day: date) -> bool:
    """True if its date has passed and the law's effect has set in by itself."""
    last = planned.hard or planned.earliest
    return rule.after_date == "gone" and last is not None and last < day


def _was_met(rule: DeadlineRule, begun: Begun, situation: Situation) -> bool:
    if any(True for match in rule.met_by for _ in _later(match, begun, situation)):
        return True
    if rule.met_by_member and _was_met_for_member(rule, begun, situation):
        return True
    fired = (one for one in situation.course.fired if one.code in rule.met_by_transition)
    return bool(rule.met_by_transition) and any(_fired_since(one, begun) for one in fired)


def _was_met_for_member(rule: DeadlineRule, begun: Begun, situation: Situation) -> bool:
    start = begun.start
    named = next((str(fact.data.get("id")) for fact in situation.facts.facts if fact.id == start.fact_id), "")
    facts = situation.household.get(named)
    return facts is not None and any(
        fact.on >= start.on for match in rule.met_by_member for fact in facts.matching(match)
    )


def _later(match: FactMatch, begun: Begun, situation: Situation) -> Iterable[Fact]:
    for fact in situation.facts.matching(match):
        about = fact.data.get(_ABOUT)
        if fact.on >= begun.since and fact.id != begun.start.fact_id and about in (None, begun.start.fact_id):
            yield fact


def _fired_since(fired: Fired, begun: Begun) -> bool:
    return fired.on >= begun.since and (fired.fact is None or fired.fact.id != begun.start.fact_id)


def _has_regime(planned: PlannedDeadline, rule: DeadlineRule, situation: Situation) -> bool:
    """A benefit that was waited for already ran before the earliest day of this waiting time."""
    limit = planned.earliest
    if not rule.void_by_regime or limit is None:
        return False
    return any(
        period.regime in rule.void_by_regime and period.starts <= situation.course.day and period.starts < limit
        for period in situation.periods
    )
