"""Answers to a handover: by the agency through its link, or noted by the office on its behalf.

The state machine stands in `process_models.handover`; here it meets consent, links and records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from api.acts.telling import call_off, tell
from api.acts.writing import Act, Receipt, Writing
from process_models import handover as machine
from process_models.applied import notices_of
from process_models.errors import ConsentMissing, FactInvalid, HandoverNotPossible
from process_models.handover_consent import covered
from process_models.look_again import day_at
from process_models.messages import OfferHandover
from process_models.names import member_of_code, rule_code
from process_models.phrases import Phrase
from process_models.rules import Agency, HandoverRule
from process_models.work import HandoverItem, StallReason, TaskItem
from store.errors import HandoverNotFound
from store.events import keep_handover
from store.handovers import find_handover, item_of
from store.links import revoke_links
from store.paths import load_case
from store.tables import Handover, Path
from store.tasks import open_task

_OVER = ("refused", "completed", "cancelled")
_NEEDS = {
    "to": Phrase("Zum Weiterleiten gehört die Art der zuständigen Behörde."),
    "until": Phrase("Zur Verlängerung gehört der Tag, bis zu dem die Stelle Zeit hat."),
}
_NEEDS_REASON = Phrase("Zu dieser Antwort gehört ein Grund.")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, whoever gave it."""

    answer: str
    reason: StallReason | None = None
    detail: str | None = None
    to: str | None = None
    until: date | None = None
    """For an extension: the last day of the time that the receiver gets."""
    now: datetime | None = None
    agency: str | None = None
    """For passing on: to this one, whatever `to` says; without it to that of the kind which answers for the place."""


def answer_handover(path_id: str, code: str, given: Given) -> Act:
    """The act that records an answer to the latest handover of this code.

    Errors: HandoverNotFound, HandoverNotPossible (with the answers that are possible), ConsentMissing, FactInvalid.
    """

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, given.now)
        row = await _offered(writing, path, code, today)
        return await answer_row(writing, path, row, given)

    return act


async def answer_row(writing: Writing, path: Path, row: Handover, given: Given) -> Receipt:
    """Records an answer to this handover, with what follows from it at once. Errors: as `answer_handover`."""
    moment = await writing.moment(path, given.now)
    today = day_at(moment)
    before = item_of(row)
    receiver = _receiver(writing, path, given, today) if given.answer == "forward" else None
    after = _answered(before, replace(given, to=receiver.kind) if receiver else given, today)
    if given.answer in ("accept", "forward"):
        field = ("agency" if given.agency else "to") if receiver else None
        await _require_consent(writing, path, after, today, field)
    if receiver:
        await _forward(writing, path, row, after, receiver, moment)
    else:
        at = writing.catalogue.working_day(path.municipality, today)
        await keep_handover(writing.session, path, after, row.to_agency, at)
    if after.state in _OVER:
        await revoke_links(writing.session, row.id, writing.wall)
    if given.answer == "query":
        task = TaskItem(f"query:{row.code}", "query", row.code, today)
        await open_task(writing.session, path, task)
    await writing.audit(f"handover.{given.answer}", row.code, path)
    return await writing.receipt(path, handover=row.code, state=after.state)


async def _offered(writing: Writing, path: Path, code: str, today: date) -> Handover:
    row = await find_handover(writing.session, path.id, code) or await _carrying(writing, path, code)
    if row is not None:
        return row
    if writing.catalogue.handover(code, today) is None:
        raise HandoverNotFound("Das Prozessmodell kennt keine Übergabe mit diesem Kennzeichen.", field="code")
    raise HandoverNotPossible(
        Phrase("%(handover)s wurde für diese Person noch nicht angeboten.", handover=rule_code(code)),
        field="answer",
        way_out="Der Weg zeigt, worauf er wartet: fehlt eine Einwilligung, diese zuerst einholen.",
    )


async def _carrying(writing: Writing, path: Path, code: str) -> Handover | None:
    """The handover of the path that carries the member whom the code names (`H04.son`)."""
    member = member_of_code(code)
    row = await find_handover(writing.session, path.id, rule_code(code)) if member else None
    return row if row is not None and member in item_of(row).members else None


def _answered(item: HandoverItem, given: Given, today: date) -> HandoverItem:
    match given.answer:
        case "receive":
            return machine.receive(item, today)
        case "accept":
            return machine.accept(item, today)
        case "complete":
            return machine.complete(item, today)
        case "cancel":
            return machine.cancel(item, today)
        case "query":
            return machine.query(item, today, given.reason)
        case "forward":
            return machine.forward(item, today, given.to or "")
        case "refuse":
            return machine.refuse(item, today, given.reason or _missing("reason", machine.STALL_REASONS), given.detail)
        case "extend":
            until = given.until or _missing("until", ())
            reason = given.reason or _missing("reason", machine.STALL_REASONS)
            return machine.extend(item, until, today, reason)
        case "reason":
            reason = given.reason or _missing("reason", machine.STALL_REASONS)
            return machine.give_reason(item, reason, given.detail)
        case _:
            raise HandoverNotPossible(
                "Diese Antwort gibt es nicht.", field="answer", allowed=machine.ANSWERS[item.state]
            )


def _missing(field: str, allowed: tuple[StallReason, ...]) -> NoReturn:
    detail = _NEEDS.get(field, _NEEDS_REASON)
    raise FactInvalid(detail, field=field, allowed=allowed)


async def _require_consent(
    writing: Writing, path: Path, item: HandoverItem, today: date, field: str | None = None
) -> None:
    """Nothing is taken over, and nothing is passed on, without consent or statute for this receiver."""
    rule = _rule_for(writing, item, today)
    keyring = writing.tools.database.keyring
    case = await load_case(writing.session, keyring, path.id)
    found = covered(case, item.code, rule, today, writing.catalogue)
    if not found.allowed:
        raise ConsentMissing(
            Phrase("Für %(handover)s fehlt die Einwilligung.", handover=item.code),
            field=field,
            allowed=found.missing,
            way_out="Einwilligung für die genannten Arten von Daten einholen; gesetzliche Fristen laufen weiter.",
        )


def _rule_for(writing: Writing, item: HandoverItem, today: date) -> HandoverRule:
    rule = writing.catalogue.handover(item.code, today) or writing.catalogue.handover(item.code, item.trigger_on)
    if rule is None:
        raise HandoverNotFound("Das Prozessmodell kennt diese Übergabe nicht mehr.", field="code")
    return rule.model_copy(update={"to_kind": item.to_kind})


def _receiver(writing: Writing, path: Path, given: Given, today: date) -> Agency:
    """The agency to pass on to: the one that is named, else that of the kind which answers for the place."""
    agencies = writing.catalogue.municipality(path.municipality).agencies
    if given.agency:
        named = next((one for one in agencies if one.id == given.agency), None)
        if named is None:
            allowed = [one.id for one in agencies]
            raise FactInvalid("Diese Behörde gibt es in dieser Kommune nicht.", field="agency", allowed=allowed)
        return named
    kind = given.to or _missing("to", ())
    found = writing.catalogue.agency(path.municipality, kind, path.current_place, today)
    if found is None:
        kinds = sorted({one.kind for one in agencies})
        raise FactInvalid("Diese Behörde gibt es an diesem Ort nicht.", field="to", allowed=kinds)
    return found


async def _forward(
    writing: Writing, path: Path, row: Handover, item: HandoverItem, to: Agency, moment: datetime
) -> None:
    """Calls the first receiver off and asks the other one."""
    today = day_at(moment)
    await call_off(writing, row)
    at = writing.catalogue.working_day(path.municipality, today)
    saved = await keep_handover(writing.session, path, item, to.id, at)
    offer = OfferHandover(
        handover=item.code, trigger_on=item.trigger_on, on=today, to_kind=item.to_kind, number=item.offers
    )
    await tell(writing, saved, notices_of(path.id, offer, writing.catalogue), moment)
