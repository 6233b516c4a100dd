"""Accounts of people who sign in, and their sessions: opened, found, idle, ended, ended from afar.

Who may do what stands in the API; what an account sees stands in `scope`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account, SignIn
from store.links import hash_token
from store.scope import Scope
from store.writing import insert_unless_there

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=10)
_TOKEN_BYTES: Final = 32
_SEEN_STEP: Final = timedelta(minutes=1)
"""A session is marked as seen at most once in this time: reading a page shall not write every time."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """Who somebody is and what they are here for, as the identity provider and the configuration say."""

    issuer: str
    subject: str
    display_name: str
    role: str
    tenant_id: str | None = None
    agency: str = ""
    body: str = ""
    municipalities: tuple[str, ...] = ()


async def keep_account(session: AsyncSession, who: Appointment, now: datetime) -> Account:
    """The account of this person, with the role of today: what was granted earlier does not last."""
    columns = asdict(who) | {"municipalities": list(who.municipalities)}
    await insert_unless_there(session, Account(**columns, created_at=now), "issuer", "subject")
    query = select(Account).where(col(Account.issuer) == who.issuer, col(Account.subject) == who.subject)
    account = (await session.scalars(query.execution_options(populate_existing=True))).one()
    for name, value in columns.items():
        setattr(account, name, value)
    account.last_seen_at = now
    await session.flush()
    return account


def new_session_token() -> str:
    """A token for a session: 256 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


async def open_session(
    session: AsyncSession, account: Account, token: str, now: datetime, *, sid: str = "", id_token: str = ""
) -> None:
    """Opens a session; only the hash of its token is kept. Sessions long over are forgotten here."""
    await session.execute(delete(SignIn).where(col(SignIn.ends_at) < now - LONGEST))
    session.add(
        SignIn(
            token_hash=hash_token(token),
            account_id=account.id,
            sid=sid,
            id_token=id_token,
            created_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
        )
    )
    await session.flush()


async def find_session(session: AsyncSession, token: str, now: datetime) -> tuple[SignIn, Account] | None:
    """The session and its account, or None if unknown, ended, idle for too long or over its absolute limit."""
    found = await session.execute(
        select(SignIn, Account)
        .join(Account, col(Account.id) == col(SignIn.account_id))
        .where(
            col(SignIn.token_hash) == hash_token(token),
            col(SignIn.ended_at).is_(None),
            col(SignIn.ends_at) > now,
            col(SignIn.seen_at) > now - IDLE,
        )
    )
    row = found.one_or_none()
    return (row[0], row[1]) if row else None


def needs_mark(sign_in: SignIn, now: datetime) -> bool:
    """Whether the session has not been marked as seen for a while."""
    return now - sign_in.seen_at >= _SEEN_STEP


async def mark_seen(session: AsyncSession, sign_in_id: str, now: datetime) -> None:
    """The session is in use: its idle time begins anew."""
    await session.execute(
        update(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.seen_at) < now).values(seen_at=now)
    )


async def end_session(session: AsyncSession, sign_in_id: str, now: datetime) -> None:
    """Ends one session."""
    await session.execute(
        update(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None)).values(ended_at=now)
    )


async def end_sessions_of(session: AsyncSession, issuer: str, *, sid: str, subject: str, now: datetime) -> int:
    """Ends what the identity provider ended: the session `sid`, or without it all sessions of `subject`."""
    of_issuer = select(col(Account.id)).where(col(Account.issuer) == issuer)
    if subject:
        of_issuer = of_issuer.where(col(Account.subject) == subject)
    meant: list[ColumnElement[bool]] = [col(SignIn.account_id).in_(of_issuer), col(SignIn.ended_at).is_(None)]
    if sid:
        meant.append(col(SignIn.sid) == sid)
    ended = await session.execute(update(SignIn).where(*meant).values(ended_at=now).returning(col(SignIn.id)))
    return len(ended.all())


async def list_accounts(session: AsyncSession, tenant_id: str, role: str) -> list[Account]:
    """Accounts of a tenant with this role, by name: for assigning and deputising."""
    query = select(Account).where(col(Account.tenant_id) == tenant_id, col(Account.role) == role)
    return list(await session.scalars(query.order_by(col(Account.display_name), col(Account.id))))


async def names_among(
    session: AsyncSession, scope: Scope, roles: Collection[str], account_ids: Collection[str]
) -> dict[str, str]:
    """The names of those of these accounts that belong to the caller's tenant and have one of the roles."""
    if not account_ids:
        return {}
    query = select(col(Account.id), col(Account.display_name)).where(
        col(Account.id).in_(account_ids), col(Account.tenant_id) == scope.tenant_id, col(Account.role).in_(roles)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
