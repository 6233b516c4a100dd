"""Stalls in the records: which interface of a path is stuck, since when and why, so that patterns can be found.

Called inside a planning transaction; sends nothing itself.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.catalogue import Catalogue
from process_models.names import CLIENT_PATH, path_workflow_id, rule_code
from process_models.plan import Plan, PlannedHandover
from store.body_items import NewStall, end_stall, note_stall, open_stalls, paths_stalled_like
from store.outbox import add_news
from store.tables import Path


async def note_stalls(session: AsyncSession, path: Path, plan: Plan, catalogue: Catalogue) -> None:
    """Keeps the stall notes of a path in line with its plan; wakes the other paths when a pattern is complete."""
    stalled = _stalled(plan)
    threshold = catalogue.ladder_of(path.municipality, plan.day).pattern_count
    noted = {note.handover: note for note in await open_stalls(session, path.id)}
    for code in noted.keys() - stalled.keys():
        await end_stall(session, path.id, code, plan.day)
    for code, handover in stalled.items():
        stall = _stall(path, handover)
        before = noted.get(code)
        if before is None or (before.reason, before.detail) != (stall.reason, stall.detail):
            await note_stall(session, stall)
            await _wake_others_at_threshold(session, path, stall, threshold)


def _stalled(plan: Plan) -> dict[str, PlannedHandover]:
    """The longest stall of each handover, whoever of the household it is about: a stall tells of an interface."""
    found: dict[str, PlannedHandover] = {}
    for handover in plan.handovers:
        if handover.stalled_since is None:
            continue
        code = rule_code(handover.code)
        longest = found.get(code)
        if longest is None or (longest.stalled_since or date.max) > handover.stalled_since:
            found[code] = handover
    return found


async def _wake_others_at_threshold(session: AsyncSession, path: Path, stall: NewStall, threshold: int) -> None:
    # Only at the threshold: the paths that come later see the pattern in their own plan.
    others = await paths_stalled_like(session, stall)
    if len(others) + 1 != threshold:
        return
    for other in others:
        await add_news(session, path.tenant_id, CLIENT_PATH, path_workflow_id(other), other)


def _stall(path: Path, handover: PlannedHandover) -> NewStall:
    assert handover.stalled_since is not None
    return NewStall(
        tenant_id=path.tenant_id,
        handover=rule_code(handover.code),
        from_kind=handover.from_kind,
        to_kind=handover.to_kind,
        reason=handover.reason or "AGENCY_LATE",
        detail=handover.detail,
        since=handover.stalled_since,
        path_id=path.id,
    )
