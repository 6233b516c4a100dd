"""Who is told of a handover without having to answer: those whom its rule informs, and those who have to erase.

Only what consent covers is told; a request to erase names a case number that its reader knows and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from process_models.applied import notices_of
from process_models.consent import revoked_on
from process_models.facts import CLIENT
from process_models.handover import informing, towards
from process_models.handover_consent import covered, known_about
from process_models.messages import TellAgency
from process_models.names import notice_key
from process_models.plan import PlannedHandover
from process_models.rules import HandoverRule
from process_models.view import View
from process_models.work import HandoverItem

_TOLD_BY: Final = ("offer", "information")
_ENDS: Final = ("consent.revoked", "consent.refused")


@dataclass(frozen=True, slots=True)
class _Told:
    """Somebody who was told of a handover, read from the key of the notice."""

    kind: str
    recipient: str
    number: int


def tellings(view: View) -> Iterable[TellAgency]:
    """All of the moment, each once."""
    for handover in view.plan.handovers:
        item = view.item(handover)
        if item is None:
            continue
        for action in (*_informations(view, handover, item), *_erasures(view, item)):
            drafts = notices_of(view.case.path_id, action, view.catalogue)
            if any(draft.key not in view.case.work.notices_made for draft in drafts):
                yield action


def _informations(view: View, handover: PlannedHandover, item: HandoverItem) -> Iterable[TellAgency]:
    if not (view.carries(handover) and handover.needed and handover.allowed and item.is_open):
        return
    for one in handover.informs:
        if one.allowed:
            summary = f"{item.code}: {view.catalogue.label(one.kind)} informieren"
            yield _telling(view, item, _Told("information", one.kind, item.offers), None, summary)


def _erasures(view: View, item: HandoverItem) -> Iterable[TellAgency]:
    """Whoever was told on the ground of a consent that was revoked since; an open offer is withdrawn instead."""
    rule = view.catalogue.handover(item.code, item.trigger_on)
    if rule is None or not _some_consent_ended(view):
        return
    about = known_about(view.case, item.code, view.plan.day)
    own = [fact for fact in about.facts if fact.who == CLIENT] if about else []
    for told in _told_of(view, item):
        if item.awaits_answer and told.recipient == item.to_kind:
            continue
        since = revoked_on(own, rule.purpose, told.recipient, view.plan.day)
        if since is None or since < item.trigger_on or _is_withdrawn(view, item, told):
            continue
        if not _is_covered(view, rule, item, told):
            summary = f"{item.code}: {view.catalogue.label(told.recipient)} um Löschung bitten"
            yield _telling(view, item, _Told("erasure", told.recipient, told.number), since, summary)


def _some_consent_ended(view: View) -> bool:
    return any(fact.kind in _ENDS for fact in view.case.facts)


def _told_of(view: View, item: HandoverItem) -> Iterable[_Told]:
    for kind in _TOLD_BY:
        prefix = f"{view.case.path_id}:{item.code}:{kind}:"
        for key in sorted(view.case.work.notices_made):
            if key.startswith(prefix):
                recipient, trigger_on, number = key.removeprefix(prefix).split(":")
                if date.fromisoformat(trigger_on) == item.trigger_on:
                    yield _Told(kind, recipient, int(number))


def _is_withdrawn(view: View, item: HandoverItem, told: _Told) -> bool:
    key = notice_key(view.case.path_id, item.code, "withdrawal", told.recipient, item.trigger_on)
    return f"{key}:{told.number}" in view.case.work.notices_made


def _is_covered(view: View, rule: HandoverRule, item: HandoverItem, told: _Told) -> bool:
    asked = towards(rule, told.recipient)
    if told.kind == "information":
        asked = next((informing(rule, one) for one in rule.informs if one.kind == told.recipient), asked)
    return covered(view.case, item.code, asked, view.plan.day, view.catalogue).allowed


def _telling(view: View, item: HandoverItem, told: _Told, since: date | None, summary: str) -> TellAgency:
    return TellAgency.model_validate(
        {
            "handover": item.code,
            "trigger_on": item.trigger_on,
            "number": told.number,
            "kind": told.kind,
            "recipient": told.recipient,
            "on": view.plan.day,
            "since": since,
            "summary": summary,
        }
    )
