"""The last plan of each path, kept for lists and for Temporal's view; reads of one path compute it afresh."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, TypedDict

from pydantic.main import IncEx
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.plan import Plan
from store.deadline_days import keep_days
from store.scope import Scope
from store.tables import Path, PlanRow
from store.writing import upsert

_WORDS: Final[IncEx] = {"__all__": {"steps", "consequence"}}
_CONDITIONS: Final[IncEx] = {"__all__": {"conditions"}}
_RECOMPUTED: Final[dict[str, IncEx | bool]] = {
    "deadlines": _WORDS,
    "unreleased": True,
    "members": {
        "__all__": {
            "age": True,
            "capacities": True,
            "deadlines": _WORDS,
            "unreleased": True,
            "facts_without_effect": True,
            "could_pay": True,
            "forecasts": _CONDITIONS,
        }
    },
    "could_pay": True,
    "forecasts": _CONDITIONS,
    "capacities": True,
    "facts_without_effect": True,
}
"""What a fresh plan says anyway: the row is read for lists and for the moment of the plan. Nobody's age is kept."""


async def save_plan(session: AsyncSession, path_id: str, facts_version: int, plan: Plan, now: datetime) -> bool:
    """Keeps a plan that was made at `now` on the path's clock; False if a newer one is there already."""
    lists = _for_lists(plan)
    row = {
        "facts_version": facts_version,
        "planned_for": plan.day,
        "planned_at": now,
        "plan": plan.model_dump(mode="json", exclude_defaults=True, exclude=_RECOMPUTED),
        "stalled_since": plan.stalled_since,
        "level": plan.level,
        **lists,
    }
    statement = (
        upsert(session, PlanRow)
        .values(path_id=path_id, **row)
        .on_conflict_do_update(
            index_elements=["path_id"],
            set_=row,
            where=(col(PlanRow.facts_version) <= facts_version) & (col(PlanRow.planned_for) <= plan.day),
        )
        .returning(col(PlanRow.path_id))
    )
    kept = (await session.execute(statement)).first() is not None
    if kept:
        await show_in_lists(session, (path_id,), lists["next_due_on"], lists["waits_for"])
        await keep_days(session, path_id, plan, now)
    return kept


async def show_in_lists(
    session: AsyncSession, path_ids: Sequence[str], next_due_on: date | None = None, waits_for: str = ""
) -> None:
    """What lists of paths say about these ones."""
    await session.execute(
        update(Path).where(col(Path.id).in_(path_ids)).values(next_due_on=next_due_on, waits_for=waits_for)
    )


class _ForLists(TypedDict):
    next_due_on: date | None
    next_due: str
    waits_for: str


def _for_lists(plan: Plan) -> _ForLists:
    """What a worklist sorts and filters by, without reading the whole plan."""
    due = min(
        (one for one in plan.deadlines if one.hard is not None and one.state != "suspended"),
        key=lambda one: (one.due_on, one.key),
        default=None,
    )
    return {
        "next_due_on": due.due_on if due else None,
        "next_due": due.code if due else "",
        "waits_for": plan.waiting.from_whom if plan.waiting else "",
    }


async def get_plan(session: AsyncSession, path_id: str) -> PlanRow | None:
    """The last plan of a path, or None if it was never planned (or its person was erased)."""
    return await session.get(PlanRow, path_id, populate_existing=True)


def plan_of(row: PlanRow) -> Plan:
    """The plan as the rules made it."""
    return Plan.model_validate(row.plan)


async def list_stalled(session: AsyncSession, scope: Scope, *, limit: int = 200) -> list[tuple[Path, PlanRow]]:
    """Visible open paths that stall, the longest first, with their last plan."""
    found = await session.execute(
        select(Path, PlanRow)
        .join(PlanRow, col(PlanRow.path_id) == col(Path.id))
        .where(scope.paths(), col(Path.state) == "open", col(PlanRow.stalled_since).is_not(None))
        .order_by(col(PlanRow.stalled_since), col(Path.id))
        .limit(limit)
    )
    return [(path, row) for path, row in found]


async def latest_moment(session: AsyncSession, tenant_id: str) -> datetime | None:
    """The latest moment on the clocks of a tenant that one of its paths was planned for."""
    query = select(func.max(col(PlanRow.planned_at))).join(Path, col(Path.id) == col(PlanRow.path_id))
    return await session.scalar(query.where(col(Path.tenant_id) == tenant_id))
