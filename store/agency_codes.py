"""Codes that are mailed to agencies: made, tried, used up, and how often one may be asked for.

Digests only: what a digest is made of, and how a mail leaves, is none of this module's business.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.agency_tables import AgencyCode
from store.scope import Scope
from store.tables import Handover, TaskLink

LIFETIME: Final = timedelta(minutes=30)
TRIES: Final = 5
Limits = tuple[tuple[timedelta, int], ...]
PAUSE: Final = timedelta(minutes=1)
"""Between two codes of one link: a second click asks for nothing new."""
PER_LINK: Final[Limits] = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
"""So many codes of one link in so long: at most fifty guesses of a million a day."""
PER_AGENCY: Final[Limits] = ((timedelta(hours=1), 60),)
"""So many codes in the mailbox of one agency in so long, over all of its links."""
ATTEMPTS_PER_LINK: Final[Limits] = ((timedelta(hours=1), 20),)
"""As `PER_LINK`, mails counted that did not leave: a mail server that is away is not asked without end."""

_ONE_IN_HAND: Final[Limits] = ((PAUSE, 1),)
_KEPT: Final = timedelta(days=2)
"""How long a code that nobody can use any more is kept, for counting."""
_SHOWN: Final = 100
_LEFT: Final = ("sending", "sent", "unclear")

CodeState = Literal["sending", "sent", "unclear", "failed"]
MayAsk = Literal["yes", "just_sent", "too_often"]


async def may_ask(session: AsyncSession, link: TaskLink, now: datetime) -> MayAsk:
    """Whether another code of this link may be mailed now."""
    mine, agency = col(AgencyCode.link_id) == link.id, col(AgencyCode.agency) == link.agency
    left = col(AgencyCode.state).in_(_LEFT)
    if await _reached(session, _ONE_IN_HAND, now, mine, left, col(AgencyCode.used_at).is_(None)):
        return "just_sent"
    limits = ((PER_LINK, mine & left), (PER_AGENCY, agency & left), (ATTEMPTS_PER_LINK, mine))
    often = [await _reached(session, limit, now, which) for limit, which in limits]
    return "too_often" if any(often) else "yes"


async def add_code(session: AsyncSession, link: TaskLink, digest: Callable[[str], str], now: datetime) -> AgencyCode:
    """A new code; earlier ones of the link hold no more once its mail has left. `digest`: of the id of the row."""
    await session.execute(delete(AgencyCode).where(col(AgencyCode.expires_at) < now - _KEPT))
    code = AgencyCode(link_id=link.id, agency=link.agency, digest="", created_at=now, expires_at=now + LIFETIME)
    code.digest = digest(code.id)
    session.add(code)
    await session.flush()
    return code


async def settle_code(session: AsyncSession, code_id: str, state: CodeState, error_class: str) -> None:
    """Writes down what became of the mail; one that did not leave holds no code."""
    statement = update(AgencyCode).where(col(AgencyCode.id) == code_id)
    await session.execute(statement.values(state=state, error_class=error_class))


async def use_code(session: AsyncSession, link_id: str, digest: Callable[[str], str], now: datetime) -> bool:
    """Whether this is the newest code of the link; counts the try, and uses the code up if it is.

    Commit whatever the answer is: a wrong try counts. One answer for wrong, expired, used, tried too often and none.
    """
    query = select(AgencyCode).where(col(AgencyCode.link_id) == link_id, col(AgencyCode.state).in_(_LEFT))
    newest = (await session.scalars(query.order_by(col(AgencyCode.created_at).desc()).limit(1))).one_or_none()
    given = digest(newest.id if newest else "")
    if newest is None or not await _count_try(session, newest.id, now):
        return False
    if not hmac.compare_digest(given, newest.digest):
        return False
    used = update(AgencyCode).where(col(AgencyCode.id) == newest.id, col(AgencyCode.used_at).is_(None))
    return (await session.execute(used.values(used_at=now).returning(col(AgencyCode.id)))).first() is not None


async def lost_codes(session: AsyncSession, scope: Scope, since: datetime) -> list[tuple[AgencyCode, Handover]]:
    """Codes since a moment whose mail did not leave or may not have arrived, and after which none of the link left."""
    later = AgencyCode.__table__.alias("later")  # type: ignore[attr-defined]
    arrived = select(later.c.id).where(
        later.c.link_id == AgencyCode.link_id, later.c.state == "sent", later.c.created_at > AgencyCode.created_at
    )
    found = await session.execute(
        select(AgencyCode, Handover)
        .join(TaskLink, col(TaskLink.id) == col(AgencyCode.link_id))
        .join(Handover, col(Handover.id) == col(TaskLink.handover_id))
        .where(scope.handovers(), col(AgencyCode.created_at) > since, ~arrived.exists())
        .where(col(AgencyCode.state).in_(("failed", "unclear")), col(AgencyCode.used_at).is_(None))
        .order_by(col(AgencyCode.created_at).desc())
        .limit(_SHOWN)
    )
    return [(row[0], row[1]) for row in found]


async def _reached(session: AsyncSession, limits: Limits, now: datetime, *which: ColumnElement[bool]) -> bool:
    for span, most in limits:
        query = select(func.count()).select_from(AgencyCode).where(*which, col(AgencyCode.created_at) > now - span)
        if int(await session.scalar(query) or 0) >= most:
            return True
    return False


async def _count_try(session: AsyncSession, code_id: str, now: datetime) -> bool:
    counted = await session.execute(
        update(AgencyCode)
        .where(
            col(AgencyCode.id) == code_id,
            col(AgencyCode.used_at).is_(None),
            col(AgencyCode.expires_at) > now,
            col(AgencyCode.tries) < TRIES,
        )
        .values(tries=col(AgencyCode.tries) + 1)
        .returning(col(AgencyCode.id))
    )
    return counted.first() is not None
