"""Links in the mails of agencies: random, kept only as a hash; one handover, one recipient, ends with the task."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.errors import LinkInvalid
from store.tables import TaskLink

_TOKEN_BYTES: Final = 32


async def make_link(session: AsyncSession, handover_id: str, agency: str, expires_on: date, now: datetime) -> str:
    """A new token for this handover and agency; older ones of the same pair end. Valid up to and on `expires_on`.

    The token is returned once and never stored.
    """
    await revoke_links(session, handover_id, now, agency=agency)
    return await add_link(session, handover_id, agency, expires_on, now)


async def add_link(session: AsyncSession, handover_id: str, agency: str, expires_on: date, now: datetime) -> str:
    """As `make_link`, but older links live on until `keep_only` says that the mail with the new one has left."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        TaskLink(
            token_hash=hash_token(token), handover_id=handover_id, agency=agency, expires_on=expires_on, created_at=now
        )
    )
    await session.flush()
    return token


async def find_link(session: AsyncSession, token: str, today: date) -> TaskLink:
    """The link of a token that is valid today. Errors: LinkInvalid, the same for unknown, expired and revoked."""
    return await _valid(session, col(TaskLink.token_hash) == hash_token(token), today)


async def get_link(session: AsyncSession, link_id: str, today: date) -> TaskLink:
    """As `find_link`, for who came by it before. Errors: LinkInvalid, the very same."""
    return await _valid(session, col(TaskLink.id) == link_id, today)


def link_invalid() -> LinkInvalid:
    """The one answer to a link or a page of a task that is unknown, expired, used up or revoked."""
    return LinkInvalid(
        "Dieser Link gilt nicht oder nicht mehr.",
        way_out="Bitte den Link aus der neuesten E-Mail zu dieser Aufgabe verwenden oder das Kommunale"
        " Integrationsmanagement anrufen.",
    )


async def _valid(session: AsyncSession, which: ColumnElement[bool], today: date) -> TaskLink:
    query = select(TaskLink).where(which, col(TaskLink.revoked_at).is_(None), col(TaskLink.expires_on) >= today)
    link = (await session.scalars(query)).one_or_none()
    if link is None:
        raise link_invalid()
    return link


async def keep_only(session: AsyncSession, token: str, now: datetime) -> None:
    """Ends every other link of the same handover and agency: the mail with this one has arrived."""
    kept = (await session.scalars(select(TaskLink).where(col(TaskLink.token_hash) == hash_token(token)))).one()
    await session.execute(
        update(TaskLink)
        .where(
            col(TaskLink.handover_id) == kept.handover_id,
            col(TaskLink.agency) == kept.agency,
            col(TaskLink.id) != kept.id,
            col(TaskLink.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )


async def revoke_link(session: AsyncSession, token: str, now: datetime) -> None:
    """Ends one link: the mail with it did not leave."""
    statement = update(TaskLink).where(col(TaskLink.token_hash) == hash_token(token))
    await session.execute(statement.where(col(TaskLink.revoked_at).is_(None)).values(revoked_at=now))


async def revoke_links(session: AsyncSession, handover_id: str, now: datetime, *, agency: str | None = None) -> None:
    """Ends the links of a handover, or only those of one agency."""
    statement = update(TaskLink).where(col(TaskLink.handover_id) == handover_id, col(TaskLink.revoked_at).is_(None))
    if agency is not None:
        statement = statement.where(col(TaskLink.agency) == agency)
    await session.execute(statement.values(revoked_at=now))


def hash_token(token: str) -> str:
    """What is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
