"""The event log of paths and bodies: what happened when, in codes, for figures and export.

Written in the transaction in which it happens; a row is never changed. Personal data and free text never enter.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.calendars import WorkingDay
from process_models.events import Activity, Happened, handover_events, plan_events
from process_models.interface_review import Interface
from process_models.plan import Plan
from process_models.waits import ENDED_BY, WaitStep
from process_models.work import HandoverItem
from store.handovers import find_handover_of_trigger, item_of, save_item
from store.need_tables import Need
from store.plans import get_plan, plan_of, save_plan
from store.tables import BodyItem, Handover, Path, PathEvent
from store.writing import lock_name, lock_path


async def keep_handover(
    session: AsyncSession, path: Path, item: HandoverItem, to_agency: str, at: WorkingDay
) -> Handover:
    """Writes the item (see `save_item`) and the events that tell it from what the row said before."""
    row = await find_handover_of_trigger(session, path.id, item.code, item.trigger_on)
    before = item_of(row) if row is not None else None
    kept = await save_item(session, path, item, to_agency)
    for event in handover_events(before, item, at):
        session.add(_row(path, event, handover_id=kept.id, agency=kept.to_agency))
    return kept


async def keep_plan(session: AsyncSession, path: Path, facts_version: int, plan: Plan, now: datetime) -> bool:
    """Keeps a plan (see `save_plan`) and the events since the plan before; False if a newer one is there."""
    await lock_path(session, path.id)
    row = await get_plan(session, path.id)
    before = plan_of(row) if row is not None else None
    if not await save_plan(session, path.id, facts_version, plan, now):
        return False
    for event in plan_events(before, plan):
        session.add(_row(path, await _interface_of_gap(session, path, event)))
    return True


def note_end_of_path(session: AsyncSession, path: Path, on: date) -> None:
    """The path has ended."""
    session.add(_row(path, Happened("path_ended", on)))


@dataclass(frozen=True, slots=True)
class OtherWaits:
    """So many ends of a step at an interface on a day, each after so many working days, of other paths."""

    interface: Interface
    on: date
    working_days: int
    count: int
    step: WaitStep = "answer"
    offered_on: date | None = None
    """Of an answer; None = of offers nothing is noted."""


async def note_waits(session: AsyncSession, tenant_id: str, waits: OtherWaits) -> None:
    """Events without a path, for what is usual and for figures. Repeating it adds nothing."""
    await lock_name(session, f"waits:{tenant_id}")
    at = waits.interface
    columns: dict[str, Any] = {"code": at.code, "from_kind": at.from_kind, "to_kind": at.to_kind}
    columns["tenant_id"] = tenant_id
    ended: dict[str, Any] = {"activity": ENDED_BY[waits.step][0], "happened_on": waits.on}
    ended["working_days"] = waits.working_days
    there = select(func.count()).select_from(PathEvent).where(col(PathEvent.path_id).is_(None))
    known = await session.scalar(there.filter_by(**columns, **ended)) or 0
    for _ in range(waits.count - known):
        session.add(PathEvent(**columns, **ended))
        if waits.step == "answer" and waits.offered_on is not None:
            session.add(PathEvent(**columns, activity="handover_offered", happened_on=waits.offered_on))
    await session.flush()


def note_item(session: AsyncSession, item: BodyItem, activity: Activity, on: date, working_days: int | None) -> None:
    """Something happened to an item on the agenda of a body. `working_days`: since it was raised."""
    session.add(
        PathEvent(
            tenant_id=item.tenant_id,
            activity=activity,
            happened_on=on,
            code=item.handover,
            from_kind=item.from_kind,
            to_kind=item.to_kind,
            reason=item.reason,
            detail=item.detail or "",
            working_days=working_days,
            body_item_id=item.id,
        )
    )


def note_need(session: AsyncSession, path: Path, need: Need, activity: Activity, on: date, *, agency: str = "") -> None:
    """Something happened to a need: its kind, the reason where it could not be met, days since it was recorded."""
    days = (on - need.since).days if activity != "need_recorded" else None
    event = Happened(activity, on, need.kind, reason=need.reason, days=days)
    row = _row(path, event, agency=agency)
    row.place = need.place
    session.add(row)


async def _interface_of_gap(session: AsyncSession, path: Path, event: Happened) -> Happened:
    """A gap ends at the interface at which it began: who took over meanwhile waits for nobody any more."""
    if event.activity != "gap_ended" or event.code:
        return event
    begun = (
        select(PathEvent)
        .where(col(PathEvent.path_id) == path.id, col(PathEvent.activity) == "gap_started")
        .where(col(PathEvent.happened_on) <= event.on)
        .order_by(col(PathEvent.happened_on).desc(), col(PathEvent.id).desc())
    )
    row = (await session.scalars(begun.limit(1))).first()
    return replace(event, code=row.code, from_kind=row.from_kind, to_kind=row.to_kind) if row is not None else event


def _row(path: Path, event: Happened, handover_id: str | None = None, agency: str = "") -> PathEvent:
    columns = asdict(event)
    on = columns.pop("on")
    return PathEvent(
        tenant_id=path.tenant_id,
        path_id=path.id,
        handover_id=handover_id,
        agency=agency,
        place=path.current_place,
        happened_on=on,
        **columns,
    )
