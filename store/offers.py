"""The register of offers: kept, found, confirmed by its owners; and the questions that go out to them.

Nothing about persons. Whether an offer fits or is stale says `process_models.offers`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.offers import OfferTerms
from store.errors import LinkInvalid
from store.links import hash_token
from store.need_tables import Offer, OfferUpkeep
from store.scope import Scope
from store.tables import Tenant


@dataclass(frozen=True, slots=True)
class WantedOffers:
    """Which offers. Empty = no limit; those that are over are shown only if asked for."""

    kind: str = ""
    place: str = ""
    language: str = ""
    agency: str = ""
    words: str = ""
    """Words in title, target group or access."""
    over: bool = False


def terms_of(row: Offer) -> OfferTerms:
    """What decides about the offer."""
    return OfferTerms(
        row.kind,
        tuple(row.places),
        tuple(row.languages),
        row.confirmed_on,
        row.valid_from,
        row.valid_until,
        row.capacity,
        row.free,
    )


async def add_offer(
    session: AsyncSession, tenant_id: str, columns: Mapping[str, Any], today: date, now: datetime
) -> Offer:
    """Adds an offer; whoever adds it has just said that it is right."""
    row = Offer(tenant_id=tenant_id, confirmed_on=today, created_at=now, **columns)
    session.add(row)
    await session.flush()
    return row


async def correct_offer(session: AsyncSession, row: Offer, columns: Mapping[str, Any], today: date) -> None:
    """Writes what is right now; the offer is confirmed by that."""
    for name, value in columns.items():
        setattr(row, name, value)
    await confirm_offer(session, row, today)


async def confirm_offer(session: AsyncSession, row: Offer, today: date) -> None:
    """Notes that the offer is right as it stands."""
    row.confirmed_on = today
    row.version += 1
    session.add(row)
    await session.flush()


async def find_offer(session: AsyncSession, scope: Scope, offer_id: str, *, lock: bool = False) -> Offer | None:
    """A visible offer, or None."""
    query = select(Offer).where(col(Offer.id) == offer_id, scope.offers())
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def list_offers(session: AsyncSession, scope: Scope, wanted: WantedOffers) -> list[Offer]:
    """Visible offers by kind and title."""
    query = select(Offer).where(scope.offers(), *_matching(wanted, scope.today))
    rows = await session.scalars(query.order_by(col(Offer.kind), col(Offer.title), col(Offer.id)))
    return [row for row in rows if _fits(row, wanted)]


async def offers_without_end(session: AsyncSession, tenant_id: str, today: date) -> AsyncIterator[Offer]:
    """Every offer of a tenant that is not over, for the upkeep."""
    query = select(Offer).where(
        col(Offer.tenant_id) == tenant_id, or_(col(Offer.valid_until).is_(None), col(Offer.valid_until) >= today)
    )
    for row in await session.scalars(query.order_by(col(Offer.id))):
        yield row


async def tenants_with_offers(session: AsyncSession) -> list[str]:
    """Real tenants whose register is not empty."""
    query = select(col(Offer.tenant_id)).join(Tenant, col(Tenant.id) == col(Offer.tenant_id))
    return sorted(set(await session.scalars(query.where(col(Tenant.simulated).is_(False)).distinct())))


def _matching(wanted: WantedOffers, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(col(Offer.kind) == wanted.kind)
    if wanted.agency:
        conditions.append(col(Offer.agency) == wanted.agency)
    if not wanted.over:
        conditions.append(or_(col(Offer.valid_until).is_(None), col(Offer.valid_until) >= today))
    for word in wanted.words.casefold().split():
        columns = (col(Offer.title), col(Offer.target_group), col(Offer.access))
        conditions.append(or_(*(func.lower(one).contains(word, autoescape=True) for one in columns)))
    return conditions


def _fits(row: Offer, wanted: WantedOffers) -> bool:
    """Lists in JSON are compared here: both databases write them differently, and a register has hundreds of rows."""
    of_place = not wanted.place or not row.places or wanted.place in row.places
    return of_place and (not wanted.language or not row.languages or wanted.language in row.languages)


# ---------------------------------------------------------------- questions to the owners


async def last_asked(session: AsyncSession, tenant_id: str) -> dict[str, date]:
    """When the owner of each offer of a tenant was asked last, by offer."""
    query = (
        select(col(OfferUpkeep.offer_id), func.max(col(OfferUpkeep.asked_on)))
        .join(Offer, col(Offer.id) == col(OfferUpkeep.offer_id))
        .where(col(Offer.tenant_id) == tenant_id)
        .group_by(col(OfferUpkeep.offer_id))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def ask_owner(session: AsyncSession, offer_id: str, notice_id: str, today: date, expires_on: date) -> None:
    """Notes that a mail asks the owner; its link comes when it leaves."""
    session.add(OfferUpkeep(offer_id=offer_id, notice_id=notice_id, asked_on=today, expires_on=expires_on))
    await session.flush()


async def upkeep_of_notice(session: AsyncSession, notice_id: str) -> OfferUpkeep | None:
    """The question that a mail asks, or None."""
    query = select(OfferUpkeep).where(col(OfferUpkeep.notice_id) == notice_id)
    return (await session.scalars(query)).one_or_none()


async def find_upkeep(
    session: AsyncSession, token: str, today: date, *, answered: bool = False
) -> tuple[OfferUpkeep, Offer]:
    """The question behind a link, and its offer; `answered`: the one that was answered.

    Errors: LinkInvalid, the same for unknown, answered and expired.
    """
    query = (
        select(OfferUpkeep, Offer)
        .join(Offer, col(Offer.id) == col(OfferUpkeep.offer_id))
        .where(
            col(OfferUpkeep.token_hash) == hash_token(token),
            col(OfferUpkeep.answered_on).is_not(None) if answered else col(OfferUpkeep.answered_on).is_(None),
            col(OfferUpkeep.expires_on) >= today,
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise LinkInvalid(
            "Dieser Link gilt nicht oder nicht mehr.",
            way_out="Bitte den Link aus der neuesten E-Mail zu diesem Angebot verwenden oder das Kommunale"
            " Integrationsmanagement anrufen.",
        )
    return found[0], found[1]
