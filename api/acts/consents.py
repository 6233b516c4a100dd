"""Consent: giving it, and taking it back with immediate effect on what has not left yet.

The consent itself is a fact. What rests on a statute runs on; what rests on consent stops in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api.acts.writing import Writing
from process_models.consent import check_handover
from process_models.facts import Fact, known_on
from process_models.names import BODY_ROLES
from store.handovers import list_handovers
from store.links import revoke_links
from store.notices import cancel_notices
from store.tables import Handover, Path

REVOKED = "consent.revoked"
_BY_PURPOSE = {"P3": BODY_ROLES["fall"], "P4": "client"}
"""Purposes whose consent covers one recipient as a whole: named discussion, contact with the client."""
_OPEN = ("offered", "received")


async def withdraw(writing: Writing, path: Path, facts: Sequence[Fact], new: Sequence[Fact], today: date) -> int | None:
    """Calls off every mail and link that lost its consent by the new facts.

    Returns how many mails were already on their way and cannot be called back, or None if nothing was revoked.
    """
    revoked = [fact for fact in new if fact.kind == REVOKED]
    if not revoked:
        return None
    known = known_on(facts, max(today, *(fact.recorded for fact in revoked)))
    in_flight = 0
    for recipient in _recipients_of(revoked, known):
        in_flight += await cancel_notices(writing.session, path.id, writing.wall, recipient=recipient)
    for row in await list_handovers(writing.session, path.id):
        if row.state in _OPEN and not _covered(writing, row, known, today):
            in_flight += await _call_off(writing, path, row)
    await writing.audit("consent.revoked", f"in_flight={in_flight}", path)
    return in_flight


def _recipients_of(revoked: Sequence[Fact], known: Sequence[Fact]) -> set[str]:
    ids = {fact.data["consent"] for fact in revoked}
    purposes = {fact.data["purpose"] for fact in known if fact.kind == "consent.given" and fact.data["consent"] in ids}
    return {_BY_PURPOSE[purpose] for purpose in purposes if purpose in _BY_PURPOSE}


def _covered(writing: Writing, row: Handover, known: tuple[Fact, ...], today: date) -> bool:
    rule = writing.catalogue.handover(row.code, today)
    if rule is None:
        return False
    return check_handover(writing.catalogue, known, rule.model_copy(update={"to_kind": row.to_kind}), today).allowed


async def _call_off(writing: Writing, path: Path, row: Handover) -> int:
    await revoke_links(writing.session, row.id, writing.wall)
    return await cancel_notices(writing.session, path.id, writing.wall, handover_id=row.id)
