"""The deadline calendar: the days of every path's last plan, kept with the plan, listed through a scope.

How a day is computed stands in the rules; here are only the days that lists need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.facts import CLIENT
from process_models.names import CASE_MANAGER
from process_models.plan import Plan, PlannedDeadline
from store.calendar_tables import DeadlineDay
from store.scope import Scope
from store.tables import Path

_LAW: Final = re.compile(r"\b(SGB [IVX]+|[A-ZÄÖÜ][\wÄÖÜäöüß]*(?:G|V|O|GB))\b")
_OWN: Final = (CLIENT, CASE_MANAGER, "coordinator", "")


@dataclass(frozen=True, slots=True)
class WantedDays:
    """Which days: from and until (both counted), of one agency kind, law or place. Empty = no limit."""

    until: date
    since: date | None = None
    agency: str = ""
    law: str = ""
    place: str = ""
    page: int = 0
    limit: int = 100


def law_of(statute: str) -> str:
    """The law that a statute stands in, as it is cited: `AufenthG`, `SGB X`; empty where none is named."""
    found = _LAW.findall(statute)
    return str(found[-1]) if found else ""


async def keep_days(session: AsyncSession, path_id: str, plan: Plan, now: datetime) -> None:
    """Keeps the days of this plan; a day that has not moved keeps the moment at which it was set."""
    wanted = {one.key: _columns(one) for one in plan.every_deadline}
    rows = {row.key: row for row in await session.scalars(_of_path(path_id))}
    gone = [key for key in rows if key not in wanted]
    if gone:
        await session.execute(
            delete(DeadlineDay).where(col(DeadlineDay.path_id) == path_id, col(DeadlineDay.key).in_(gone))
        )
    for key, columns in wanted.items():
        row = rows.get(key)
        if row is None:
            session.add(DeadlineDay(path_id=path_id, key=key, changed_at=now, **columns))
        elif any(getattr(row, name) != value for name, value in columns.items()):
            moved = (row.due_on, row.title) != (columns["due_on"], columns["title"])
            for name, value in (columns | ({"changed_at": now} if moved else {})).items():
                setattr(row, name, value)
    await session.flush()


async def list_days(session: AsyncSession, scope: Scope, wanted: WantedDays) -> list[tuple[Path, DeadlineDay]]:
    """One page of the days of the own and deputised paths (of all paths for who coordinates), the earliest first."""
    query = (
        select(Path, DeadlineDay)
        .join(DeadlineDay, col(DeadlineDay.path_id) == col(Path.id))
        .where(*_matching(scope, wanted))
        .order_by(col(DeadlineDay.due_on), col(Path.case_number), col(DeadlineDay.key))
        .offset(wanted.page * wanted.limit)
        .limit(wanted.limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def list_laws(session: AsyncSession, scope: Scope) -> Sequence[str]:
    """The laws that the visible days stand in."""
    query = select(col(DeadlineDay.law)).join(Path, col(Path.id) == col(DeadlineDay.path_id))
    found = await session.scalars(query.where(scope.held(), col(DeadlineDay.law) != "").distinct())
    return sorted(found)


def _matching(scope: Scope, wanted: WantedDays) -> list[ColumnElement[bool]]:
    conditions = [scope.held(), col(Path.state) == "open", col(DeadlineDay.due_on) <= wanted.until]
    if wanted.since is not None:
        conditions.append(col(DeadlineDay.due_on) >= wanted.since)
    if wanted.agency:
        conditions.append(col(DeadlineDay.agency) == wanted.agency)
    if wanted.law:
        conditions.append(col(DeadlineDay.law) == wanted.law)
    if wanted.place:
        conditions.append(col(Path.current_place) == wanted.place)
    return conditions


def _of_path(path_id: str) -> Any:
    return select(DeadlineDay).where(col(DeadlineDay.path_id) == path_id)


def _columns(deadline: PlannedDeadline) -> dict[str, Any]:
    agencies = (kind for kind in (deadline.who_acts, *deadline.reads) if kind not in _OWN)
    return {
        "code": deadline.code,
        "title": deadline.title,
        "due_on": deadline.due_on,
        "kind": str(deadline.kind),
        "state": deadline.state,
        "statute": deadline.statute,
        "law": law_of(deadline.statute),
        "agency": next(agencies, ""),
    }
