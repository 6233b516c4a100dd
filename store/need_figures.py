"""Counting needs in the event log: what was recorded, referred, met and unmet, by place, kind and reason.

Counts over paths of a tenant; no path is named. What of them may be shown says `process_models.needs.figures_of`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Period
from process_models.needs import NeedCount
from store.tables import BodyItem, PathEvent

_ACTIVITIES = ("need_recorded", "need_referred", "need_met", "need_unmet")


async def count_needs(session: AsyncSession, tenant_id: str, period: Period) -> list[NeedCount]:
    """What happened to needs of a tenant in a period. Not for showing as it is: small numbers are in it."""
    groups = (col(PathEvent.activity), col(PathEvent.code), col(PathEvent.place), col(PathEvent.reason))
    query = (
        select(*groups, func.count())
        .where(
            col(PathEvent.tenant_id) == tenant_id,
            col(PathEvent.activity).in_(_ACTIVITIES),
            col(PathEvent.happened_on).between(period.since, period.until),
        )
        .group_by(*groups)
    )
    return [
        NeedCount(activity, kind, place, count, reason)
        for activity, kind, place, reason, count in await session.execute(query)
    ]


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
