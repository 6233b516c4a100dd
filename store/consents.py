"""Evidence of consents: form, purpose, recipient, days. Derived from the consent facts, which alone decide.

Evidence is what a person shows who must prove a consent; the rules never read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.facts import RETRACTED, Fact
from store.tables import ConsentEvidence

GIVEN: Final = "consent.given"
REVOKED: Final = "consent.revoked"
EVIDENT: Final = frozenset({GIVEN, REVOKED, RETRACTED})
"""Kinds of facts after which the evidence is written anew."""


async def keep_evidence(session: AsyncSession, path_id: str, facts: Sequence[Fact]) -> None:
    """Writes the evidence that these facts, all of the path, give. The same facts give the same rows."""
    rows = {(row.who, row.ref): row for row in await list_evidence(session, path_id)}
    retracted = {fact.data.get("fact"): fact.recorded for fact in facts if fact.kind == RETRACTED}
    revoked = (fact for fact in facts if fact.kind == REVOKED and fact.id not in retracted)
    ends = {(fact.who, fact.data.get("consent")): fact.on for fact in revoked}
    for fact in sorted((fact for fact in facts if fact.kind == GIVEN), key=lambda fact: (fact.recorded, fact.id)):
        ref = str(fact.data.get("consent", fact.id))
        blank = ConsentEvidence(path_id=path_id, who=fact.who, ref=ref, purpose="", form="", given_on=fact.on)
        row = rows.setdefault((fact.who, ref), blank)
        _write(row, fact, revoked_on=ends.get((fact.who, ref)), retracted_on=retracted.get(fact.id))
        session.add(row)
    await session.flush()


async def list_evidence(session: AsyncSession, path_id: str) -> list[ConsentEvidence]:
    """The evidence of all consents of a path, also ended ones."""
    query = select(ConsentEvidence).where(col(ConsentEvidence.path_id) == path_id)
    return list(await session.scalars(query.order_by(col(ConsentEvidence.given_on), col(ConsentEvidence.ref))))


def _write(row: ConsentEvidence, fact: Fact, *, revoked_on: date | None, retracted_on: date | None) -> None:
    data: dict[str, Any] = dict(fact.data)
    row.purpose = data.get("purpose", "")
    row.recipient = data.get("recipient")
    row.categories = list(data.get("categories", ()))
    row.form = data.get("form", "")
    row.language = data.get("language", row.language or "de")
    row.text_version = data.get("text_version", "")
    row.evidence_ref = data.get("evidence", "")
    row.given_on = fact.on
    row.valid_until = data.get("until")
    row.revoked_on = revoked_on
    row.retracted_on = retracted_on
