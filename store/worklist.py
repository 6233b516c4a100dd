"""The worklist: visible open paths by their next deadline, the overdue ones first; mine, the team's, what waits.

One query a page over the columns that paths keep for lists; no plan is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account, Assignment
from store.assignments import active
from store.scope import Scope
from store.tables import Path, PlanRow, Task

Tab = Literal["mine", "team", "others"]
Due = Literal["", "overdue", "soon"]
SOON: Final = timedelta(days=7)
_OWN_DESK: Final = ("", "client", "case_manager")
"""Whom a path waits for when it waits for nobody else."""


@dataclass(frozen=True, slots=True)
class WantedWork:
    """Which of the visible paths. Mine: also those of whom one deputises. Empty = no limit."""

    tab: Tab = "mine"
    place: str = ""
    case_number: str = ""
    due: Due = ""
    """Only with a deadline that has passed, or that comes in the next days."""
    page: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One path of the list."""

    path: Path
    owner: Account | None
    next_due_on: date | None
    next_due: str
    waits_for: str
    stalled_since: date | None
    tasks: int


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """How many paths each tab has, and how many of the shown tab are overdue or due soon."""

    mine: int
    team: int
    others: int
    overdue: int
    soon: int


async def list_work(session: AsyncSession, scope: Scope, wanted: WantedWork, today: date) -> list[WorkLine]:
    """One page of the list on this day of the tenant: the earliest deadline first, paths without one last."""
    due = col(Path.next_due_on)
    page = (
        _work(select(col(Path.id)), scope, wanted)
        .where(*_due(wanted, today))
        .order_by(due.is_(None), due, col(Path.case_number))
        .offset(wanted.page * wanted.limit)
        .limit(wanted.limit)
    )
    shown = list(await session.scalars(page))
    lines = {line.path.id: line for line in await _lines(session, scope, shown)}
    return [lines[path_id] for path_id in shown]


async def _lines(session: AsyncSession, scope: Scope, path_ids: Sequence[str]) -> list[WorkLine]:
    """What is shown of these paths; read only once it is known which ones."""
    open_tasks = (
        select(func.count())
        .where(col(Task.path_id) == col(Path.id), col(Task.done_on).is_(None))
        .correlate(Path)
        .scalar_subquery()
    )
    query = (
        select(Path, Account, col(PlanRow.next_due), col(PlanRow.stalled_since), open_tasks)
        .outerjoin(PlanRow, col(PlanRow.path_id) == col(Path.id))
        .outerjoin(Assignment, _holds(scope))
        .outerjoin(Account, col(Account.id) == col(Assignment.account_id))
        .where(col(Path.id).in_(path_ids))
    )
    return [
        WorkLine(path, owner, path.next_due_on, due or "", path.waits_for, stalled, tasks)
        for path, owner, due, stalled, tasks in await session.execute(query)
    ]


async def count_work(session: AsyncSession, scope: Scope, wanted: WantedWork, today: date) -> WorkCounts:
    """The numbers on the tabs and above the list: what is not one's own is counted in one pass."""
    due = col(Path.next_due_on)
    overdue, soon = (_sum(condition) for condition in (due < today, due.between(today, today + SOON)))
    everybody, others = await _counted(session, _work(_two(func.count(), _sum(_waits())), scope, WantedWork("team")))
    own = await session.scalar(_work(select(func.count()).select_from(Path), scope, WantedWork("mine")))
    late, near = await _counted(session, _work(_two(overdue, soon), scope, wanted))
    return WorkCounts(own or 0, everybody, others, late, near)


async def _counted(session: AsyncSession, query: Select[Any]) -> tuple[int, int]:
    first, second = (await session.execute(query)).one()
    return first or 0, second or 0


def _two(first: ColumnElement[int], second: ColumnElement[int]) -> Select[Any]:
    counted: Select[Any] = select(first).add_columns(second)
    return counted.select_from(Path)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _work(query: Select[Any], scope: Scope, wanted: WantedWork) -> Select[Any]:
    """Visible open paths; whose they are is asked of the assignments only where it matters."""
    if wanted.tab == "mine" and scope.account_id is not None:
        holders = or_(col(Assignment.account_id) == scope.account_id, scope.deputised())
        own = select(col(Assignment.path_id)).where(holders, col(Assignment.deputy_for).is_(None), active(scope.today))
        query = query.where(col(Path.id).in_(own))
    return query.where(*_matching(scope, wanted))


def _waits() -> ColumnElement[bool]:
    return col(Path.waits_for).not_in(_OWN_DESK)


def _holds(scope: Scope) -> ColumnElement[bool]:
    return and_(col(Assignment.path_id) == col(Path.id), col(Assignment.deputy_for).is_(None), active(scope.today))


def _matching(scope: Scope, wanted: WantedWork) -> list[ColumnElement[bool]]:
    conditions = [scope.paths(), col(Path.state) == "open"]
    if wanted.tab == "others":
        conditions.append(_waits())
    if wanted.place:
        conditions.append(col(Path.current_place) == wanted.place)
    if wanted.case_number:
        conditions.append(col(Path.case_number).contains(wanted.case_number.strip().upper(), autoescape=True))
    return conditions


def _due(wanted: WantedWork, today: date) -> tuple[ColumnElement[bool], ...]:
    due = col(Path.next_due_on)
    if not wanted.due:
        return ()
    return (due < today,) if wanted.due == "overdue" else (due.between(today, today + SOON),)
