"""The ladder of a stalled handover: which step is due, when the next one is, and since when it stalls.

Days count in working days of the product calendar from the offer. Nothing is sent here; see `reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from process_models.calendars import ProductCalendar
from process_models.rules import Ladder
from process_models.waits import Usual, is_slower, late_after
from process_models.work import HandoverItem, Level, SimilarStall, StallReason

LEVELS: Final[tuple[Level, ...]] = ("none", "E0", "E1", "E2", "E3", "E4", "E5", "E6")
Step = Literal["E1", "E2", "E3"]
STEPS: Final[tuple[Step, ...]] = ("E1", "E2", "E3")
_FIRST: Final[Step] = "E1"
"""The reminder of the clerk: the step that comes sooner where the others answer sooner."""
PROCEDURE: Final[Level] = "E4"
"""The step before the working group for the procedure: by pattern, by age of one case, or by impulse."""

Cause = Literal["ladder", "pattern", "forty_days", "impulse"]


@dataclass(frozen=True, slots=True)
class LadderView:
    """What the ladder of one item is read from."""

    day: date
    calendar: ProductCalendar
    ladder: Ladder
    critical_on: date | None = None
    """Day on which livelihood or status ends, if the handover has one."""
    similar: tuple[SimilarStall, ...] = ()
    impulses: tuple[date, ...] = ()
    """Days on which a case manager raised an impulse for this interface."""
    blocked_since: date | None = None
    """Day since which a rule stops the receiver, if one does."""
    lacking: frozenset[str] = frozenset()
    """Purposes of the steps that no consent covers."""
    usual: tuple[Usual, ...] = ()
    """What may be expected of the steps ahead, as far as that was learned."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an item stands on the ladder."""

    critical: bool
    receipt_due_on: date
    next_level: Level = "none"
    next_level_on: date | None = None
    cause: Cause = "ladder"
    blocked_by_purpose: str = ""
    stalled_since: date | None = None
    working_days_open: int = 0
    late_by_usual: bool = False
    """It is open for longer than usual, and would not be late by the days of the ladder yet."""
    slower: bool = False
    """It is open for longer than usual, and so were more of the recent ones than chance explains."""
    usual: Usual | None = None
    look_again_on: tuple[date, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is usual for the steps ahead of an item, held against the day."""

    late_on: tuple[date, ...] = ()
    """The days from which on a step is later than usual, the first one first; none while nothing is learned."""
    late: bool = False
    slower: bool = False
    """One is late, and so were more of the recent ones than chance explains."""
    usual: Usual | None = None
    """What the figures are about: the step that got slower, else the one that is expected first."""


@dataclass(frozen=True, slots=True)
class _Step:
    level: Level
    on: date
    cause: Cause = "ladder"


def position(item: HandoverItem, view: LadderView) -> Position:
    """The position of an item that awaits an answer."""
    offered = item.offered_on or view.day
    critical_from = _critical_from(view)
    critical = critical_from is not None and critical_from <= view.day
    receipt = _not_before(view.calendar.add(offered, _receipt_days(view.ladder, critical)), item)
    stalled = _stalled_since(item, view, offered, critical, receipt)
    steps, blocked = _steps(item, view, offered, critical, stalled)
    step = _due_or_next(steps, item.level, view.day)
    expected = expectation(item, view, offered)
    looks = (
        receipt + timedelta(days=1),
        _due(item, view, offered, "E1", critical),  # it stalls from then on, also where E1 lies behind it
        *((critical_from,) if critical_from else ()),
        *expected.late_on,
        *(s.since for s in view.similar),
    )
    return Position(
        critical=critical,
        receipt_due_on=receipt,
        next_level=step.level if step else "none",
        next_level_on=step.on if step else None,
        cause=step.cause if step else "ladder",
        blocked_by_purpose=blocked,
        stalled_since=stalled,
        working_days_open=view.calendar.between(offered, view.day),
        late_by_usual=expected.late and view.day < _due(item, view, offered, "E1", critical),
        usual=expected.usual,
        slower=expected.slower,
        look_again_on=looks,
    )


def expectation(item: HandoverItem, view: LadderView, begun: date) -> Expectation:
    """What is usual for steps that are measured from a day.

    It brings the first reminder forward and never puts a step off: a slow interface does not become right by habit.
    """
    days = ((view.calendar.add(begun, late_after(usual, view.ladder)), usual) for usual in view.usual)
    ordered = sorted(((_not_before(day, item), usual) for day, usual in days), key=lambda one: one[0])
    late = [usual for on, usual in ordered if on <= view.day]
    slower = next((usual for usual in late if is_slower(usual, view.ladder)), None)
    first = next((usual for _, usual in ordered), None)
    return Expectation(tuple(on for on, _ in ordered), bool(late), slower is not None, slower or first)


def reason_of(item: HandoverItem, stalled: bool) -> StallReason | None:
    """The reason of a stall; a stall without a given reason is the agency's lateness."""
    return item.reason or ("AGENCY_LATE" if stalled else None)


def _not_before(day: date, item: HandoverItem) -> date:
    """The day itself, or the day after the time that the office gave the receiver."""
    return day if item.answer_until is None else max(day, item.answer_until + timedelta(days=1))


def _due(item: HandoverItem, view: LadderView, offered: date, level: Step, critical: bool) -> date:
    """The day of a step by the days of the ladder."""
    step = view.ladder.steps[level]
    return _not_before(view.calendar.add(offered, step.critical if critical else step.normal), item)


def _receipt_days(ladder: Ladder, critical: bool) -> int:
    return ladder.receipt_critical if critical else ladder.receipt_normal


def _critical_from(view: LadderView) -> date | None:
    """First day from which no more than the critical number of working days is left, the last day included."""
    if view.critical_on is None:
        return None
    day, left = view.critical_on, view.ladder.critical_within
    while left > 0 or not view.calendar.is_working_day(day):
        left -= view.calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day


def _stalled_since(item: HandoverItem, view: LadderView, offered: date, critical: bool, receipt: date) -> date | None:
    """Past the receipt day without receipt, or at the first step of the ladder without an answer, or a rule blocks."""
    answer = _due(item, view, offered, "E1", critical)
    since = [receipt] if item.received_on is None and receipt < view.day else []
    if answer <= view.day:
        since.append(answer)
    if item.reason in ("RULE_CHANGE", "LAW_GAP"):
        since.append(max(offered, view.blocked_since or offered))
    return min(since, default=None)


def _steps(
    item: HandoverItem, view: LadderView, offered: date, critical: bool, stalled: date | None
) -> tuple[list[_Step], str]:
    """All steps with their days, and the purpose that blocks one whose day has come."""
    found: list[_Step] = []
    blocked = ""
    for level in STEPS:
        step = view.ladder.steps[level]
        on = _due(item, view, offered, level, critical)
        if level == _FIRST:
            on = min((on, *expectation(item, view, offered).late_on))
        if step.purpose in view.lacking and step.purpose:
            blocked = step.purpose if on <= view.day else blocked
            continue
        found.append(_Step(level, on))
    found.append(_Step(PROCEDURE, view.calendar.add(offered, view.ladder.single_path_days), "forty_days"))
    found += _procedure_steps(item, view, offered, stalled)
    return found, blocked


def _procedure_steps(item: HandoverItem, view: LadderView, offered: date, stalled: date | None) -> Iterable[_Step]:
    if item.reason == "RULE_CHANGE":
        yield _Step(PROCEDURE, stalled or offered, "impulse")
    for raised in view.impulses:
        yield _Step(PROCEDURE, max(raised, offered), "impulse")
    if stalled is not None or item.reason is not None:
        reached = _pattern_reached(item, view)
        if reached is not None:
            yield _Step(PROCEDURE, max(reached, offered), "pattern")


def _pattern_reached(item: HandoverItem, view: LadderView) -> date | None:
    """The day on which enough cases of this interface and reason stalled within the window; this one counts."""
    window = timedelta(days=view.ladder.pattern_days)
    alike = sorted(
        (stall for stall in view.similar if _is_alike(stall, item) and view.day - window <= stall.since <= view.day),
        key=lambda stall: stall.since,
    )
    count = 1
    for stall in alike:
        count += stall.count
        if count >= view.ladder.pattern_count:
            return stall.since
    return None


def _is_alike(stall: SimilarStall, item: HandoverItem) -> bool:
    interface = (stall.from_kind, stall.to_kind) == (item.from_kind, item.to_kind)
    same_detail = stall.detail is None or item.detail is None or stall.detail == item.detail
    return interface and same_detail and stall.reason == (item.reason or "AGENCY_LATE")


def _due_or_next(steps: list[_Step], level: Level, day: date) -> _Step | None:
    """The highest step that is due and not reached yet; else the next one to come."""
    reached = LEVELS.index(level)
    ahead = [step for step in steps if LEVELS.index(step.level) > reached]
    due = [step for step in ahead if step.on <= day]
    if due:
        return max(due, key=lambda step: (LEVELS.index(step.level), -step.on.toordinal()))
    return min(ahead, key=lambda step: (step.on, LEVELS.index(step.level)), default=None)
