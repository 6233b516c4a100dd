"""Counting the event log: how often what happened at which interface, in one query a period. No path is named.

What the counts mean, and which of them may be shown, says `process_models.interface_review`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Counted, Interface
from process_models.interface_split import Part
from process_models.names import BODY_KINDS
from process_models.quarters import first_day, last_day
from store.scope import Scope
from store.tables import BodyItem, PathEvent, Resolution

_INTERFACE = (col(PathEvent.code), col(PathEvent.from_kind), col(PathEvent.to_kind))
_PARTS = (col(PathEvent.agency), col(PathEvent.place))
_SPLIT = (col(PathEvent.reason), col(PathEvent.level))
_DAYS = (col(PathEvent.working_days), col(PathEvent.days))
_COUNTED = (
    *("handover_offered", "handover_received", "handover_accepted", "handover_refused", "handover_forwarded"),
    *("handover_completed", "stall_reason_given", "escalated", "gap_ended"),
)


async def count_quarters(
    session: AsyncSession,
    scope: Scope,
    quarters: range,
    *,
    part: Part | None = None,
    everywhere: bool = False,
    only: Interface | None = None,
) -> list[Counted]:
    """What happened at every interface in each of these quarters, as far as the caller may review it.

    True counts, not to be shown as they are. `part`: also by agency and place, with the days of this part alone.
    `everywhere`: also what happened at no interface (empty codes), such as a gap while no handover lay anywhere.
    `only`: at this interface alone.
    """
    if not quarters:
        return []
    by = (col(PathEvent.activity), *_INTERFACE, *_SPLIT, *_days(part), *(_PARTS if part else ()))
    days = [(first_day(quarter), last_day(quarter)) for quarter in quarters]
    each = [func.count().filter(col(PathEvent.happened_on).between(*both)) for both in days]
    query = (
        select(*by, *each)
        .where(
            scope.events(),
            col(PathEvent.happened_on).between(days[0][0], days[-1][1]),
            col(PathEvent.activity).in_(_COUNTED),
            *_where(everywhere=everywhere, only=only),
        )
        .group_by(*by)
    )
    found = (await session.execute(query)).all()
    return [one for row in found for one in _by_quarter(tuple(row), len(by), quarters)]


def _days(part: Part | None) -> tuple[Any, ...]:
    """Working days and days; where a part is asked for, its own alone: those of all others would be many groups."""
    if part is None:
        return _DAYS
    own = col(PathEvent.agency) == part.agency if part.agency else col(PathEvent.place) == part.place
    return tuple(case((own, days)) for days in _DAYS)


def _where(*, everywhere: bool, only: Interface | None) -> list[ColumnElement[bool]]:
    if only is not None:
        wanted = (only.code, only.from_kind, only.to_kind)
        return [column == value for column, value in zip(_INTERFACE, wanted, strict=True)]
    return [] if everywhere else [col(PathEvent.code) != ""]


def _by_quarter(row: tuple[Any, ...], names: int, quarters: range) -> Iterator[Counted]:
    activity, code, sender, receiver, reason, level, working_days, days, *part = row[:names]
    agency, place = part or ("", "")
    interface = Interface(code, sender, receiver)
    for quarter, count in zip(quarters, row[names:], strict=True):
        if count:
            yield Counted(interface, activity, count, reason, level, working_days, days, quarter, agency, place)


async def first_event_day(session: AsyncSession, scope: Scope) -> date | None:
    """The day of the first path that was opened; None if none was."""
    opened = select(func.min(col(PathEvent.happened_on))).where(
        scope.events(), col(PathEvent.activity) == "path_opened"
    )
    return await session.scalar(opened)


async def decided_days(session: AsyncSession, scope: Scope, interface: Interface) -> list[tuple[str, date]]:
    """Body and day from which it holds, of every adopted decision about an interface that the caller may see."""
    kinds = [kind for kind in BODY_KINDS if scope.sits_in(kind)]
    day = func.coalesce(col(Resolution.valid_from), col(Resolution.decided_on))
    query = (
        select(col(Resolution.body), day)
        .join(BodyItem, col(BodyItem.id) == col(Resolution.item_id))
        .where(
            col(BodyItem.tenant_id) == scope.tenant_id,
            col(BodyItem.handover) == interface.code,
            col(BodyItem.from_kind) == interface.from_kind,
            col(BodyItem.to_kind) == interface.to_kind,
            col(Resolution.decision) == "adopt",
            col(Resolution.body).in_(kinds),
        )
        .order_by(day)
    )
    return [(body, on) for body, on in (await session.execute(query)).all()]
