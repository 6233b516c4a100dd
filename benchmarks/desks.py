"""What lies on the desks of a Kreis with many paths: plans, whose path it is, what stalls. Seeded.

Only for measurements: rows are written in bulk, past the ways that the product writes them. The paths: `records`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from benchmarks.records import NOW, SEED, Pattern
from process_models.plan import Plan
from store import tables
from store.account_tables import Account, Assignment
from store.accounts import Appointment, keep_account
from store.assignments import deputise
from store.calendar_tables import DeadlineDay
from store.database import Database
from store.plans import save_plan, show_in_lists

PATHS_EACH: Final = 150
"""Paths of one case manager."""
TODAY: Final = NOW.date()
_OF_NOBODY: Final = 0.05
_STALLS: Final = 0.08
_STALLED_BEFORE: Final = 0.3
_REASONS: Final = ("AGENCY_LATE", "DOC_MISSING", "NO_APPOINTMENT")
_CHUNK: Final = 2_000


async def furnish(database: Database, kinds: Sequence[Pattern], tenant: str, me: Appointment, times: int = 1) -> None:
    """Plans, assignments and stalls for every path that `records.fill` wrote; `me` is one of the case managers.

    There are as many of them as `times` times so many paths need: see `multiply`.
    """
    drawn = random.Random(SEED)
    async with database.transaction() as session:
        paths = await _paths(session, tenant)
        people = [await keep_account(session, me, NOW)]
        for number in range(len(paths) * times // PATHS_EACH):
            other = Appointment("bench", f"manager-{number}", f"Case Manager {number}", "case_manager", tenant)
            people.append(await keep_account(session, other, NOW))
        await deputise(session, tenant, people[0].id, people[1].id, (TODAY, TODAY + timedelta(days=14)))
    for start in range(0, len(paths), _CHUNK):
        part = paths[start : start + _CHUNK]
        async with database.transaction() as session:
            await _plans(session, kinds, part, drawn)
            rows = [row for path in part for row in _assigned(path, people, drawn)]
            await session.execute(insert(Assignment), [row.model_dump() for row in rows])
            stalls = [row for path in part for row in _stalled(path, kinds, drawn)]
            await session.execute(insert(tables.StallNote), [row.model_dump() for row in stalls])


async def _paths(session: AsyncSession, tenant: str) -> list[tables.Path]:
    query = select(tables.Path).where(col(tables.Path.tenant_id) == tenant)
    return list(await session.scalars(query.order_by(col(tables.Path.case_number))))


async def _plans(
    session: AsyncSession, kinds: Sequence[Pattern], paths: list[tables.Path], drawn: random.Random
) -> None:
    for path in paths:
        plan: Plan = _pattern(kinds, path).plan
        await save_plan(session, path.id, 0, plan.model_copy(update={"day": TODAY}), NOW)
    await session.flush()
    for path in paths:
        row = await session.get(tables.PlanRow, path.id)
        assert row is not None  # saved above
        late = drawn.random() < _STALLS
        if row.next_due:
            due = TODAY + timedelta(days=drawn.randint(-20, 200))
            await show_in_lists(session, (path.id,), due, row.waits_for)
        row.stalled_since = TODAY - timedelta(days=drawn.randint(1, 120)) if late else None
    await session.flush()
    session.expunge_all()


def _pattern(kinds: Sequence[Pattern], path: tables.Path) -> Pattern:
    return kinds[int(path.case_number.removeprefix("KIM-")) % len(kinds)]


def _assigned(path: tables.Path, people: Sequence[Account], drawn: random.Random) -> Iterator[Assignment]:
    """Who has it, and whoever had it before."""
    begun = TODAY - timedelta(days=drawn.randint(30, 900))
    moved = begun + timedelta(days=10)
    given: dict[str, Any] = {"tenant_id": path.tenant_id, "path_id": path.id, "created_at": NOW}
    yield Assignment(account_id=drawn.choice(people).id, since=begun, until=moved, **given)
    if drawn.random() > _OF_NOBODY:
        yield Assignment(account_id=drawn.choice(people).id, since=moved + timedelta(days=1), **given)


def _stalled(path: tables.Path, kinds: Sequence[Pattern], drawn: random.Random) -> Iterator[tables.StallNote]:
    """At most one open stall, at a handover of the path, and one of the past."""
    for handover in _pattern(kinds, path).plan.handovers[:1]:
        for share, ended in ((_STALLS, None), (_STALLED_BEFORE, TODAY - timedelta(days=drawn.randint(1, 300)))):
            if drawn.random() < share:
                yield tables.StallNote(
                    tenant_id=path.tenant_id,
                    path_id=path.id,
                    handover=handover.code,
                    from_kind=handover.from_kind,
                    to_kind=handover.to_kind,
                    reason=drawn.choice(_REASONS),
                    since=(ended or TODAY) - timedelta(days=drawn.randint(1, 120)),
                    ended_on=ended,
                )


COPIED: Final = (tables.Path, tables.PlanRow, tables.Handover, tables.Task, tables.StallNote, Assignment, DeadlineDay)
"""What lists and counts read of a path; its facts and mails are not copied."""


async def multiply(database: Database, times: int) -> None:
    """Makes of every path `times` paths for lists and counts: copies inside the database, with other ids."""
    async with database.transaction() as session:
        for number in range(1, times):
            for table in COPIED:
                await _copy(session, table, f"-{number}")


async def _copy(session: AsyncSession, kind: type[tables.Record], mark: str) -> None:
    table: Table = kind.__table__  # type: ignore[attr-defined]
    changed = {"id", "path_id", "case_number"} & set(table.columns.keys())
    columns = [(one.name, one.concat(mark) if one.name in changed else one) for one in table.columns]
    first = table.c["path_id" if "path_id" in changed else "id"]
    rows = select(*(value for _, value in columns)).where(func.length(first) == literal(len(UUID(int=0).hex)))
    await session.execute(insert(table).from_select([name for name, _ in columns], rows))
