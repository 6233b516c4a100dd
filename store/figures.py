"""Counting the event log: how often what happened at which interface, in one query a period. No path is named.

What the counts mean, and which of them may be shown, says `process_models.interface_review`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Counted, Interface, Period
from store.tables import PathEvent

_INTERFACE = (col(PathEvent.code), col(PathEvent.from_kind), col(PathEvent.to_kind))
_SPLIT = (col(PathEvent.reason), col(PathEvent.level), col(PathEvent.working_days), col(PathEvent.days))
_COUNTED = (
    *("handover_offered", "handover_received", "handover_accepted", "handover_refused", "handover_forwarded"),
    *("handover_completed", "stall_reason_given", "escalated", "gap_ended"),
)


async def count_events(session: AsyncSession, tenant_id: str, period: Period) -> list[Counted]:
    """The events of every interface of a tenant in a period, counted by reason, level and working days."""
    query = (
        select(col(PathEvent.activity), *_INTERFACE, *_SPLIT, func.count())
        .where(
            col(PathEvent.tenant_id) == tenant_id,
            col(PathEvent.happened_on).between(period.since, period.until),
            col(PathEvent.activity).in_(_COUNTED),
            col(PathEvent.code) != "",
        )
        .group_by(col(PathEvent.activity), *_INTERFACE, *_SPLIT)
    )
    found = (await session.execute(query)).all()
    return [_counted(*row) for row in found]


def _counted(activity: str, *row: Any) -> Counted:
    code, sender, receiver, reason, level, working_days, days, count = row
    interface = Interface(code, sender, receiver)
    return Counted(interface, activity, count, reason=reason, level=level, working_days=working_days, days=days)
