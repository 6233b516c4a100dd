"""Bearer tokens by role: random, kept only as their hash, with an end."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.links import hash_token
from store.tables import AccessToken

_PREFIX: Final = "kim_"
"""Makes a leaked token recognisable to secret scanners."""


async def create_token(
    session: AsyncSession,
    role: str,
    label: str,
    tenant_id: str | None,
    now: datetime,
    lifetime: timedelta | None,
) -> str:
    """A new token of this role; `tenant_id` None = for every tenant, `lifetime` None = without end.

    The token is returned once and never stored.
    """
    token = _PREFIX + secrets.token_urlsafe(32)
    expires_at = None if lifetime is None else now + lifetime
    session.add(
        AccessToken(
            token_hash=hash_token(token),
            role=role,
            label=label,
            tenant_id=tenant_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return token


async def find_token(session: AsyncSession, raw: str, now: datetime) -> AccessToken | None:
    """The token if it is valid now; None for unknown, expired and revoked ones."""
    query = select(AccessToken).where(
        col(AccessToken.token_hash) == hash_token(raw),
        col(AccessToken.revoked_at).is_(None),
        or_(col(AccessToken.expires_at).is_(None), col(AccessToken.expires_at) > now),
    )
    return (await session.scalars(query)).one_or_none()


async def revoke_token(session: AsyncSession, token_id: str, now: datetime) -> None:
    """Ends a token at once."""
    await session.execute(
        update(AccessToken)
        .where(col(AccessToken.id) == token_id, col(AccessToken.revoked_at).is_(None))
        .values(revoked_at=now)
    )
