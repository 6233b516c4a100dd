"""What an action changes in the open work, and which notices it makes: the one list that every engine uses.

Pure: the records carry the same changes out in a transaction, the rules engine of `kim simulate` in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from process_models import handover as handovers
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import HandoverConsent
from process_models.errors import HandoverNotPossible
from process_models.handover_consent import covered
from process_models.messages import (
    Action,
    CancelHandover,
    CloseTask,
    Escalate,
    OfferHandover,
    OpenTask,
    RaiseImpulse,
    Remind,
    TellAgency,
)
from process_models.names import BODY_ROLES, CASE_MANAGER, notice_key, rule_code
from process_models.phrases import Phrase
from process_models.rules import HandoverRule
from process_models.work import HandoverItem, OpenWork, TaskItem


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice to be made. `kind` is the folder of the mail, `recipient` a kind of agency or a role."""

    key: str
    kind: str
    subject: str
    recipient: str
    due_on: date | None = None
    handover: str | None = None


_TASK_MAILS = {
    "obtain_consent": "consent_needed",
    "clear_delivery": "delivery_failed",
    "follow_decision": "decision",
    "check_model_change": "model_changed",
}


def apply(work: OpenWork, action: Action, catalogue: Catalogue, consent: HandoverConsent | None = None) -> OpenWork:
    """The open work after an action. Errors: ConsentMissing for an offer that `consent` does not allow."""
    if isinstance(action, OfferHandover):
        return _offered(work, action, catalogue, consent)
    if isinstance(action, CancelHandover):
        return _ended(work, action)
    if isinstance(action, Escalate):
        return _escalated(work, action)
    if isinstance(action, OpenTask):
        task = TaskItem(action.key, action.kind, action.subject, action.on)
        return work if _has_task(work, action.key) else replace(work, tasks=(*work.tasks, task))
    if isinstance(action, CloseTask):
        return close_task(work, action.key, action.on)
    if isinstance(action, TellAgency):
        return work
    if isinstance(action, RaiseImpulse):
        return replace(work, agenda=work.agenda | {f"{action.body}:{action.code}"})
    return replace(work, notices_made=work.notices_made | {action.key})


def carry_out(case: Case, action: Action, catalogue: Catalogue) -> tuple[Case, tuple[NoticeDraft, ...]]:
    """Applies an action to a case and notes its notices as made; consent is checked as of the action's day."""
    consent = _consent_for(case, action, catalogue) if isinstance(action, OfferHandover) else None
    work = apply(case.work, action, catalogue, consent)
    told = notices_of(case.path_id, action, catalogue) if stands(work, action) else ()
    drafts = tuple(draft for draft in told if draft.key not in case.work.notices_made)
    work = replace(work, notices_made=work.notices_made | {draft.key for draft in drafts})
    return replace(case, work=work), drafts


def stands(work: OpenWork, action: Action) -> bool:
    """Whether the handover of this action is as the action says. A late message changes nothing and tells nobody."""
    if not isinstance(action, OfferHandover | CancelHandover | Escalate | TellAgency):
        return True
    item = _find(work, action.handover, action.trigger_on)
    if isinstance(action, TellAgency):
        return item is not None and (action.kind == "erasure" or (item.is_open and item.offers == action.number))
    if item is None or item.offers != action.number:
        return False
    return item.state == "cancelled" if isinstance(action, CancelHandover) else item.awaits_answer


def close_task(work: OpenWork, key: str, on: date) -> OpenWork:
    """Marks a task as done. Errors: HandoverNotPossible if no such task is open; `allowed` lists the open ones."""
    open_keys = tuple(task.key for task in work.tasks if task.done_on is None)
    if key not in open_keys:
        raise HandoverNotPossible(Phrase("Keine offene Aufgabe „%(task)s“.", task=key), field="task", allowed=open_keys)
    tasks = tuple(replace(task, done_on=on) if task.key == key else task for task in work.tasks)
    return replace(work, tasks=tasks)


def notices_of(path_id: str, action: Action, catalogue: Catalogue) -> tuple[NoticeDraft, ...]:
    """The notices that an action makes. The same action gives the same keys, whoever carries it out and how often."""
    if isinstance(action, OfferHandover | CancelHandover):
        kind = "offer" if isinstance(action, OfferHandover) else "withdrawal"
        receiver = action.to_kind or _rule(action.handover, action.trigger_on, catalogue).to_kind
        return (_draft(path_id, action, kind, receiver),) if _is_told(action) else ()
    if isinstance(action, Escalate):
        return tuple(_escalation_notices(path_id, action))
    if isinstance(action, TellAgency):
        return (_draft(path_id, action, action.kind, action.recipient, action.since),)
    if isinstance(action, RaiseImpulse):
        key = notice_key(path_id, action.code, "agenda_item", BODY_ROLES[action.body], action.on)
        return (NoticeDraft(key, "agenda_item", action.code, BODY_ROLES[action.body]),)
    if isinstance(action, Remind):
        return (NoticeDraft(action.key, action.kind, action.subject, action.recipient, action.due_on),)
    if isinstance(action, OpenTask) and action.kind in _TASK_MAILS:
        kind = _TASK_MAILS[action.kind]
        key = notice_key(path_id, action.key, kind, CASE_MANAGER)
        return (NoticeDraft(key, kind, _short(action.subject), CASE_MANAGER),)
    return ()


def _escalation_notices(path_id: str, action: Escalate) -> Iterable[NoticeDraft]:
    for recipient in action.recipients:
        yield _draft(path_id, action, f"escalation_{action.level.lower()}", recipient)
    if action.body is not None:
        yield _draft(path_id, action, "agenda_item", BODY_ROLES[action.body])


def _is_told(action: OfferHandover | CancelHandover) -> bool:
    return isinstance(action, OfferHandover) or action.reason != "done"


def _draft(
    path_id: str,
    action: OfferHandover | CancelHandover | Escalate | TellAgency,
    kind: str,
    recipient: str,
    since: date | None = None,
) -> NoticeDraft:
    """Keys count offers, not days: an offer, its end and each of its steps are told once, each end of a consent too."""
    code = action.handover
    key = f"{notice_key(path_id, code, kind, recipient, action.trigger_on)}:{action.number}"
    key = f"{key}:{since.isoformat()}" if since else key
    return NoticeDraft(key, kind, code, recipient, handover=code)


def _short(subject: str) -> str:
    """Code that a task is about; of a notice key its own subject."""
    parts = subject.split(":")
    return parts[1] if len(parts) > 1 else subject


def _offered(work: OpenWork, action: OfferHandover, catalogue: Catalogue, consent: HandoverConsent | None) -> OpenWork:
    item = _find(work, action.handover, action.trigger_on)
    if item is not None and item.awaits_answer and item.offers == action.number:
        return work.with_handover(replace(item, members=action.members))
    if not handovers.may_be_offered(item) or (item is not None and action.number <= item.offers):
        return work
    rule = handovers.towards(_rule(action.handover, action.trigger_on, catalogue), action.to_kind)
    if action.from_kind:
        rule = rule.model_copy(update={"from_kind": action.from_kind})
    granted = consent or HandoverConsent(allowed=False, basis="none", missing=rule.categories)
    offered = handovers.offer(rule, action.trigger_on, action.on, granted, action.number)
    return work.with_handover(replace(offered, code=action.handover, members=action.members))


def _ended(work: OpenWork, action: CancelHandover) -> OpenWork:
    item = _find(work, action.handover, action.trigger_on)
    if item is None or not item.is_open or item.offers != action.number:
        return work
    if action.reason != "done":
        return work.with_handover(handovers.cancel(item, action.on, action.reason))
    return work.with_handover(handovers.complete(item, action.on)) if item.state == "accepted" else work


def _escalated(work: OpenWork, action: Escalate) -> OpenWork:
    item = _find(work, action.handover, action.trigger_on)
    if item is None or not stands(work, action):
        return work
    work = work.with_handover(replace(item, level=action.level, escalated_on=action.on))
    return replace(work, agenda=work.agenda | {f"{action.body}:{rule_code(action.handover)}"}) if action.body else work


def _consent_for(case: Case, action: OfferHandover, catalogue: Catalogue) -> HandoverConsent:
    rule = handovers.towards(_rule(action.handover, action.trigger_on, catalogue), action.to_kind)
    return covered(case, action.handover, rule, action.on, catalogue)


def _find(work: OpenWork, code: str, trigger_on: date) -> HandoverItem | None:
    return next((item for item in work.handovers if (item.code, item.trigger_on) == (code, trigger_on)), None)


def _has_task(work: OpenWork, key: str) -> bool:
    return any(task.key == key for task in work.tasks)


def _rule(code: str, trigger_on: date, catalogue: Catalogue) -> HandoverRule:
    rule = catalogue.handover(code, trigger_on)
    if rule is None:
        raise HandoverNotPossible(
            Phrase("Keine Übergabe %(handover)s am %(day)s.", handover=code, day=f"{trigger_on:%d.%m.%Y}"),
            field="handover",
        )
    return rule
