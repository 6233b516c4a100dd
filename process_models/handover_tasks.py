"""Tasks for the case management that handovers and the end of a consent set.

What is wanted is told here; `reconcile` opens and closes. No task tells anybody outside of the office anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from process_models.cautions import is_consent_missing
from process_models.explain import german_day
from process_models.messages import OpenTask
from process_models.names import CASE_MANAGER
from process_models.plan import PlannedDeadline, PlannedHandover
from process_models.view import View

SELF_CLOSING: Final = (
    "obtain_consent",
    "clarify_refusal",
    "choose_receiver",
    "hand_over_deadline",
    "coordinate",
    "ask_completion",
)
"""Kinds of tasks that are closed when their reason is gone."""

_ACTS_OF_THE_CLIENT: Final = "client"
_MAIN: Final = 3
"""Length of a code without the suffix of a further receiver."""


def handover_tasks(view: View, handover: PlannedHandover, in_contact: bool) -> Iterable[OpenTask]:
    """The tasks of one handover. `in_contact`: case management goes on, pauses, or waits for its consent."""
    trigger_on = handover.trigger_on.isoformat()
    if is_consent_missing(handover) and in_contact:
        yield _consent_task(view, handover)
    if handover.blocked_by_purpose and view.active:
        yield _purpose_task(view, handover)
    if handover.state == "refused" and handover.needed:
        key = f"clarify_refusal:{handover.code}:{trigger_on}"
        yield task_of(view, key, handover.code, f"Ablehnung von {handover.code} klären")
    if handover.receiver_unclear and handover.needed and in_contact and handover.state in ("none", "cancelled"):
        key = f"choose_receiver:{handover.code}:{trigger_on}"
        yield task_of(view, key, handover.code, f"Zuständige Stelle für {handover.code} festlegen")
    if handover.basis == "statute" and handover.state != "none":
        code = handover.code[:_MAIN]
        what = f"Über die gesetzliche Übermittlung {code} informieren"
        yield task_of(view, f"inform_client:{code}:{trigger_on}", code, what)
    if handover.state == "accepted" and handover.late_by_usual and in_contact:
        key = f"ask_completion:{handover.code}:{trigger_on}"
        yield task_of(view, key, handover.code, f"Nach dem Abschluss von {handover.code} fragen")
    if _left_alone(view, handover) and in_contact:
        yield _deadline_task(view, handover.code, handover.latest_on)


def deadline_tasks(view: View) -> Iterable[OpenTask]:
    """Without its consent the case management reminds of nothing more: what runs is handed over in writing first."""
    if view.plan.standing.kim != "waiting_consent" or not _had_begun(view):
        return
    for deadline in view.plan.deadlines:
        if _is_open_date(view, deadline):
            yield _deadline_task(view, deadline.key, deadline.hard)


def coordination_tasks(view: View) -> Iterable[OpenTask]:
    """Agree with the services that the target group names: nobody is looked after twice."""
    eligibility = view.plan.eligibility
    if eligibility is None or eligibility.result != "eligible":
        return
    for kind in eligibility.coordinate_with:
        yield task_of(view, f"coordinate:{kind}", kind, f"Begleitung abstimmen: {view.catalogue.label(kind)}")


def task_of(view: View, key: str, subject: str, summary: str) -> OpenTask:
    """A task of the plan's day; its kind is the first part of its key."""
    return OpenTask(key=key, kind=key.split(":", 1)[0], subject=subject, on=view.plan.day, summary=summary)


def _had_begun(view: View) -> bool:
    day = view.plan.day
    return any(fact.kind == "kim.opened" and fact.on <= day and fact.recorded <= day for fact in view.case.facts)


def _is_open_date(view: View, deadline: PlannedDeadline) -> bool:
    """A date by which the client has to do something, and of which the case management would have reminded."""
    mine = deadline.who_acts == _ACTS_OF_THE_CLIENT and CASE_MANAGER in deadline.reads
    if not mine or deadline.hard is None or deadline.hard < view.plan.day:
        return False
    rule = view.catalogue.deadline(deadline.code, deadline.law_date)
    return rule is not None and bool(rule.met_by or rule.met_by_transition)


def _left_alone(view: View, handover: PlannedHandover) -> bool:
    """An offer was taken back with its consent, its clock still runs, and the client has to act alone."""
    item = view.item(handover)
    taken_back = item is not None and item.state == "cancelled" and item.detail == "consent_revoked"
    runs = handover.latest_on is not None and handover.latest_on >= view.plan.day
    return taken_back and runs and handover.needed and not handover.allowed


def _deadline_task(view: View, code: str, on: date | None) -> OpenTask:
    day = on.isoformat() if on else ""
    what = f"Frist zu {code} ({german_day(on)}) der Klientin oder dem Klienten schriftlich übergeben"
    return task_of(view, f"hand_over_deadline:{code}:{day}", code, what)


def _consent_task(view: View, handover: PlannedHandover) -> OpenTask:
    """One task a loss of consent: since the trigger, or since the offer was taken back."""
    item = view.item(handover)
    since = handover.trigger_on
    if item is not None:
        since = item.cancelled_on or view.plan.day
    key = f"obtain_consent:{handover.code}:{since.isoformat()}"
    return task_of(view, key, handover.code, f"Einwilligung für {handover.code} einholen")


def _purpose_task(view: View, handover: PlannedHandover) -> OpenTask:
    purpose = handover.blocked_by_purpose
    key = f"obtain_consent:{purpose}:{handover.code}:{handover.trigger_on.isoformat()}"
    return task_of(view, key, purpose, f"Einwilligung {purpose} für {handover.code} einholen")
