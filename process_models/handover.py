"""A handover as a two-sided contract: offered, received, accepted or refused with a reason, completed, cancelled.

Pure state machine on `HandoverItem`: the sender stays responsible until acceptance. When to offer: `reconcile`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.phrases import Phrase
from process_models.rules import HandoverRule, Informed
from process_models.work import HandoverItem, HandoverState, StallReason

ANSWERS: Final[dict[HandoverState, tuple[str, ...]]] = {
    "none": (),
    "offered": ("receive", "accept", "refuse", "query", "forward", "reason", "extend", "cancel"),
    "received": ("receive", "accept", "refuse", "query", "forward", "reason", "extend", "cancel"),
    "accepted": ("complete", "cancel"),
    "refused": ("forward",),
    "completed": (),
    "cancelled": (),
}
"""What may be answered in which state."""

TAKEN_BACK_BY_RULES: Final = ("consent_revoked", "trigger_gone", "path_closed")
"""Why the rules took an offer back; such a handover may be offered again when the reason is gone."""

STALL_REASONS: Final[tuple[StallReason, ...]] = (
    "AGENCY_LATE",
    "DOC_MISSING",
    "CLIENT_OPEN",
    "RULE_CHANGE",
    "LAW_GAP",
    "CAPACITY",
    "NOT_RESPONSIBLE",
)

_DONE: Final = {"accept": "accepted", "complete": "completed", "refuse": "refused", "cancel": "cancelled"}
"""State in which the same answer, given again, is an echo."""


class Covered(Protocol):
    """What an offer needs to know about consent: `consent.HandoverConsent` has it."""

    @property
    def allowed(self) -> bool:
        """Consent or statute covers every required category today."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Categories that nothing covers."""
        ...


def towards(rule: HandoverRule, to_kind: str) -> HandoverRule:
    """The rule with this receiver instead of its own; empty = its own."""
    return rule if to_kind in ("", rule.to_kind) else rule.model_copy(update={"to_kind": to_kind})


def informing(rule: HandoverRule, informed: Informed) -> HandoverRule:
    """The rule as it holds for somebody who is only told: these data, and nothing without consent."""
    told = {"to_kind": informed.kind, "categories": informed.categories, "basis": "consent"}
    return rule.model_copy(update=told)


def may_be_offered(item: HandoverItem | None) -> bool:
    """True for what was never offered, and for what the rules (not a person) took back."""
    return item is None or (item.state == "cancelled" and item.detail in TAKEN_BACK_BY_RULES)


def offer(rule: HandoverRule, trigger_on: date, on: date, consent: Covered, number: int = 1) -> HandoverItem:
    """A fresh offer to the receiver of the rule, its `number`-th one of this trigger.

    Errors: ConsentMissing if neither consent nor statute covers it.
    """
    if not consent.allowed:
        missing = ", ".join(consent.missing) or "–"
        raise ConsentMissing(
            Phrase(
                "Übergabe %(handover)s darf nicht angeboten werden; weder Einwilligung noch Gesetz deckt: %(missing)s.",
                handover=rule.code,
                missing=missing,
            ),
            field="handover",
            way_out="Einwilligung einholen und als Tatsache consent.given erfassen.",
        )
    return HandoverItem(
        code=rule.code,
        trigger_on=trigger_on,
        from_kind=rule.from_kind,
        to_kind=rule.to_kind,
        offered_on=on,
        offers=number,
    )


def receive(item: HandoverItem, on: date) -> HandoverItem:
    """The receiver confirms receipt: stops the receipt clock, not the ladder. Repeating it changes nothing."""
    _require(item, "receive")
    return item if item.state == "received" else replace(item, state="received", received_on=on)


def accept(item: HandoverItem, on: date) -> HandoverItem:
    """The receiver takes over: from now on it answers for the client; the ladder ends."""
    _require(item, "accept")
    return replace(item, state="accepted", accepted_on=on, received_on=item.received_on or on)


def refuse(item: HandoverItem, on: date, reason: StallReason, detail: str | None = None) -> HandoverItem:
    """The receiver refuses with a reason; the sender stays responsible and the ladder ends."""
    _require(item, "refuse")
    _require_reason(reason)
    return replace(item, state="refused", refused_on=on, reason=reason, detail=detail)


def complete(item: HandoverItem, on: date) -> HandoverItem:
    """The receiver has finished what it took over."""
    _require(item, "complete")
    return replace(item, state="completed", completed_on=on)


def cancel(item: HandoverItem, on: date, why: str | None = None) -> HandoverItem:
    """Takes the handover back. `why` is a code of the rules: what they took back may be offered again later."""
    _require(item, "cancel")
    return replace(item, state="cancelled", cancelled_on=on, detail=why)


def give_reason(item: HandoverItem, reason: StallReason, detail: str | None = None) -> HandoverItem:
    """Why it stalls, as a code: the bridge from the case to the procedure. The clocks go on."""
    _require(item, "reason")
    _require_reason(reason)
    return replace(item, reason=reason, detail=detail)


def extend(item: HandoverItem, until: date, on: date, reason: StallReason) -> HandoverItem:
    """The office gives the receiver time, with a reason: the ladder rests until then, legal deadlines do not.

    Errors: HandoverNotPossible if the day is not ahead.
    """
    _require(item, "extend")
    _require_reason(reason)
    if until <= on:
        raise HandoverNotPossible("Der Tag muss in der Zukunft liegen.", field="until")
    return replace(item, answer_until=until, reason=reason)


def query(item: HandoverItem, on: date, reason: StallReason | None = None) -> HandoverItem:
    """The receiver asks back: counts as receipt; unless it says otherwise something of the client is missing."""
    _require(item, "query")
    return replace(receive(item, on), reason=reason or item.reason or "CLIENT_OPEN")


def forward(item: HandoverItem, on: date, to_kind: str) -> HandoverItem:
    """The receiver is not the right one: offered anew to another kind of agency, with fresh clocks."""
    _require(item, "forward")
    return HandoverItem(
        code=item.code,
        trigger_on=item.trigger_on,
        from_kind=item.from_kind,
        to_kind=to_kind,
        offered_on=on,
        offers=item.offers + 1,
    )


def responsible(item: HandoverItem | None, from_kind: str, to_kind: str) -> str:
    """The kind of agency that answers for the client now: the sender until acceptance, then the receiver for good."""
    return to_kind if item is not None and item.accepted_on is not None else from_kind


def _require(item: HandoverItem, answer: str) -> None:
    allowed = ANSWERS[item.state]
    if answer in allowed:
        return
    given = {"handover": item.code, "state": item.state, "answer": answer}
    refused = Phrase("%(handover)s steht auf „%(state)s“: „%(answer)s“ ist nicht möglich.", **given)
    raise HandoverNotPossible(
        Phrase("%(refused)s Diese Antwort wurde bereits gegeben.", refused=refused)
        if _DONE.get(answer) == item.state
        else refused,
        field="answer",
        allowed=allowed,
        way_out="Die Übergabe neu laden und eine der möglichen Antworten wählen.",
    )


def _require_reason(reason: str) -> None:
    if reason not in STALL_REASONS:
        raise HandoverNotPossible(
            Phrase("Unbekannter Grund „%(reason)s“.", reason=reason), field="reason", allowed=STALL_REASONS
        )
