"""Counting the event log: how often what happened at which interface, in one query a period. No path is named.

What the counts mean, and which of them may be shown, says `process_models.interface_review`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Counted, Interface
from process_models.interface_split import Part
from process_models.names import BODY_KINDS
from process_models.quarters import first_day, last_day, of_year
from store.scope import Scope
from store.tables import BodyItem, PathEvent, Resolution

_INTERFACE = (col(PathEvent.code), col(PathEvent.from_kind), col(PathEvent.to_kind))
_PARTS: Final[Mapping[str, Any]] = {"agency": col(PathEvent.agency), "place": col(PathEvent.place)}
_SPLIT = (col(PathEvent.reason), col(PathEvent.level))
_COUNTED = (
    *("handover_offered", "handover_received", "handover_accepted", "handover_refused", "handover_forwarded"),
    *("handover_completed", "stall_reason_given", "escalated", "gap_ended"),
)
_OF_A_YEAR = (
    *("handover_offered", "handover_accepted", "handover_forwarded", "handover_completed"),
    *("stall_reason_given", "gap_ended"),
)


async def count_quarters(
    session: AsyncSession,
    scope: Scope,
    quarters: range,
    *,
    part: Part | None = None,
    only: Interface | None = None,
) -> list[Counted]:
    """What happened at every interface in each of these quarters, as far as the caller may review it.

    True counts, not to be shown as they are. `part`: also by agency and place, working days of this part alone.
    `only`: at this interface alone.
    """
    more = {"working_days": _of(part, col(PathEvent.working_days)), **(_PARTS if part else {})}
    return await _counted(session, scope, quarters, more, [col(PathEvent.activity).in_(_COUNTED), *_at(only)])


async def count_interfaces_of_year(session: AsyncSession, scope: Scope, number: int) -> list[Counted]:
    """What the yearly figures tell of interfaces, by agency and place, in each quarter of the year.

    As `count_quarters`, and also at no interface (empty codes), such as a gap while no handover lay anywhere. Without
    working days, each of which would be a group: a year tells how often, not how long.
    """
    return await _counted(session, scope, of_year(number), _PARTS, [col(PathEvent.activity).in_(_OF_A_YEAR)])


async def _counted(
    session: AsyncSession,
    scope: Scope,
    quarters: range,
    more: Mapping[str, Any],
    where: Sequence[ColumnElement[bool]],
) -> list[Counted]:
    """`more`: columns by which else, under the names that `Counted` has for them."""
    if not quarters:
        return []
    by = (col(PathEvent.activity), *_INTERFACE, *_SPLIT, *more.values())
    days = [(first_day(quarter), last_day(quarter)) for quarter in quarters]
    each = [col(PathEvent.happened_on).between(*both) for both in days]
    counts = [func.count().filter(one) for one in each]
    sums = [func.sum(col(PathEvent.days)).filter(one) for one in each]
    query = (
        select(*by, *counts, *sums)
        .where(
            scope.events(),
            col(PathEvent.happened_on).between(days[0][0], days[-1][1]),
            *where,
        )
        .group_by(*by)
    )
    found: list[Counted] = []
    for activity, code, sender, receiver, reason, level, *rest in await session.execute(query):
        told, measured = dict(zip(more, rest, strict=False)), rest[len(more) :]
        interface = Interface(code, sender, receiver)
        found += [
            Counted(interface, activity, count, reason, level, days=length or 0, quarter=quarter, **told)
            for quarter, count, length in zip(quarters, measured[: len(days)], measured[len(days) :], strict=True)
            if count
        ]
    return found


def _of(part: Part | None, days: Any) -> Any:
    """The working days of the part alone, where one is asked for: those of all others would be many groups."""
    if part is None:
        return days
    return case((col(PathEvent.agency) == part.agency if part.agency else col(PathEvent.place) == part.place, days))


def _at(interface: Interface | None) -> list[ColumnElement[bool]]:
    if interface is None:
        return [col(PathEvent.code) != ""]
    wanted = (interface.code, interface.from_kind, interface.to_kind)
    return [column == value for column, value in zip(_INTERFACE, wanted, strict=True)]


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
