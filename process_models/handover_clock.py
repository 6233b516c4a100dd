"""The clock of a handover as dates: the last day on which it does what it is for, and the day that makes it critical.

Dates only. What is done about a clock that runs out stands in `escalation` and `reconcile`.
"""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from process_models.benefit_period import month_end
from process_models.catalogue import Catalogue
from process_models.course import DAY
from process_models.gaps import uncovered
from process_models.ground import Ground
from process_models.livelihood import livelihood_regimes
from process_models.rulebook import day_of
from process_models.rules import Clock, HandoverRule
from process_models.running_deadlines import last_days


def latest_day(rule: HandoverRule, trigger_on: date, ground: Ground, catalogue: Catalogue) -> date | None:
    """The last day of the clock; None where the rule names none or its day is not known yet."""
    clock = rule.latest
    if clock is None:
        return None
    if clock.deadline:
        return min(last_days(clock.deadline, ground.situation, catalogue), default=None)
    if clock.fact is not None:
        return _named_by_fact(clock, ground)
    if clock.day == "after_livelihood":
        ends = _livelihood_ends(trigger_on, ground, catalogue)
        return month_end(ends + relativedelta(days=1)) if ends else None
    return trigger_on if clock.day == "trigger" else month_end(trigger_on)


def critical_day(rule: HandoverRule, trigger_on: date, ground: Ground, catalogue: Catalogue) -> date | None:
    """The day on which livelihood or status ends, if the handover has to be done before it."""
    found = list(last_days(rule.needed_by, ground.situation, catalogue)) if rule.needed_by else []
    if rule.secures_livelihood and (ends := _livelihood_ends(trigger_on, ground, catalogue)):
        found.append(ends)
    return min(found, default=None)


def _livelihood_ends(trigger_on: date, ground: Ground, catalogue: Catalogue) -> date | None:
    """The last covered day before the first gap that runs or comes on or after the trigger."""
    gaps = uncovered(ground.situation.periods, livelihood_regimes(catalogue, ground.day), date.max)
    ahead = [gap.starts_on for gap in gaps if gap.ends_on is None or gap.ends_on >= trigger_on]
    return min(ahead) - DAY if ahead else None


def _named_by_fact(clock: Clock, ground: Ground) -> date | None:
    assert clock.fact is not None
    named = [day_of(fact.data.get(clock.field)) for fact in ground.situation.facts.matching(clock.fact)]
    latest = max((day for day in named if day is not None), default=None)
    return latest - timedelta(days=clock.days_before) if latest else None
