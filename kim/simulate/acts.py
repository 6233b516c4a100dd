"""Acts of a scenario on the open work of a path, as the rules allow them.

In memory only: real people act through the API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from kim.simulate.scenario_shape import ActLine
from process_models import handover
from process_models.applied import close_task
from process_models.decisions import AFTER, Resolved, level_after, next_body, require_possible
from process_models.errors import HandoverNotPossible
from process_models.facts import CLIENT
from process_models.household import member_code
from process_models.names import code_for_member, rule_code
from process_models.work import HandoverItem, OpenWork

_ANSWERS: Final[Mapping[str, Callable[[HandoverItem, ActLine], HandoverItem]]] = {
    "handover.receive": lambda item, act: handover.receive(item, act.on),
    "handover.accept": lambda item, act: handover.accept(item, act.on),
    "handover.complete": lambda item, act: handover.complete(item, act.on),
    "handover.refuse": lambda item, act: handover.refuse(item, act.on, act.reason or "AGENCY_LATE", act.detail),
    "handover.query": lambda item, act: handover.query(item, act.on, act.reason),
    "handover.cancel": lambda item, act: handover.cancel(item, act.on),
    "handover.forward": lambda item, act: handover.forward(item, act.on, act.to or item.to_kind),
    "stall.reason": lambda item, act: handover.give_reason(item, act.reason or "AGENCY_LATE", act.detail),
}


def perform(act: ActLine, work: OpenWork, closed_items: set[str]) -> OpenWork:
    """The open work after an act. `closed_items` are the agenda items that a body has decided.

    Errors: HandoverNotPossible if the act is not possible; nothing is changed then.
    """
    if act.act == "task.complete":
        return close_task(work, act.task or "", act.on)
    if act.act == "body.decide":
        return _decide(act, work, closed_items)
    item = item_for(work, act.handover or "", act.who)
    if item is None:
        raise HandoverNotPossible(f"{act.handover} wurde nicht angeboten.", field="handover")
    return work.with_handover(_ANSWERS[act.act](item, act))


def item_for(work: OpenWork, code: str, who: str) -> HandoverItem | None:
    """The latest handover of this code for a person: of their own, or the one of the path that carries them."""
    if who == CLIENT:
        return work.handover(code)
    member = member_code(who)
    carrying = work.handover(code)
    along = carrying if carrying is not None and member in carrying.members else None
    return work.handover(code_for_member(code, member)) or along


def _decide(act: ActLine, work: OpenWork, closed_items: set[str]) -> OpenWork:
    """A body decides its open items: postponed ones stay, others leave; handed on ones lie before the next body."""
    body, decision = act.body or "fall", act.decision or "adopt"
    items = {key for key in work.agenda - closed_items if key.startswith(f"{body}:")}
    if not items:
        raise HandoverNotPossible(f"Nichts auf der Tagesordnung: {body}.", field="body")
    require_possible(body, "open", decision)
    codes = {key.split(":", 1)[1] for key in items}
    resolved = {Resolved(body, code, decision, act.on).key for code in codes}
    work = replace(work, resolved=work.resolved | resolved)
    if AFTER[decision] != "open":
        closed_items |= items
    if (following := next_body(decision)) is not None:
        work = replace(work, agenda=work.agenda | {f"{following}:{code}" for code in codes})
    if (level := level_after(body, decision)) is not None:
        for item in [item for item in work.handovers if rule_code(item.code) in codes and item.awaits_answer]:
            work = work.with_handover(replace(item, level=level))
    return work
