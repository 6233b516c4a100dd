"""Moving paths from one version of the process models to another: which ones, how many, and each exactly once.

Columns of the path only; what the change means for a path is computed by whoever moves it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.model_versions import held_in_force
from store.paths import find_path, touch
from store.tables import Path


@dataclass(frozen=True, slots=True)
class MovingPage:
    """Which paths come next, by id."""

    limit: int
    after: str = ""
    """The last path of the page before."""
    until: str | None = None
    """The last path of this page, where it is known from an earlier attempt."""


async def paths_to_move(session: AsyncSession, tenant_id: str, target: str | None, page: MovingPage) -> list[Path]:
    """The open paths of a page that do not plan under the target yet."""
    query = select(Path).where(*_to_move(tenant_id, target), col(Path.id) > page.after)
    if page.until is not None:
        query = query.where(col(Path.id) <= page.until)
    return list(await session.scalars(query.order_by(col(Path.id)).limit(page.limit)))


async def count_to_move(session: AsyncSession, tenant_id: str, target: str | None) -> int:
    """How many open paths do not plan under the target yet."""
    found = await session.execute(select(func.count()).select_from(Path).where(*_to_move(tenant_id, target)))
    return int(found.scalar_one())


async def count_open(session: AsyncSession, tenant_id: str) -> int:
    """How many open paths a tenant has."""
    query = select(func.count()).select_from(Path).where(col(Path.tenant_id) == tenant_id, col(Path.state) == "open")
    return int((await session.execute(query)).scalar_one())


async def move_path(session: AsyncSession, path_id: str, target: str | None, facts_version: int) -> Path | None:
    """Lets a path plan under the target, and leaves news for it; locks it until the commit.

    None, and nothing changed, if it ended, was moved before or changed since `facts_version` was read, or if the target
    is not in force any more.
    """
    path = await find_path(session, path_id)
    if path is None or path.state != "open" or path.model_version_id == target or path.facts_version != facts_version:
        return None
    if await held_in_force(session, path.tenant_id) != target:
        return None
    path.model_version_id = target
    await session.flush()
    await touch(session, path)
    return path


def _to_move(tenant_id: str, target: str | None) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Path.tenant_id) == tenant_id,
        col(Path.state) == "open",
        col(Path.model_version_id).is_distinct_from(target),
    )
