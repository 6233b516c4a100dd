"""Outbox: news for workflows, written in the transaction that makes it true, delivered by a relay afterwards.

News has no content, so one waiting row a workflow is enough.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.tables import Outbox

NewsState = Literal["waiting", "delivered", "closed"]


async def add_news(session: AsyncSession, tenant_id: str, workflow: str, workflow_id: str, path_id: str | None) -> None:
    """Leaves news for a workflow. News that still waits is replaced, not kept.

    The relay may have nudged for the old row just before this transaction commits; its mark must not hit the new one.
    """
    replaced = await session.execute(
        delete(Outbox)
        .where(col(Outbox.workflow_id) == workflow_id, col(Outbox.state) == "waiting")
        .returning(col(Outbox.created_at))
    )
    since = min((created_at for (created_at,) in replaced), default=datetime.now(UTC))
    session.add(
        Outbox(tenant_id=tenant_id, workflow=workflow, workflow_id=workflow_id, path_id=path_id, created_at=since)
    )
    await session.flush()


async def waiting_news(session: AsyncSession, limit: int) -> list[Outbox]:
    """News that waits; rows tried less often come first, then the longest waiting."""
    query = select(Outbox).where(col(Outbox.state) == "waiting")
    ordered = query.order_by(col(Outbox.attempts), col(Outbox.created_at)).limit(limit)
    return list(await session.scalars(ordered))


async def count_waiting_news(session: AsyncSession) -> int:
    """How much news waits, for metrics and readiness."""
    found = await session.execute(select(func.count()).where(col(Outbox.state) == "waiting"))
    return int(found.scalar_one())


async def settle_news(session: AsyncSession, news_id: str, state: NewsState, now: datetime) -> None:
    """Marks what became of one delivery; `waiting` = it failed and is tried again. Replaced news is left alone."""
    settled_at = None if state == "waiting" else now
    await session.execute(
        update(Outbox)
        .where(col(Outbox.id) == news_id, col(Outbox.state) == "waiting")
        .values(state=state, settled_at=settled_at, attempts=col(Outbox.attempts) + 1)
    )


async def forget_settled_news(session: AsyncSession, before: datetime) -> None:
    """Deletes news that was settled before this moment: it said nothing, and it is done."""
    await session.execute(delete(Outbox).where(col(Outbox.state) != "waiting", col(Outbox.settled_at) < before))
