"""The worklist: visible open paths by their next deadline, the overdue ones first; mine, the team's, what waits.

One query a page over the columns that the plan keeps for lists; no plan is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account, Assignment
from store.assignments import active
from store.scope import Scope
from store.tables import Path, PlanRow, Task

Tab = Literal["mine", "team", "others"]
SOON: Final = timedelta(days=7)
_OWN_DESK: Final = ("", "client", "case_manager")
"""Whom a path waits for when it waits for nobody else."""


@dataclass(frozen=True, slots=True)
class WantedWork:
    """Which of the visible paths. `until`: only with a deadline up to this day; empty = no limit."""

    tab: Tab = "mine"
    place: str = ""
    case_number: str = ""
    until: date | None = None
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


async def list_work(session: AsyncSession, scope: Scope, wanted: WantedWork) -> list[WorkLine]:
    """One page of the list: the earliest deadline first, paths without one last."""
    open_tasks = (
        select(func.count())
        .where(col(Task.path_id) == col(Path.id), col(Task.done_on).is_(None))
        .correlate(Path)
        .scalar_subquery()
    )
    query = (
        select(
            Path,
            Account,
            *(col(PlanRow.next_due_on), col(PlanRow.next_due), col(PlanRow.waits_for), col(PlanRow.stalled_since)),
            open_tasks,
        )
        .outerjoin(PlanRow, col(PlanRow.path_id) == col(Path.id))
        .outerjoin(Assignment, _holds(scope))
        .outerjoin(Account, col(Account.id) == col(Assignment.account_id))
        .where(*_matching(scope, wanted))
        .order_by(col(PlanRow.next_due_on).is_(None), col(PlanRow.next_due_on), col(Path.case_number))
        .offset(wanted.page * wanted.limit)
        .limit(wanted.limit)
    )
    return [
        WorkLine(path, owner, due_on, due or "", waits or "", stalled, tasks)
        for path, owner, due_on, due, waits, stalled, tasks in await session.execute(query)
    ]


async def count_work(session: AsyncSession, scope: Scope, wanted: WantedWork) -> WorkCounts:
    """The numbers on the tabs and above the list."""

    async def count(*conditions: ColumnElement[bool]) -> int:
        query = (
            select(func.count())
            .select_from(Path)
            .outerjoin(PlanRow, col(PlanRow.path_id) == col(Path.id))
            .outerjoin(Assignment, _holds(scope))
            .where(*conditions)
        )
        return int(await session.scalar(query) or 0)

    shown = _matching(scope, wanted)
    due = col(PlanRow.next_due_on)
    return WorkCounts(
        mine=await count(*_matching(scope, WantedWork("mine"))),
        team=await count(*_matching(scope, WantedWork("team"))),
        others=await count(*_matching(scope, WantedWork("others"))),
        overdue=await count(*shown, due < scope.today),
        soon=await count(*shown, due.between(scope.today, scope.today + SOON)),
    )


def _holds(scope: Scope) -> ColumnElement[bool]:
    return and_(col(Assignment.path_id) == col(Path.id), col(Assignment.deputy_for).is_(None), active(scope.today))


def _matching(scope: Scope, wanted: WantedWork) -> list[ColumnElement[bool]]:
    conditions = [scope.paths(), col(Path.state) == "open"]
    if wanted.tab == "mine" and scope.account_id is not None:
        conditions.append(col(Assignment.account_id) == scope.account_id)
    if wanted.tab == "others":
        conditions.append(col(PlanRow.waits_for).not_in(_OWN_DESK))
    if wanted.place:
        conditions.append(col(Path.current_place) == wanted.place)
    if wanted.case_number:
        conditions.append(col(Path.case_number).contains(wanted.case_number.strip().upper(), autoescape=True))
    if wanted.until is not None:
        conditions.append(col(PlanRow.next_due_on) <= wanted.until)
    return conditions
