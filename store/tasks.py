"""Tasks of the office: opened and closed by the rules, done by people; one row a key of a path."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.work import TaskItem
from store.scope import Scope
from store.tables import Path, Task
from store.writing import insert_unless_there


async def open_task(session: AsyncSession, path: Path, item: TaskItem) -> Task:
    """Opens a task; an open one of the same key stays, a done one opens again if the new reason is not older."""
    row = Task(
        tenant_id=path.tenant_id,
        path_id=path.id,
        key=item.key,
        kind=item.kind,
        subject=item.subject,
        opened_on=item.opened_on,
    )
    await insert_unless_there(session, row, "path_id", "key")
    there = await find_task(session, path.id, item.key)
    assert there is not None  # inserted above, or there before
    if there.done_on is not None and item.opened_on >= there.done_on:
        there.opened_on, there.done_on = item.opened_on, None
        await session.flush()
    return there


async def close_task(session: AsyncSession, path_id: str, key: str, on: date) -> Task | None:
    """Closes a task on this day; a done one keeps its day. None if there is no such task."""
    row = await find_task(session, path_id, key)
    if row is not None and row.done_on is None:
        row.done_on = on
        await session.flush()
    return row


async def find_task(session: AsyncSession, path_id: str, key: str) -> Task | None:
    """The task of this key, or None."""
    query = select(Task).where(col(Task.path_id) == path_id, col(Task.key) == key)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def count_tasks(session: AsyncSession, tenant_id: str, key: str) -> int:
    """How many paths of a tenant have or had a task of this key."""
    query = select(func.count()).select_from(Task).where(col(Task.tenant_id) == tenant_id, col(Task.key) == key)
    return int((await session.execute(query)).scalar_one())


async def list_open_tasks(session: AsyncSession, scope: Scope, path_id: str | None = None) -> list[Task]:
    """Open tasks of all visible paths, or of one of them, the oldest first."""
    query = select(Task).where(scope.tasks(), col(Task.done_on).is_(None))
    if path_id is not None:
        query = query.where(col(Task.path_id) == path_id)
    return list(await session.scalars(query.order_by(col(Task.opened_on), col(Task.key))))


async def list_task_items(session: AsyncSession, path_id: str) -> tuple[TaskItem, ...]:
    """All tasks of a path as the rules see them, also done ones."""
    query = select(Task).where(col(Task.path_id) == path_id).order_by(col(Task.opened_on), col(Task.key))
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return tuple(TaskItem(row.key, row.kind, row.subject, row.opened_on, row.done_on) for row in rows)
