"""Reading the event log whole: the traces of paths and of items of bodies, a batch at a time, for export.

Rows as they are; pseudonyms and what is left out are the business of who writes them to a file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from store.tables import BodyItem, Path, PathEvent, Tenant

KINDS: Final = ("path", "body_item")
"""What a trace belongs to."""
_BATCH: Final = {"path": 200, "body_item": 5_000}
"""Traces that are read at once: those of items are short."""
_KEYS: Final = 10_000
"""Ids that are read at once."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: of one tenant or (None) of every real one, between two days, both included."""

    tenant_id: str | None
    since: date
    until: date


class LoggedEvent(NamedTuple):
    """A row of the event log as it is exported."""

    anchor: str
    handover_id: str | None
    happened_on: date
    activity: str
    code: str
    from_kind: str
    to_kind: str
    agency: str
    place: str
    reason: str
    detail: str
    level: str
    working_days: int | None
    days: int | None


async def trace_ids(session: AsyncSession, kind: str, chosen: Selection) -> list[bytes]:
    """The ids (16 bytes each, to keep many of them) of the paths or items; some may have no event in the period."""
    owner = col(Path.id) if kind == "path" else col(BodyItem.id)
    tenant = col(Path.tenant_id) if kind == "path" else col(BodyItem.tenant_id)
    found, last = list[bytes](), ""
    while True:
        query = select(owner).where(_of_tenant(tenant, chosen), owner > last).order_by(owner).limit(_KEYS)
        keys = list(await session.scalars(query))
        found += map(bytes.fromhex, keys)
        if len(keys) < _KEYS:
            return found
        last = keys[-1]


async def stream_traces(
    session: AsyncSession, kind: str, ids: Sequence[bytes], chosen: Selection
) -> AsyncIterator[list[LoggedEvent]]:
    """The chosen events of each path or item, in the order of `ids`; inside by day, then in the order of writing."""
    anchor = col(PathEvent.path_id) if kind == "path" else col(PathEvent.body_item_id)
    columns = [anchor, *(getattr(PathEvent, name) for name in LoggedEvent._fields[1:])]
    # The tenant is that of the ids: asked for again, it would lure SQLite away from the index of the paths.
    query = select(*columns).where(col(PathEvent.happened_on).between(chosen.since, chosen.until))
    query = query.order_by(anchor, col(PathEvent.happened_on), col(PathEvent.id))
    for start in range(0, len(ids), _BATCH[kind]):
        batch = [each.hex() for each in ids[start : start + _BATCH[kind]]]
        rows = await session.execute(query.where(anchor.in_(batch)))
        events = map(LoggedEvent._make, rows)
        traces = {key: list(trace) for key, trace in groupby(events, key=attrgetter("anchor"))}
        for key in batch:
            if key in traces:
                yield traces[key]


async def count_paths(
    session: AsyncSession, columns: Sequence[str], chosen: Selection, activities: Sequence[str] = ()
) -> dict[tuple[str, ...], int]:
    """How many paths share each combination of values of these columns (no empty ones); of these activities, or all."""
    named = [getattr(PathEvent, name) for name in columns]
    query = select(*named, func.count(col(PathEvent.path_id).distinct())).where(
        col(PathEvent.happened_on).between(chosen.since, chosen.until),
        _of_tenant(col(PathEvent.tenant_id), chosen),
        *(column != "" for column in named),
    )
    if activities:
        query = query.where(col(PathEvent.activity).in_(activities))
    return {tuple(row[:-1]): row[-1] for row in await session.execute(query.group_by(*named))}


def _of_tenant(column: Mapped[str], chosen: Selection) -> ColumnElement[bool]:
    if chosen.tenant_id is not None:
        return column == chosen.tenant_id
    return column.in_(select(col(Tenant.id)).where(col(Tenant.simulated).is_(False)))
