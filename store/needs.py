"""Needs of a path and their referrals to offers. The detail is sealed; what happened goes into the event log in codes.

What may follow on what says `process_models.needs`. Every query takes a `Scope`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.quarters import counts_on
from store.events import note_need
from store.need_tables import Need, Offer, Referral
from store.persons import open_key
from store.scope import Scope
from store.sealing import Keyring, PersonKey
from store.tables import Path, new_id


@dataclass(frozen=True, slots=True)
class NewNeed:
    """What a person needs. `detail` is free text and is kept sealed."""

    kind: str
    detail: str
    urgency: str
    since: date
    known_on: date
    """Day on the clock of the path on which it is recorded."""
    until: date | None = None
    task_key: str | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """A referral with its offer."""

    row: Referral
    offer: Offer


async def add_need(
    session: AsyncSession, keyring: Keyring, path: Path, new: NewNeed, recorded_by: str, now: datetime
) -> Need:
    """Records a need. Errors: PersonErased."""
    key = await open_key(session, keyring, path.person_id)
    need_id = new_id()
    row = Need(
        id=need_id,
        tenant_id=path.tenant_id,
        path_id=path.id,
        kind=new.kind,
        sealed_detail=key.seal({"detail": new.detail}, _about(need_id)),
        urgency=new.urgency,
        since=new.since,
        until=new.until,
        place=path.current_place,
        task_key=new.task_key,
        recorded_by=recorded_by,
        created_at=now,
    )
    session.add(row)
    note_need(session, path, row, "need_recorded", counts_on(new.since, new.known_on))
    await session.flush()
    return row


def detail_of(row: Need, key: PersonKey) -> str:
    """What was written about a need."""
    return str(key.unseal(row.sealed_detail, _about(row.id))["detail"])


async def list_needs(session: AsyncSession, scope: Scope, path_id: str) -> list[Need]:
    """The visible needs of a path: open ones first, then the newest."""
    query = select(Need).where(col(Need.path_id) == path_id, scope.needs())
    return list(
        await session.scalars(query.order_by(col(Need.state) != "open", col(Need.since).desc(), col(Need.created_at)))
    )


async def find_need(session: AsyncSession, scope: Scope, path_id: str, need_id: str) -> Need | None:
    """A visible need of a path, or None."""
    query = select(Need).where(col(Need.id) == need_id, col(Need.path_id) == path_id, scope.needs())
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def end_need(session: AsyncSession, path: Path, need: Need, state: str, reason: str, on: date) -> None:
    """Closes a need: met, unmet for a reason, or dropped because it was none any more."""
    need.state, need.reason, need.ended_on = state, reason, on
    need.version += 1
    session.add(need)
    if state == "met":
        note_need(session, path, need, "need_met", on)
    elif state == "unmet":
        note_need(session, path, need, "need_unmet", on)
    await session.flush()


async def set_steps(session: AsyncSession, need: Need, done: Sequence[str]) -> None:
    """Which steps the person has taken."""
    need.steps_done = list(done)
    need.version += 1
    session.add(need)
    await session.flush()


async def list_referrals(session: AsyncSession, scope: Scope, path_id: str) -> list[Referred]:
    """The referrals of the visible needs of a path, the oldest first."""
    query = (
        select(Referral, Offer)
        .join(Offer, col(Offer.id) == col(Referral.offer_id))
        .join(Need, col(Need.id) == col(Referral.need_id))
        .where(col(Referral.path_id) == path_id, scope.needs())
        .order_by(col(Referral.proposed_on), col(Referral.created_at), col(Referral.id))
    )
    return [Referred(row, offer) for row, offer in await session.execute(query)]


async def find_referral(session: AsyncSession, scope: Scope, need_id: str, referral_id: str) -> Referred | None:
    """A referral of a visible need, or None."""
    query = (
        select(Referral, Offer)
        .join(Offer, col(Offer.id) == col(Referral.offer_id))
        .join(Need, col(Need.id) == col(Referral.need_id))
        .where(col(Referral.id) == referral_id, col(Referral.need_id) == need_id, scope.needs())
    )
    found = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    return Referred(*found) if found else None


async def propose_offer(session: AsyncSession, need: Need, offer: Offer, on: date) -> Referral:
    """Proposes an offer for a need; the same one again changes nothing."""
    query = select(Referral).where(col(Referral.need_id) == need.id, col(Referral.offer_id) == offer.id)
    known = (await session.scalars(query)).one_or_none()
    if known is not None:
        return known
    row = Referral(
        tenant_id=need.tenant_id,
        path_id=need.path_id,
        need_id=need.id,
        offer_id=offer.id,
        state="proposed",
        proposed_on=on,
    )
    session.add(row)
    await session.flush()
    return row


async def keep_referral(
    session: AsyncSession, path: Path, need: Need, referred: Referred, state: str, reason: str, on: date
) -> None:
    """Writes what became of a referral."""
    row = referred.row
    row.state, row.reason = state, reason
    if state == "proposed":
        row.proposed_on, row.referred_on, row.settled_on = on, None, None
    elif state == "referred":
        row.referred_on = on
        note_need(session, path, need, "need_referred", on, agency=referred.offer.agency)
    else:
        row.settled_on = on
    session.add(row)
    await session.flush()


def _about(need_id: str) -> str:
    return f"need:{need_id}"
