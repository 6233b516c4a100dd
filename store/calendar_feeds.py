"""Feeds of the deadline calendar: one an account, made and revoked by its owner, dead with the role or the account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account
from store.calendar_tables import CalendarFeed
from store.links import hash_token

RESTS_AFTER: Final = timedelta(days=35)
"""Who has not signed in for so long may have left: the feed answers again after the next sign-in."""


async def make_feed(session: AsyncSession, account: Account, token: str, now: datetime) -> CalendarFeed:
    """A feed at this token; an earlier one of the account ends. Only the hash of the token is kept."""
    await revoke_feeds(session, account.id, now)
    feed = CalendarFeed(
        account_id=account.id,
        token_hash=hash_token(token),
        role=account.role,
        tenant_id=account.tenant_id or "",
        created_at=now,
    )
    session.add(feed)
    await session.flush()
    return feed


async def revoke_feeds(session: AsyncSession, account_id: str, now: datetime) -> int:
    """Ends the feeds of an account; how many there were."""
    ended = await session.execute(
        update(CalendarFeed)
        .where(col(CalendarFeed.account_id) == account_id, col(CalendarFeed.revoked_at).is_(None))
        .values(revoked_at=now)
        .returning(col(CalendarFeed.id))
    )
    return len(ended.all())


async def feed_of_account(session: AsyncSession, account_id: str) -> CalendarFeed | None:
    """The feed that an account has now, or None."""
    query = select(CalendarFeed).where(
        col(CalendarFeed.account_id) == account_id, col(CalendarFeed.revoked_at).is_(None)
    )
    return (await session.scalars(query)).one_or_none()


async def owner_of_feed(session: AsyncSession, token: str, now: datetime) -> Account | None:
    """Whose feed it is; None, without a difference, if unknown, revoked, of another role or tenant, or at rest."""
    query = (
        select(Account)
        .join(CalendarFeed, col(CalendarFeed.account_id) == col(Account.id))
        .where(
            col(CalendarFeed.token_hash) == hash_token(token),
            col(CalendarFeed.revoked_at).is_(None),
            col(CalendarFeed.role) == col(Account.role),
            col(CalendarFeed.tenant_id) == col(Account.tenant_id),
            col(Account.last_seen_at) > now - RESTS_AFTER,
        )
    )
    return (await session.scalars(query)).one_or_none()


async def get_account(session: AsyncSession, account_id: str) -> Account | None:
    """The account, or None."""
    return await session.get(Account, account_id)
