"""Reminders that are due and were not made: of deadlines to their readers, of gaps to the case management.

One reminder a reader, day and code. When one is due say the deadlines; what a mail says stands in `notifications`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from process_models.explain import german_day
from process_models.facts import CLIENT
from process_models.gaps import WARN_DAYS
from process_models.look_again import is_due
from process_models.messages import Remind
from process_models.names import CASE_MANAGER, notice_key
from process_models.plan import Gap, PlannedDeadline, PlannedHandover
from process_models.view import View


def reminders(view: View) -> Iterable[Remind]:
    """All reminders of the moment; none before case management begins and after it ends."""
    if view.plan.standing.kim in ("active", "paused"):
        yield from _deadline_reminders(view)
        yield from _gap_reminders(view)


def _deadline_reminders(view: View) -> Iterable[Remind]:
    due: dict[tuple[str, str], list[tuple[date, PlannedDeadline]]] = defaultdict(list)
    for deadline in _all_deadlines(view):
        latest = max((day for day in deadline.reminders if is_due(day, view.now)), default=None)
        if deadline.due_on < view.plan.day or latest is None or _came_before(latest, deadline, view.plan.day):
            continue
        for recipient in deadline.reads:
            if _may_be_reminded(view, deadline, recipient) and not _was_reminded(view, deadline, recipient, latest):
                due[deadline.key, recipient].append((latest, deadline))
    for (_, recipient), found in due.items():
        yield _reminder(view, recipient, found)


def _all_deadlines(view: View) -> Iterable[PlannedDeadline]:
    """Of the person of the path and of every member of the household."""
    yield from view.plan.deadlines
    for member in view.plan.members:
        yield from member.deadlines


def _may_be_reminded(view: View, deadline: PlannedDeadline, recipient: str) -> bool:
    """The office always; an agency that has a part in an open handover; the person through the case manager alone.

    Of a deadline of a member of the household only the case manager is reminded.
    """
    if recipient == CLIENT or (deadline.who != CLIENT and recipient != CASE_MANAGER):
        return False  # the records hold no address of the person
    agencies = {kind for h in view.plan.handovers if h.allowed and _is_open(h) for kind in (h.from_kind, h.to_kind)}
    return recipient == CASE_MANAGER or recipient in agencies


def _is_open(handover: PlannedHandover) -> bool:
    return handover.state in ("offered", "received", "accepted")


def _came_before(reminder: date, deadline: PlannedDeadline, day: date) -> bool:
    """The reminder's day lies before the deadline began, and a later reminder is still to come."""
    return reminder < deadline.anchor_on <= day and deadline.reminders[-1] > day


def _was_reminded(view: View, deadline: PlannedDeadline, recipient: str, latest: date) -> bool:
    """True if this reader had this reminder, or a later one of the same code since the deadline began."""
    prefix = f"{notice_key(view.case.path_id, deadline.key, 'reminder_deadline', recipient)}:"
    made = [key.removeprefix(prefix) for key in view.case.work.notices_made if key.startswith(prefix)]
    began = deadline.anchor_on if deadline.anchor_on <= view.plan.day else latest
    return any(day == latest or (day > latest and day >= began) for day in map(date.fromisoformat, made))


def _reminder(view: View, recipient: str, due: Sequence[tuple[date, PlannedDeadline]]) -> Remind:
    """One reminder a reader and code: the latest that is due; earlier ones that were missed are not made up for."""
    on = max(day for day, _ in due)
    first = min((deadline for _, deadline in due), key=lambda deadline: deadline.due_on)
    return Remind(
        key=notice_key(view.case.path_id, first.key, "reminder_deadline", recipient, on),
        kind="reminder_deadline",
        subject=first.key,
        recipient=recipient,
        due_on=first.due_on,
        on=view.plan.day,
        summary=f"an {first.key} erinnern, Datum {german_day(first.due_on)}",
    )


def _gap_reminders(view: View) -> Iterable[Remind]:
    for subject, gap in _all_gaps(view):
        key = notice_key(view.case.path_id, subject, "reminder_gap", CASE_MANAGER, gap.starts_on)
        is_told = key in view.case.work.notices_made
        if not is_told and is_due(gap.starts_on - timedelta(days=WARN_DAYS), view.now):
            yield Remind(
                key=key,
                kind="reminder_gap",
                subject=subject,
                recipient=CASE_MANAGER,
                due_on=gap.starts_on,
                on=view.plan.day,
                summary=f"vor der Leistungslücke ab {german_day(gap.starts_on)} warnen",
            )


def _all_gaps(view: View) -> Iterable[tuple[str, Gap]]:
    """Gaps with the subject of their reminder; a member's is told even if the person was told of the same day."""
    yield from (("gap", gap) for gap in view.plan.gaps)
    for member in view.plan.members:
        yield from ((f"gap.{member.code}", gap) for gap in member.gaps)
