"""Stalls in the records: which interface of a path is stuck, since when and why, so that patterns can be found.

Called inside a planning transaction; sends nothing itself.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.catalogue import Catalogue
from process_models.names import CLIENT_PATH, path_workflow_id
from process_models.plan import Plan, PlannedHandover
from store.body_items import StallKey, end_stalls_except, note_stall, paths_stalled_like
from store.outbox import add_news
from store.tables import Path


async def note_stalls(session: AsyncSession, path: Path, plan: Plan, catalogue: Catalogue) -> None:
    """Keeps the stall notes of a path in line with its plan; wakes the other paths when a pattern is complete."""
    stalled = [handover for handover in plan.handovers if handover.stalled_since is not None]
    await end_stalls_except(session, path.id, {handover.code for handover in stalled}, plan.day)
    for handover in stalled:
        if await note_stall(session, path, _key(handover)):
            await _wake_others_at_threshold(session, path, handover, catalogue, plan)


async def _wake_others_at_threshold(
    session: AsyncSession, path: Path, handover: PlannedHandover, catalogue: Catalogue, plan: Plan
) -> None:
    # Only at the threshold: the paths that came later see the pattern in their own plan.
    others = await paths_stalled_like(session, path, _key(handover))
    if len(others) + 1 != catalogue.ladder(plan.day).pattern_count:
        return
    for other in others:
        await add_news(session, path.tenant_id, CLIENT_PATH, path_workflow_id(other), other)


def _key(handover: PlannedHandover) -> StallKey:
    assert handover.stalled_since is not None
    return StallKey(
        handover=handover.code,
        from_kind=handover.from_kind,
        to_kind=handover.to_kind,
        reason=handover.reason or "AGENCY_LATE",
        detail=handover.detail,
        since=handover.stalled_since,
    )
