"""What happened on a path, as an event log for learning: codes, days and working days, never persons or free text.

Pure comparison of before and after; the records keep the events. What an event means for a case says the plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from process_models.calendars import WorkingDay
from process_models.facts import CLIENT
from process_models.names import rule_code
from process_models.plan import Gap, Plan, Standing
from process_models.quarters import counts_on
from process_models.work import HandoverItem

Activity = Literal[
    "path_opened",
    "phase_entered",
    "case_management_changed",
    "gap_started",
    "gap_ended",
    "screened",
    "residence_entered",
    "title_renewed",
    "framework_entered",
    "path_ended",
    "handover_offered",
    "handover_received",
    "handover_queried",
    "handover_accepted",
    "handover_refused",
    "handover_forwarded",
    "handover_completed",
    "handover_cancelled",
    "stall_reason_given",
    "escalated",
    "item_raised",
    "item_handed_on",
    "item_postponed",
    "item_decided",
    "need_recorded",
    "need_referred",
    "need_met",
    "need_unmet",
]

_STATES: Final[dict[str, Activity]] = {
    "received": "handover_received",
    "accepted": "handover_accepted",
    "refused": "handover_refused",
    "completed": "handover_completed",
    "cancelled": "handover_cancelled",
}
_CLOCK_STARTS: Final = {"handover_completed": "accepted_on"}
"""Completion is measured from the acceptance, everything else from the offer."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a path."""

    activity: Activity
    on: date
    code: str = ""
    """Handover, phase, state of the case management, line of the target group, residence state or benefit regime."""
    from_kind: str = ""
    to_kind: str = ""
    reason: str = ""
    """Of a stall; the state or regimes before, the result of a screening."""
    detail: str = ""
    level: str = ""
    working_days: int | None = None
    """Since the offer, for a completion since the acceptance."""
    days: int | None = None
    """Calendar days: without livelihood, of a gap that ended; since it was recorded, of a need; since the arrival, of
    a state or regime entered."""


def handover_events(before: HandoverItem | None, after: HandoverItem, at: WorkingDay) -> tuple[Happened, ...]:
    """What happened to a handover between two states of its item, in order."""
    return tuple(_handover_events(before, after, at))


def _handover_events(before: HandoverItem | None, after: HandoverItem, at: WorkingDay) -> Iterable[Happened]:
    blank = Happened(
        "handover_offered",
        at.on,
        rule_code(after.code),
        after.from_kind,
        after.to_kind,
        after.reason or "",
        after.detail or "",
        after.level,
    )
    if before is None or before.offers != after.offers:
        passed_on = before is not None and before.to_kind != after.to_kind
        yield replace(blank, activity="handover_forwarded" if passed_on else "handover_offered")
        before = None
    was = before.state if before else "offered"
    if after.state != was:
        if after.state == "accepted" and was == "offered":
            yield replace(blank, activity="handover_received", working_days=at.since(after.offered_on))
        activity = _STATES[after.state]
        start = getattr(after, _CLOCK_STARTS.get(activity, "offered_on"))
        yield replace(blank, activity=activity, working_days=at.since(start))
    known = (before.reason, before.detail) if before else (None, None)
    if after.is_open and after.reason is not None and (after.reason, after.detail) != known:
        yield replace(blank, activity="stall_reason_given", working_days=at.since(after.offered_on))
    if after.level != (before.level if before else "E0"):
        yield replace(blank, activity="escalated", working_days=at.since(after.offered_on))


def plan_events(before: Plan | None, after: Plan) -> tuple[Happened, ...]:
    """What changed between two plans of a path: phase, case management, target group, gaps, titles, frameworks."""
    return tuple(_plan_events(before, after))


def _plan_events(before: Plan | None, after: Plan) -> Iterable[Happened]:
    if before is None:
        yield Happened("path_opened", after.day)
    if before is None or before.phase != after.phase:
        yield Happened("phase_entered", after.day, after.phase)
    kim = before.standing.kim if before else "prospect"
    if kim != after.standing.kim:
        yield Happened("case_management_changed", after.day, after.standing.kim, reason=kim)
    yield from _screening(before, after)
    yield from _gap_events(before, after)
    if before is not None and after.standing.accompanied_since is not None:
        yield from _standing_events(before.standing, after)


def _screening(before: Plan | None, after: Plan) -> Iterable[Happened]:
    """The line of the target group that decides, when it is another one or decides otherwise."""
    found, was = after.eligibility, before.eligibility if before else None
    if found is not None and (was is None or (was.rule, was.result) != (found.rule, found.result)):
        yield Happened("screened", after.day, found.rule, reason=found.result)


def _standing_events(before: Standing, after: Plan) -> Iterable[Happened]:
    """What somebody in case management has reached. What they brought along is nothing that happened here."""
    now = after.standing
    since = now.residence_since or after.day
    if now.residence != before.residence and since >= (now.accompanied_since or since):
        counts = counts_on(since, after.day)
        yield _since_arrival(Happened("residence_entered", counts, now.residence, reason=before.residence), now, since)
    elif now.residence == before.residence and _later(before.title_valid_until, now.title_valid_until):
        yield _since_arrival(Happened("title_renewed", after.day, now.residence), now, after.day)
    for regime in sorted(set(now.benefits) - set(before.benefits)):
        entered = Happened("framework_entered", after.day, regime, reason="+".join(sorted(before.benefits)))
        yield _since_arrival(entered, now, after.day)


def _later(before: date | None, after: date | None) -> bool:
    return before is not None and after is not None and before < after


def _since_arrival(event: Happened, standing: Standing, on: date) -> Happened:
    """With the days since the arrival, where that is known."""
    arrived = standing.arrived_on
    return event if arrived is None or on < arrived else replace(event, days=(on - arrived).days)


def _gap_events(before: Plan | None, after: Plan) -> Iterable[Happened]:
    """Gaps of the client and of every member, each with the handover that lay unanswered meanwhile."""
    was = _gaps_open(before) if before else {}
    now = _gaps_open(after)
    for who in sorted(now.keys() - was.keys()):
        yield _at_interface(Happened("gap_started", now[who].starts_on), after)
    for who in sorted(was.keys() - now.keys()):
        last = _last_uncovered_day(after, who, was[who])
        length = (last - was[who].starts_on).days + 1
        if before is not None and length > 0:
            yield _at_interface(Happened("gap_ended", after.day, days=length), before)


def _gaps_open(plan: Plan) -> dict[str, Gap]:
    """The gap that runs on the day of the plan, for each person that has one."""
    people = {CLIENT: plan.gaps, **{member.code: member.gaps for member in plan.members}}
    return {
        who: gap
        for who, gaps in people.items()
        for gap in gaps
        if gap.starts_on <= plan.day and (gap.ends_on is None or plan.day <= gap.ends_on)
    }


def _last_uncovered_day(after: Plan, who: str, gap: Gap) -> date:
    """Of a gap that runs no more: its end as it is known now; one that was closed in retrospect never was."""
    people = {CLIENT: after.gaps, **{member.code: member.gaps for member in after.members}}
    same = next((one for one in people.get(who, ()) if one.starts_on == gap.starts_on), None)
    return same.ends_on if same is not None and same.ends_on is not None else after.day - timedelta(days=1)


def _at_interface(event: Happened, plan: Plan) -> Happened:
    """Names the handover that waits for an answer, a critical one first."""
    waiting = [handover for handover in plan.handovers if handover.state in ("offered", "received", "refused")]
    if not waiting:
        return event
    handover = min(waiting, key=lambda one: (not one.critical, one.trigger_on, one.code))
    return replace(event, code=rule_code(handover.code), from_kind=handover.from_kind, to_kind=handover.to_kind)
