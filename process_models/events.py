"""What happened on a path, as an event log for learning: codes, days and working days, never persons or free text.

Pure comparison of before and after; the records keep the events. What an event means for a case says the plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from process_models.calendars import WorkingDay
from process_models.plan import Plan
from process_models.work import HandoverItem

Activity = Literal[
    "path_opened",
    "phase_entered",
    "case_management_changed",
    "gap_started",
    "gap_ended",
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
    """Handover, phase or state of the case management."""
    from_kind: str = ""
    to_kind: str = ""
    reason: str = ""
    detail: str = ""
    level: str = ""
    working_days: int | None = None
    """Since the offer, for a completion since the acceptance."""


def handover_events(before: HandoverItem | None, after: HandoverItem, at: WorkingDay) -> tuple[Happened, ...]:
    """What happened to a handover between two states of its item, in order."""
    return tuple(_handover_events(before, after, at))


def _handover_events(before: HandoverItem | None, after: HandoverItem, at: WorkingDay) -> Iterable[Happened]:
    blank = Happened(
        "handover_offered",
        at.on,
        after.code,
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
    """What changed between two plans of a path: phase, case management, gaps."""
    return tuple(_plan_events(before, after))


def _plan_events(before: Plan | None, after: Plan) -> Iterable[Happened]:
    if before is None:
        yield Happened("path_opened", after.day)
    if before is None or before.phase != after.phase:
        yield Happened("phase_entered", after.day, after.phase)
    if (before.standing.kim if before else "prospect") != after.standing.kim:
        yield Happened("case_management_changed", after.day, after.standing.kim)
    uncovered, was_uncovered = _is_uncovered(after), before is not None and _is_uncovered(before)
    if uncovered and not was_uncovered:
        yield Happened("gap_started", after.day)
    if was_uncovered and not uncovered:
        yield Happened("gap_ended", after.day)


def _is_uncovered(plan: Plan) -> bool:
    return any(gap.starts_on <= plan.day and (gap.ends_on is None or plan.day <= gap.ends_on) for gap in plan.gaps)
