"""Whose path it is: assigning, claiming, releasing, deputising from a day to a day.

Both days count. Past assignments stay: they say who was responsible when.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account, Assignment
from store.tables import Path


def active(today: date) -> ColumnElement[bool]:
    """Assignments that count today."""
    return and_(col(Assignment.since) <= today, or_(col(Assignment.until).is_(None), col(Assignment.until) >= today))


async def assign(session: AsyncSession, path: Path, account_id: str, today: date) -> Assignment:
    """Gives the path to this case manager from today; whoever had it had it until yesterday."""
    await release(session, path.id, today)
    row = Assignment(tenant_id=path.tenant_id, account_id=account_id, path_id=path.id, since=today)
    session.add(row)
    await session.flush()
    return row


async def release(session: AsyncSession, path_id: str, today: date) -> None:
    """Ends the assignment of the path: it belongs to nobody from today."""
    await session.execute(
        update(Assignment)
        .where(col(Assignment.path_id) == path_id, col(Assignment.deputy_for).is_(None), active(today))
        .values(until=today - timedelta(days=1))
    )


async def deputise(
    session: AsyncSession, tenant_id: str, account_id: str, deputy_for: str, days: tuple[date, date]
) -> Assignment:
    """`account_id` stands in for all paths of `deputy_for`, from the first of `days` to the last, both counted."""
    since, until = days
    row = Assignment(tenant_id=tenant_id, account_id=account_id, deputy_for=deputy_for, since=since, until=until)
    session.add(row)
    await session.flush()
    return row


async def assigned_to(session: AsyncSession, path_id: str, today: date) -> Account | None:
    """The case manager whose path it is today, or None."""
    query = (
        select(Account)
        .join(Assignment, col(Assignment.account_id) == col(Account.id))
        .where(col(Assignment.path_id) == path_id, col(Assignment.deputy_for).is_(None), active(today))
    )
    return (await session.scalars(query.limit(1))).one_or_none()


async def list_deputies(session: AsyncSession, tenant_id: str, today: date) -> list[Assignment]:
    """Deputising in a tenant that runs or is still to come, the earliest first."""
    query = select(Assignment).where(
        col(Assignment.tenant_id) == tenant_id,
        col(Assignment.deputy_for).is_not(None),
        or_(col(Assignment.until).is_(None), col(Assignment.until) >= today),
    )
    return list(await session.scalars(query.order_by(col(Assignment.since), col(Assignment.id))))


async def find_deputy(session: AsyncSession, tenant_id: str, assignment_id: str) -> Assignment | None:
    """A deputising of the tenant, or None."""
    query = select(Assignment).where(
        col(Assignment.id) == assignment_id,
        col(Assignment.tenant_id) == tenant_id,
        col(Assignment.deputy_for).is_not(None),
    )
    return (await session.scalars(query)).one_or_none()


async def end_deputy(session: AsyncSession, row: Assignment, today: date) -> None:
    """Ends a deputising: from today it counts no more. One that had not begun is taken back."""
    if row.since >= today:
        await session.delete(row)
    else:
        row.until = today - timedelta(days=1)
    await session.flush()
