"""What to do now: the plan against the open work. Pure and idempotent: what is done already is not done again.

Order: take back what may not stand, offer what may leave, ask for what is missing, remind, escalate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from process_models.applied import notices_of
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.family_tasks import family_tasks, kinds_of_tasks
from process_models.handover import may_be_offered
from process_models.handover_tasks import SELF_CLOSING, coordination_tasks, deadline_tasks, handover_tasks, task_of
from process_models.look_again import is_due
from process_models.messages import Action, CancelHandover, CloseTask, Escalate, OfferHandover, OpenTask, RaiseImpulse
from process_models.names import HEAD_OF_UNIT_SUFFIX, BodyKind, rule_code
from process_models.plan import Plan, PlannedHandover
from process_models.reasons import why_escalated, why_slower
from process_models.reminding import reminders
from process_models.rules import LadderStep
from process_models.telling import tellings
from process_models.view import View
from process_models.work import CLEAR_DELIVERY, FOLLOW_DECISION, HandoverItem


def reconcile(case: Case, plan: Plan, now: datetime, catalogue: Catalogue) -> tuple[Action, ...]:
    """The actions that bring the open work in line with the plan at this moment."""
    view = View(case, plan, now, catalogue)
    return (
        *_cancels(view),
        *_offers(view),
        *tellings(view),
        *_tasks(view),
        *reminders(view),
        *_escalations(view),
        *_impulses(view),
    )


# ---------------------------------------------------------------- handovers


def _cancels(view: View) -> Iterable[CancelHandover]:
    planned = {(handover.code, handover.trigger_on): handover for handover in view.plan.handovers}
    for item in view.case.work.handovers:
        if not item.is_open:
            continue
        reason = _why_it_ends(view, item, planned.get((item.code, item.trigger_on)))
        if reason:
            yield _cancel(view, item, reason)


def _why_it_ends(view: View, item: HandoverItem, handover: PlannedHandover | None) -> str:
    """Empty if it goes on. What was accepted ends only with the path: its receiver answers for the client."""
    if view.closed and (item.state == "accepted" or handover is None or not handover.after_case):
        reached = item.state == "accepted" and handover is not None and handover.triggered and not handover.needed
        return "done" if reached else "path_closed"
    if not item.awaits_answer:
        return ""
    if handover is None or not handover.triggered:
        return "trigger_gone"
    rests_on_mandate = handover.basis == "consent" and view.plan.standing.kim == "waiting_consent"
    return "consent_revoked" if rests_on_mandate or not handover.allowed else ""


def _cancel(view: View, item: HandoverItem, reason: str) -> CancelHandover:
    return CancelHandover.model_validate(
        {
            "handover": item.code,
            "trigger_on": item.trigger_on,
            "on": view.plan.day,
            "reason": reason,
            "to_kind": item.to_kind,
            "number": item.offers,
            "summary": f"{item.code} {'abschließen' if reason == 'done' else 'zurücknehmen'}",
        }
    )


def _offers(view: View) -> Iterable[OfferHandover]:
    for handover in view.plan.handovers:
        if not view.carries(handover):
            continue
        item = view.item(handover)
        if item is not None and item.awaits_answer and handover.allowed:
            offer = _offer(view, handover, item.offered_on or view.plan.day, item.offers)
            if _is_untold(view, offer) or set(item.members) != set(handover.members):
                yield offer
        elif handover.needed and handover.allowed and may_be_offered(item):
            yield _offer(view, handover, view.plan.day, item.offers + 1 if item else 1)


def _is_untold(view: View, offer: OfferHandover) -> bool:
    """The receiver was not told of this offer: forwarded in memory, or its mail was called off before it left."""
    drafts = notices_of(view.case.path_id, offer, view.catalogue)
    return any(draft.key not in view.case.work.notices_made for draft in drafts)


def _offer(view: View, handover: PlannedHandover, on: date, number: int) -> OfferHandover:
    return OfferHandover(
        handover=handover.code,
        trigger_on=handover.trigger_on,
        on=on,
        number=number,
        members=handover.members,
        from_kind=handover.from_kind,
        to_kind=handover.to_kind,
        summary=f"{handover.code} anbieten: {view.catalogue.label(handover.to_kind)}",
    )


# ---------------------------------------------------------------- tasks


def _tasks(view: View) -> Iterable[OpenTask | CloseTask]:
    wanted = {task.key: task for task in _wanted_tasks(view)}
    known = {task.key: task for task in view.case.work.tasks}
    self_closing = kinds_of_tasks(view.catalogue).union(SELF_CLOSING)
    for key, task in wanted.items():
        if key not in known:
            yield task
    for key, existing in known.items():
        if existing.done_on is None and key not in wanted and existing.kind in self_closing:
            yield CloseTask(key=key, on=view.plan.day, summary=f"Aufgabe {key} erledigt sich")


def _wanted_tasks(view: View) -> Iterable[OpenTask]:
    in_contact = view.plan.standing.kim in ("active", "paused", "waiting_consent")
    for handover in view.plan.handovers:
        if not view.closed or handover.after_case:
            yield from handover_tasks(view, handover, in_contact)
    if view.closed:
        return
    yield from deadline_tasks(view)
    yield from _resolution_tasks(view)
    if in_contact:
        yield from coordination_tasks(view)
        yield from family_tasks(view.case, view.plan, view.catalogue)
    for key in sorted(view.case.work.undeliverable):
        if ":delivery_failed:" not in key:
            yield task_of(view, f"{CLEAR_DELIVERY}:{key}", key, "nicht zugestellte Nachricht klären")


def _resolution_tasks(view: View) -> Iterable[OpenTask]:
    """Feedback to whoever accompanies the client: a body has decided about an interface that this path stalled at."""
    for key in sorted(view.case.work.resolved):
        _body, code, decision, _on = key.split(":")
        if decision == "adopt":
            yield task_of(view, f"{FOLLOW_DECISION}:{key}", code, f"Beschluss zu {code} beachten")


# ---------------------------------------------------------------- escalation


def _escalations(view: View) -> Iterable[Escalate]:
    for handover in view.plan.handovers:
        on = handover.next_level_on
        stalls = view.carries(handover) and handover.next_level != "none" and handover.allowed
        if stalls and on is not None and is_due(on, view.now):
            yield _escalate(view, handover)


def _impulses(view: View) -> Iterable[RaiseImpulse]:
    """What a referral named as a barrier of the system, once; it needs no consent, for it names no person."""
    eligibility = view.plan.eligibility
    for impulse in eligibility.impulses if eligibility else ():
        if not view.closed and f"verfahren:{impulse.code}" not in view.case.work.agenda:
            yield RaiseImpulse(
                code=impulse.code,
                from_kind=impulse.from_kind,
                to_kind=impulse.to_kind,
                on=view.plan.day,
                summary=f"Impuls {impulse.code} für die AG Verfahrensebene",
            )
    yield from _slow_interfaces(view)


def _slow_interfaces(view: View) -> Iterable[RaiseImpulse]:
    """An interface that has become slower than it used to be, seen by a path that waits there; it climbs no step."""
    for handover in view.plan.handovers:
        code = rule_code(handover.code)
        if handover.slower and view.carries(handover) and f"verfahren:{code}" not in view.case.work.agenda:
            yield RaiseImpulse(
                code=code,
                from_kind=handover.from_kind,
                to_kind=handover.to_kind,
                on=view.plan.day,
                reason=handover.reason or "AGENCY_LATE",
                cause="slower_than_usual",
                why=why_slower(handover),
                summary=f"{code} ist langsamer geworden: AG Verfahrensebene",
            )


def _escalate(view: View, handover: PlannedHandover) -> Escalate:
    ladder = view.catalogue.ladder_of(view.case.municipality, view.plan.day)
    steps: Mapping[str, LadderStep] = dict(ladder.steps.items())
    step = steps.get(handover.next_level)
    body: BodyKind | None = (step.body or None) if step else "verfahren"
    item = view.item(handover)
    return Escalate(
        handover=handover.code,
        trigger_on=handover.trigger_on,
        number=item.offers if item else 1,
        level=handover.next_level,
        on=view.plan.day,
        recipients=_recipients(view, step, handover) if step else (),
        body=body,
        reason=handover.reason or "AGENCY_LATE",
        detail=handover.detail,
        cause=handover.next_cause,
        why=why_escalated(handover, ladder),
        summary=f"{handover.code} auf Stufe {handover.next_level} heben",
    )


def _recipients(view: View, step: LadderStep, handover: PlannedHandover) -> tuple[str, ...]:
    roles = {
        "receiver": handover.to_kind,
        "receiver_head": handover.to_kind + HEAD_OF_UNIT_SUFFIX,
        "sender": handover.from_kind,
        "sender_head": handover.from_kind + HEAD_OF_UNIT_SUFFIX,
    }
    named = dict.fromkeys(roles.get(name, name) for name in step.recipients)
    return tuple(role for role in named if _has_mailbox(view, role))


def _has_mailbox(view: View, role: str) -> bool:
    """Not every agency has a head of unit that is told; one without is left out, its clerk is reminded all the same."""
    if not role.endswith(HEAD_OF_UNIT_SUFFIX):
        return True
    kind = role.removesuffix(HEAD_OF_UNIT_SUFFIX)
    agency = view.catalogue.agency(view.case.municipality, kind, view.plan.place, view.plan.day)
    return agency is not None and bool(agency.head_mail)
