"""Lacks that repeat: how many paths had a need unmet for one reason, and whether a body has that before it.

Counts over paths of a tenant; no path is named. The figures of a year are counted in `yearly`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.tables import BodyItem, PathEvent


async def paths_without(session: AsyncSession, tenant_id: str, kind: str, reason: str, since: date) -> int:
    """How many paths had a need of this kind unmet for this reason from this day on."""
    query = select(func.count(func.distinct(col(PathEvent.path_id)))).where(
        col(PathEvent.tenant_id) == tenant_id,
        col(PathEvent.activity) == "need_unmet",
        col(PathEvent.code) == kind,
        col(PathEvent.reason) == reason,
        col(PathEvent.happened_on) >= since,
    )
    return int(await session.scalar(query) or 0)


async def item_about(session: AsyncSession, tenant_id: str, key: str) -> tuple[bool, date | None]:
    """Whether a body has an open item about this, and when the last one was decided."""
    same = (col(BodyItem.key) == key) | col(BodyItem.key).startswith(f"{key}#", autoescape=True)
    query = select(col(BodyItem.state), col(BodyItem.decided_on)).where(col(BodyItem.tenant_id) == tenant_id, same)
    rows = (await session.execute(query)).all()
    decided: list[date] = [row.decided_on for row in rows if row.decided_on is not None]
    return any(row.state == "open" for row in rows), max(decided, default=None)
