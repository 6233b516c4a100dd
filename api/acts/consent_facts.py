"""The two acts of consent as facts: given, revoked.

What a revocation stops stands in `consents`.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.acts.fact_reading import new_ref
from api.acts.facts import record
from api.acts.writing import Act, Receipt, Writing
from api.errors import ConsentNotFound
from api.schemas import FactIn, GiveConsent, RevokeConsent
from process_models.facts import CLIENT, Fact, known_on
from store.facts import load_facts


def give_consent(path_id: str, request: GiveConsent) -> Act:
    """The act that records a consent. Errors: FactInvalid, FactConflict, PathEnded, PathNotFound."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, request.now)
        ref = request.id or new_ref()
        day = request.on or request.recorded or today
        fields = {"purpose", "recipient", "categories", "until", "form", "given_by", "language", "text_version"}
        given = request.model_dump(mode="json", include=fields)
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
