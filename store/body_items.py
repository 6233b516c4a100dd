"""Agendas of the bodies, and the stalls that make patterns: interfaces, reasons and counts, never persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.names import BodyKind
from process_models.work import SimilarStall, StallReason
from store.events import note_item
from store.tables import BodyItem, BodyItemPath, Resolution, StallNote, Tenant
from store.writing import days_before, insert_unless_there, lock_name, lock_path

_MEMORY_DAYS: Final = 400
"""Ended stalls count as similar for so long; the window of a pattern is shorter and stands in the ladder."""
_NAMES: Final = ("handover", "from_kind", "to_kind", "reason", "detail")
_ALIKE: Final = tuple(col(getattr(StallNote, name)) for name in _NAMES)
"""What makes two stalls alike."""


@dataclass(frozen=True, slots=True)
class NewBodyItem:
    """An interface and a reason that a body shall look at. `path_id` = the path that it counts, if any."""

    tenant_id: str
    key: str
    body: str
    handover: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None
    cause: str
    raised_on: date
    path_count: int = 1
    path_id: str | None = None
    why: Mapping[str, int | str] = field(default_factory=dict)
    """The figures that raised it: see `process_models.reasons`."""


@dataclass(frozen=True, slots=True)
class NewStall:
    """A stall at an interface. Without `path_id`: so many stalls outside these records (`count`)."""

    tenant_id: str
    handover: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None
    since: date
    path_id: str | None = None
    count: int = 1


async def put_on_agenda(session: AsyncSession, new: NewBodyItem) -> BodyItem:
    """Puts an item on the agenda; one open row a key of the tenant, a further path is counted on the same item.

    What stalls again after the body has decided is an item of its own, unless it is the same path telling it again.
    """
    await lock_name(session, f"agenda:{new.tenant_id}:{new.key}")
    item = await _item_of_key(session, new) or await _new_item(session, new)
    if new.path_id is not None:
        await insert_unless_there(session, BodyItemPath(item_id=item.id, path_id=new.path_id), "item_id", "path_id")
    linked = await session.scalar(select(func.count()).where(col(BodyItemPath.item_id) == item.id))
    item.path_count = max(item.path_count, new.path_count, linked or 0)
    await session.flush()
    return item


async def _item_of_key(session: AsyncSession, new: NewBodyItem) -> BodyItem | None:
    """The item that this path is counted on already, else the open one."""
    keys = or_(col(BodyItem.key) == new.key, col(BodyItem.key).startswith(f"{new.key}#", autoescape=True))
    query = select(BodyItem).where(col(BodyItem.tenant_id) == new.tenant_id, keys)
    found = list(await session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    counted = select(col(BodyItemPath.item_id)).where(col(BodyItemPath.path_id) == new.path_id)
    mine = set(await session.scalars(counted)) if new.path_id is not None else set()
    told = [item for item in found if item.id in mine and item.raised_on >= new.raised_on]
    still_open = [item for item in found if item.state == "open"]
    return next(iter((*still_open, *told)), None)


async def _new_item(session: AsyncSession, new: NewBodyItem) -> BodyItem:
    keys = or_(col(BodyItem.key) == new.key, col(BodyItem.key).startswith(f"{new.key}#", autoescape=True))
    earlier = await session.scalar(select(func.count()).where(col(BodyItem.tenant_id) == new.tenant_id, keys))
    columns = asdict(new)
    columns.pop("path_id")
    item = BodyItem(**{**columns, "key": f"{new.key}#{earlier + 1}" if earlier else new.key})
    session.add(item)
    await session.flush()
    note_item(session, item, "item_raised", new.raised_on, None)
    return item


async def before_bodies(session: AsyncSession, path_id: str) -> tuple[frozenset[str], frozenset[str]]:
    """What of this path lies or lay before a body (`verfahren:H01`), and what was resolved about it.

    A resolution is `lenkung:H01:adopt:2022-05-18`: body, handover, decision, day.
    """
    return (await before_bodies_of(session, [path_id]))[path_id]


async def before_bodies_of(
    session: AsyncSession, path_ids: Sequence[str]
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """As `before_bodies`, for many paths at once."""
    columns = (col(BodyItemPath.path_id), col(BodyItem.body), col(BodyItem.handover))
    found = await session.execute(
        select(*columns, col(Resolution.decision), col(Resolution.decided_on))
        .join(BodyItem, col(BodyItemPath.item_id) == col(BodyItem.id))
        .outerjoin(Resolution, col(Resolution.item_id) == col(BodyItem.id))
        .where(col(BodyItemPath.path_id).in_(path_ids))
    )
    agenda: dict[str, set[str]] = {path_id: set() for path_id in path_ids}
    resolved: dict[str, set[str]] = {path_id: set() for path_id in path_ids}
    for path_id, body, code, decision, on in found:
        agenda[path_id].add(f"{body}:{code}")
        if decision:
            resolved[path_id].add(f"{body}:{code}:{decision}:{on.isoformat()}")
    return {path_id: (frozenset(agenda[path_id]), frozenset(resolved[path_id])) for path_id in path_ids}


async def note_stall(session: AsyncSession, new: NewStall) -> StallNote:
    """Notes a stall: one open note a path and handover, whose reason may become clearer; the same note again is one."""
    if new.path_id is None:
        await lock_name(session, f"stall:{new.tenant_id}")
    else:
        await lock_path(session, new.path_id)
    row = (await session.scalars(_same_stall(new))).first()
    if row is None:
        row = StallNote(**asdict(new))
    row.reason, row.detail, row.count = new.reason, new.detail, new.count
    session.add(row)
    await session.flush()
    return row


async def end_stall(session: AsyncSession, path_id: str, handover: str, on: date) -> None:
    """The stall of this path at this handover is over."""
    await session.execute(
        update(StallNote)
        .where(
            col(StallNote.path_id) == path_id, col(StallNote.handover) == handover, col(StallNote.ended_on).is_(None)
        )
        .values(ended_on=on)
    )


@dataclass(frozen=True, slots=True)
class StallsOfTenant:
    """The stalls of a tenant and of outside counts that make patterns, read and added up once."""

    all_paths: Counter[SimilarStall]
    by_path: dict[str, Counter[SimilarStall]]

    def similar(self, path_id: str) -> tuple[SimilarStall, ...]:
        """Those of other paths; see `similar_stalls`."""
        own = self.by_path.get(path_id, Counter())
        others = ((stall, count - own[stall]) for stall, count in self.all_paths.items())
        return tuple(replace(stall, count=count) for stall, count in others if count)


async def stalls_of(session: AsyncSession, tenant_id: str) -> StallsOfTenant:
    """Open stalls, and ended ones not older than a year or so before the tenant's newest.

    A pattern of delays that always end is a pattern too.
    """
    query = select(col(StallNote.path_id), col(StallNote.id), *_ALIKE, col(StallNote.since), col(StallNote.count))
    ordered = query.where(*_remembered(session, tenant_id)).order_by(col(StallNote.since), col(StallNote.id))
    return _added_up(_Noted(*row) for row in await session.execute(ordered))


async def similar_stalls(session: AsyncSession, tenant_id: str, path_id: str) -> tuple[SimilarStall, ...]:
    """Stalls of other paths of the tenant and of outside counts, added up by interface, reason and day.

    A path that stalls twice in the same way counts once, with its latest day. The database adds up: every plan asks.
    """
    others = or_(col(StallNote.path_id).is_(None), col(StallNote.path_id) != path_id)
    each = (
        select(*_ALIKE, func.max(col(StallNote.since)).label("since"), func.max(col(StallNote.count)).label("paths"))
        .where(*_remembered(session, tenant_id), others)
        .group_by(func.coalesce(col(StallNote.path_id), col(StallNote.id)), *_ALIKE)
        .subquery()
    )
    parts = (*(each.c[name] for name in _NAMES), each.c.since)
    counted = await session.execute(select(*parts, func.sum(each.c.paths)).group_by(*parts))
    rows: Iterable[Any] = counted.all()
    return tuple(SimilarStall(*row) for row in rows)


def _remembered(session: AsyncSession, tenant_id: str) -> tuple[ColumnElement[bool], ...]:
    """Open ones, and ended ones that are not too old."""
    newest = select(func.max(col(StallNote.since))).where(col(StallNote.tenant_id) == tenant_id)
    young = col(StallNote.since) >= days_before(session, newest.scalar_subquery(), _MEMORY_DAYS)
    return col(StallNote.tenant_id) == tenant_id, or_(col(StallNote.ended_on).is_(None), young)


def _same_stall(new: NewStall) -> Select[StallNote]:
    query = select(StallNote).where(
        col(StallNote.tenant_id) == new.tenant_id,
        col(StallNote.handover) == new.handover,
        col(StallNote.ended_on).is_(None),
    )
    if new.path_id is not None:
        return query.where(col(StallNote.path_id) == new.path_id)
    return query.where(
        col(StallNote.path_id).is_(None),
        col(StallNote.reason) == new.reason,
        col(StallNote.detail).is_not_distinct_from(new.detail),
        col(StallNote.since) == new.since,
    )


class _Noted(NamedTuple):
    """A note as it is read for adding up; whole rows would cost more than the plan that asks."""

    path_id: str | None
    id: str
    handover: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None
    since: date
    paths: int


def _added_up(notes: Iterable[_Noted]) -> StallsOfTenant:
    """A path that stalls twice in the same way counts once, with its latest day."""
    latest = {(note.path_id or note.id, note[2:7]): note for note in notes}
    found = StallsOfTenant(Counter(), {})
    for note in latest.values():
        reason = cast(StallReason, note.reason)
        stall = SimilarStall(note.handover, note.from_kind, note.to_kind, reason, note.detail, note.since)
        found.all_paths[stall] += note.paths
        if note.path_id is not None:
            found.by_path.setdefault(note.path_id, Counter())[stall] += note.paths
    return found


async def open_stalls(session: AsyncSession, path_id: str) -> list[StallNote]:
    """The open stall notes of a path."""
    query = select(StallNote).where(col(StallNote.path_id) == path_id, col(StallNote.ended_on).is_(None))
    return list(await session.scalars(query))


async def paths_stalled_like(session: AsyncSession, new: NewStall) -> list[str]:
    """The other paths of the tenant that stall at the same interface for the same reason now."""
    query = select(col(StallNote.path_id)).where(
        col(StallNote.tenant_id) == new.tenant_id,
        col(StallNote.handover) == new.handover,
        col(StallNote.reason) == new.reason,
        col(StallNote.ended_on).is_(None),
        col(StallNote.path_id).is_not(None),
        col(StallNote.path_id) != new.path_id,
    )
    return sorted({path_id for path_id in await session.scalars(query) if path_id})


async def bodies_with_open_items(session: AsyncSession) -> list[tuple[str, BodyKind]]:
    """Real tenants and their bodies that have something on the agenda."""
    query = (
        select(col(BodyItem.tenant_id), col(BodyItem.body))
        .join(Tenant, col(Tenant.id) == col(BodyItem.tenant_id))
        .where(col(BodyItem.state) == "open", col(Tenant.simulated).is_(False))
        .distinct()
    )
    return [(tenant_id, cast(BodyKind, body)) for tenant_id, body in await session.execute(query)]
