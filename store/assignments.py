"""Whose path it is: assigning, claiming, releasing, deputising from a day to a day.

Both days count. Past assignments stay: they say who was responsible when.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.account_tables import Account, Assignment
from store.post_tables import PostHolder
from store.tables import Path


def active(today: date) -> ColumnElement[bool]:
    """Assignments that count today."""
    return and_(col(Assignment.since) <= today, or_(col(Assignment.until).is_(None), col(Assignment.until) >= today))


async def assign(session: AsyncSession, path: Path, account_id: str, today: date) -> Assignment:
    """Gives the path to this case manager from today; whoever had it had it until yesterday.

    It ends by itself with the last day of the post of whoever gets it.
    """
    await release(session, path.id, today)
    until = await last_day_of(session, account_id)
    row = Assignment(tenant_id=path.tenant_id, account_id=account_id, path_id=path.id, since=today, until=until)
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


async def last_day_of(session: AsyncSession, account_id: str) -> date | None:
    """The last day on which somebody holds a post; None = without end, or nobody ever told of a post of theirs."""
    untils = list(await session.scalars(select(col(PostHolder.until)).where(col(PostHolder.account_id) == account_id)))
    told = [until for until in untils if until is not None]
    return max(told, default=None) if len(told) == len(untils) else None


async def follow_the_post(
    session: AsyncSession, account_id: str, before: date | None, after: date | None, today: date
) -> int:
    """The last day of somebody's posts was `before` and is `after` now: their paths end with it. How many that are.

    What ended with the old day ends with the new one; what would last longer ends earlier. What is over stays over.
    """
    if before == after:
        return 0
    ends = col(Assignment.until)
    lasting = or_(ends.is_(None), ends > after) if after is not None else false()
    same = ends == before if before is not None and before >= today else false()
    followed = await session.execute(
        update(Assignment)
        .where(col(Assignment.account_id) == account_id, col(Assignment.path_id).is_not(None), or_(lasting, same))
        .values(until=after)
        .returning(col(Assignment.id))
    )
    return len(followed.all())


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
