"""The acts of consent as facts: given, refused, revoked.

What a revocation stops stands in `consents`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from api.acts.fact_reading import new_ref
from api.acts.facts import record
from api.acts.intakes import CASE_MANAGEMENT, evidence_data, require_text
from api.acts.writing import Act, Receipt, Writing
from api.errors import ConsentNotFound
from api.schemas import FactIn, GiveConsent, RevokeConsent
from api.schemas_intake import ConsentAnswer, ConsentRefusal
from process_models.errors import FactInvalid
from process_models.facts import CLIENT, Fact, known_on
from store.facts import load_facts

FIELDS: Final = {
    "purpose",
    "recipient",
    "categories",
    "until",
    "form",
    "given_by",
    "language",
    "text_version",
    "evidence",
}
_HANDOVER: Final = "P2"
_SECRECY: Final = "P7"
_TO_SOMEBODY: Final = (_HANDOVER, _SECRECY)
"""Purposes that are about one recipient."""


def give_consent(path_id: str, request: GiveConsent) -> Act:
    """The act that records a consent. Errors: FactInvalid, FactConflict, PathEnded, PathNotFound."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, request.now)
        ref = request.id or new_ref()
        day = request.on or request.recorded or today
        given = request.model_dump(mode="json", include=FIELDS)
        data = {"consent": ref} | {name: value for name, value in given.items() if value not in (None, [])}
        fact = FactIn(
            id=ref,
            fact="consent.given",
            on=day,
            recorded=request.recorded,
            data=data,
            who=request.who,
        )
        return await record(writing, path, (fact,), request.now)

    return act


def answer_consents(path_id: str, answer: ConsentAnswer) -> Act:
    """The act that records what somebody consented to on one sheet: a consent for each purpose.

    Errors: FactInvalid where a purpose needs recipient or data, ConsentTextMissing, PathEnded, PathNotFound.
    """

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        _require_parts(writing, answer)
        require_text(writing, answer, answer.purposes)
        facts = tuple(_given(answer))
        if answer.begins and CASE_MANAGEMENT in answer.purposes:
            facts = (*facts, FactIn(fact="kim.opened", on=answer.on))
        return await record(writing, path, facts, answer.now)

    return act


def refuse_consents(path_id: str, refusal: ConsentRefusal) -> Act:
    """The act that records that somebody did not consent. Nothing follows but that nothing is handed on."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        facts = []
        for purpose in refusal.purposes:
            told = {"purpose": purpose} | ({"recipient": refusal.recipient} if refusal.recipient else {})
            facts.append(FactIn(fact="consent.refused", on=refusal.on, data=told))
        return await record(writing, path, facts, refusal.now)

    return act


def _given(answer: ConsentAnswer) -> Iterator[FactIn]:
    for purpose in answer.purposes:
        ref = new_ref()
        data = evidence_data(answer, ref, purpose)
        if answer.until is not None:
            data["until"] = answer.until.isoformat()
        if purpose in _TO_SOMEBODY and answer.recipient:
            data["recipient"] = answer.recipient
        if purpose == _HANDOVER:
            data["categories"] = list(answer.categories)
        yield FactIn(id=ref, fact="consent.given", on=answer.on, data=data)


def _require_parts(writing: Writing, answer: ConsentAnswer) -> None:
    day: date = answer.on
    if answer.recipient and answer.recipient not in {kind.code for kind in writing.catalogue.agency_kinds}:
        raise FactInvalid("Diese Art von Stelle gibt es nicht.", field="recipient")
    for purpose in writing.catalogue.in_force(writing.catalogue.consent_purposes, day):
        if purpose.code not in answer.purposes:
            continue
        if purpose.needs_recipient and not answer.recipient:
            raise FactInvalid("Für eine Übergabe muss der Empfänger genannt sein.", field="recipient")
        if purpose.needs_categories and not answer.categories:
            raise FactInvalid("Für eine Übergabe müssen die Daten genannt sein.", field="categories")
    if _SECRECY in answer.purposes and not answer.recipient:
        raise FactInvalid("Für die Schweigepflicht muss die Stelle genannt sein.", field="recipient")


def revoke_consent(path_id: str, ref: str, request: RevokeConsent) -> Act:
    """The act that revokes a consent; the receipt says how many mails could not be called back.

    Errors: ConsentNotFound if there is none of this id that is not yet revoked, PathEnded, PathNotFound.
    """

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, request.now)
        known = max(today, request.recorded or today)
        facts = known_on(await load_facts(writing.session, writing.tools.database.keyring, path), known)
        who = _whose(facts, ref, request.who)
        day = request.on or request.recorded or today
        fact = FactIn(
            fact="consent.revoked",
            on=day,
            recorded=request.recorded,
            data={"consent": ref},
            who=who,
        )
        return await record(writing, path, (fact,), request.now)

    return act


def _whose(facts: Sequence[Fact], ref: str, wanted: str | None) -> str:
    """Whose consent of this id is revoked; without a word about it that of the person, if it still holds."""
    given = {(fact.who, str(fact.data["consent"])) for fact in facts if fact.kind == "consent.given"}
    held = given - {(fact.who, str(fact.data["consent"])) for fact in facts if fact.kind == "consent.revoked"}
    holders = sorted((who for who, consent in held if consent == ref and wanted in (None, who)), key=_person_first)
    if not holders:
        raise ConsentNotFound(
            "Der Weg hat keine Einwilligung dieser Kennung, die noch gilt.",
            field="ref",
            allowed=tuple(sorted({consent for _, consent in held})),
        )
    return holders[0]


def _person_first(who: str) -> tuple[bool, str]:
    return who != CLIENT, who
