"""Filters of the worklist that somebody keeps: their own, by name. Nobody reads or ends those of others."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.filter_tables import WorkFilter
from store.worklist import Due, Tab, WantedWork
from store.writing import upsert

MOST: Final = 20
"""Filters of one account."""


async def list_filters(session: AsyncSession, account_id: str) -> list[WorkFilter]:
    """The filters of this account by name."""
    query = select(WorkFilter).where(col(WorkFilter.account_id) == account_id)
    return list(await session.scalars(query.order_by(col(WorkFilter.name))))


async def count_other_filters(session: AsyncSession, account_id: str, name: str) -> int:
    """How many filters of other names this account has."""
    query = select(func.count()).select_from(WorkFilter)
    others = query.where(col(WorkFilter.account_id) == account_id, col(WorkFilter.name) != name)
    return int((await session.execute(others)).scalar_one())


async def keep_filter(session: AsyncSession, account_id: str, name: str, wanted: WantedWork, now: datetime) -> None:
    """Keeps the filter under this name; one of the same name takes its place."""
    row = WorkFilter(account_id=account_id, name=name, created_at=now, **_columns(wanted))
    statement = upsert(session, WorkFilter).values(**row.model_dump())
    await session.execute(statement.on_conflict_do_update(index_elements=["account_id", "name"], set_=_columns(wanted)))


async def end_filter(session: AsyncSession, account_id: str, filter_id: str) -> bool:
    """Forgets a filter of this account; False if it has none of this id."""
    mine = (col(WorkFilter.id) == filter_id, col(WorkFilter.account_id) == account_id)
    ended = await session.execute(delete(WorkFilter).where(*mine).returning(col(WorkFilter.id)))
    return ended.first() is not None


def wanted_by(row: WorkFilter) -> WantedWork:
    """The filter as the worklist takes it."""
    return WantedWork(cast(Tab, row.tab), row.place, row.case_number, cast(Due, row.due))


def _columns(wanted: WantedWork) -> dict[str, str]:
    return {"tab": wanted.tab, "place": wanted.place, "due": wanted.due, "case_number": wanted.case_number}
