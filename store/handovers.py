"""Handovers of a path as rows; what may happen to one is decided by the rules on `work.HandoverItem`.

Readers in a writing transaction hold the lock of the path: an answer and an escalation cannot overwrite each other.
"""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.work import HandoverItem, HandoverState, Level, StallReason
from store.errors import HandoverNotFound
from store.scope import Scope
from store.tables import Handover, Path
from store.writing import lock_path

_DAYS = (
    "offered_on",
    "received_on",
    "accepted_on",
    "refused_on",
    "completed_on",
    "cancelled_on",
    "escalated_on",
    "answer_until",
)


async def get_handover(session: AsyncSession, handover_id: str, tenant_id: str | None) -> Handover:
    """The handover; its path is locked until the end of a writing transaction. `tenant_id` None = of any tenant.

    Errors: HandoverNotFound, also for a handover of another tenant.
    """
    row = await session.get(Handover, handover_id)
    if row is None or tenant_id not in (None, row.tenant_id):
        raise HandoverNotFound("Diese Übergabe gibt es nicht.", field="handover")
    await lock_path(session, row.path_id)
    await session.refresh(row)  # it may have changed while this transaction waited for its turn
    return row


async def find_handover(session: AsyncSession, path_id: str, code: str) -> Handover | None:
    """The latest handover of this code, or None; locks as `get_handover`."""
    await lock_path(session, path_id)
    query = select(Handover).where(col(Handover.path_id) == path_id, col(Handover.code) == code)
    latest = query.order_by(col(Handover.trigger_on).desc()).limit(1).execution_options(populate_existing=True)
    return (await session.scalars(latest)).first()


async def list_handovers(session: AsyncSession, path_id: str) -> list[Handover]:
    """All handovers of a path, the latest of each code last."""
    query = select(Handover).where(col(Handover.path_id) == path_id)
    ordered = query.order_by(col(Handover.trigger_on), col(Handover.created_at), col(Handover.code))
    return list(await session.scalars(ordered.execution_options(populate_existing=True)))


async def list_open_handovers(session: AsyncSession, tenant_id: str, to_agency: str | None = None) -> list[Handover]:
    """Handovers of a tenant that somebody must still answer or finish, the oldest first."""
    query = select(Handover).where(
        col(Handover.tenant_id) == tenant_id, col(Handover.state).in_(("offered", "received", "accepted"))
    )
    if to_agency is not None:
        query = query.where(col(Handover.to_agency) == to_agency)
    return list(await session.scalars(query.order_by(col(Handover.offered_on), col(Handover.id))))


async def list_visible_handovers(session: AsyncSession, scope: Scope) -> list[tuple[Handover, str]]:
    """What a clerk sees: the open handovers to their agency with the case number, the oldest first."""
    query = select(Handover, col(Path.case_number)).join(Path, col(Path.id) == col(Handover.path_id))
    ordered = query.where(scope.handovers()).order_by(col(Handover.offered_on), col(Handover.id))
    return [(handover, number) for handover, number in await session.execute(ordered)]


def item_of(row: Handover) -> HandoverItem:
    """The row as the rules see it."""
    return HandoverItem(
        code=row.code,
        trigger_on=row.trigger_on,
        from_kind=row.from_kind,
        to_kind=row.to_kind,
        state=cast(HandoverState, row.state),
        reason=cast(StallReason | None, row.reason),
        detail=row.detail,
        level=cast(Level, row.level),
        offers=row.offers,
        members=tuple(row.members.split()),
        **{day: getattr(row, day) for day in _DAYS},
    )


async def save_item(session: AsyncSession, path: Path, item: HandoverItem, to_agency: str) -> Handover:
    """Writes the item as the row of its code and trigger; every write counts `version` up."""
    await lock_path(session, path.id)
    row = await _row_of(session, path.id, item) or Handover(
        tenant_id=path.tenant_id,
        path_id=path.id,
        code=item.code,
        trigger_on=item.trigger_on,
        from_kind=item.from_kind,
        to_kind=item.to_kind,
        state=item.state,
    )
    for name, value in _columns(item, to_agency or row.to_agency).items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    await session.flush()
    return row


async def _row_of(session: AsyncSession, path_id: str, item: HandoverItem) -> Handover | None:
    query = select(Handover).where(
        col(Handover.path_id) == path_id,
        col(Handover.code) == item.code,
        col(Handover.trigger_on) == item.trigger_on,
    )
    return (await session.scalars(query)).one_or_none()


def _columns(item: HandoverItem, to_agency: str) -> dict[str, Any]:
    names = ("from_kind", "to_kind", "state", "reason", "detail", "level", "offers")
    plain = {name: getattr(item, name) for name in names}
    days = {day: getattr(item, day) for day in _DAYS}
    return {**plain, **days, "members": " ".join(item.members), "to_agency": to_agency}


async def find_handover_of_trigger(session: AsyncSession, path_id: str, code: str, trigger_on: date) -> Handover | None:
    """The handover of this code and this trigger, or None; locks as `get_handover`."""
    await lock_path(session, path_id)
    query = select(Handover).where(
        col(Handover.path_id) == path_id, col(Handover.code) == code, col(Handover.trigger_on) == trigger_on
    )
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
