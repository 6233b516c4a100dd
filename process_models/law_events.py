"""Law events: the days on which a rule starts or ends, and the first of them that changes the plan of a path.

A path wakes for a change that is its own; a rule that says nothing about it lets it sleep.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from process_models.catalogue import Catalogue
from process_models.plan import MemberPlan, Plan, PlannedDeadline

_ACTING: Final = ("released", "gated")
_ONLY_WORDS: Final = ("version", "fact_kinds", "agency_kinds", "labels", "municipalities")
"""What a plan does not depend on, and the municipalities: their tables have days of their own (`turning_days`)."""
_UNTOLD: Final = {"warnings": (), "could_pay": ()}
"""What follows from the rest and is read afresh: nobody is woken for its words."""
_ONE_DAY: Final = timedelta(days=1)


def next_law_event(
    plan: Plan, plan_on: Callable[[date], Plan], catalogue: Catalogue, before: date | None
) -> date | None:
    """The first day after the plan's, and before `before`, on which the law alone changes what the plan says.

    `plan_on`: the plan of the same case on another day. Nothing but the law changes before `before`, so only as many
    plans are made as rules start or end until then.
    """
    days = law_days(catalogue)
    ahead = days[bisect_right(days, plan.day) : bisect_left(days, before) if before is not None else None]
    said = _what_it_says(plan)
    return next((day for day in ahead if _what_it_says(plan_on(day)) != said), None)


@lru_cache(maxsize=8)
def law_days(catalogue: Catalogue) -> tuple[date, ...]:
    """The first day of every rule with a first day, and the day after the last of every rule with a last one."""
    return tuple(sorted(set(_turns(catalogue))))


def _turns(catalogue: Catalogue) -> Iterator[date]:
    for section in fields(catalogue):
        for rule in getattr(catalogue, section.name) if section.name not in _ONLY_WORDS else ():
            if rule.release.state in _ACTING:
                yield from (day for day in (rule.valid_from, _after(rule.valid_to)) if day is not None)


def _after(last: date | None) -> date | None:
    return last + _ONE_DAY if last is not None and last < date.max else None


def _what_it_says(plan: Plan) -> Plan:
    """The plan without what time alone changes, and without words that follow from the rest."""
    members = (
        member.model_copy(update={"age": 0, **_UNTOLD, "deadlines": _still(member.deadlines), **_dates(member)})
        for member in plan.members
    )
    lasting = {
        "deadlines": _still(plan.deadlines),
        "handovers": tuple(handover.model_copy(update={"working_days_open": 0}) for handover in plan.handovers),
        "members": tuple(members),
    }
    return plan.model_copy(update={"day": date.min, **_UNTOLD, **lasting, **_dates(plan)})


def _dates(of: Plan | MemberPlan) -> dict[str, object]:
    """The forecasts without what naturalisation asks for beside the years: it is read, and wakes nobody."""
    return {"forecasts": tuple(forecast.model_copy(update={"conditions": ()}) for forecast in of.forecasts)}


def _still(deadlines: Iterable[PlannedDeadline]) -> tuple[PlannedDeadline, ...]:
    """While a period is suspended its end moves on day by day, past those of others."""
    moving = {"hard": None, "safe": None, "reminders": (), "steps": ()}
    still = (one.model_copy(update=moving) if one.state == "suspended" else one for one in deadlines)
    return tuple(sorted(still, key=lambda one: (one.key, one.anchor_on)))
