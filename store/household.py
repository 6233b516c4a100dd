"""Members of a household who have a path of their own: which path that is, and of which paths it is part.

References only. Who belongs to a household say the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.tables import HouseholdPath, Path, new_id
from store.writing import upsert


async def link_own_path(session: AsyncSession, path: Path, ref: str, own: Path, now: datetime) -> bool:
    """Notes that a member of the household of `path` has the path `own`; False if that stood there already."""
    if (await own_paths_of(session, [path.id]))[path.id].get(ref) == own.id:
        return False
    row = upsert(session, HouseholdPath).values(
        id=new_id(), path_id=path.id, ref=ref, own_path_id=own.id, created_at=now
    )
    await session.execute(row.on_conflict_do_update(index_elements=["path_id", "ref"], set_={"own_path_id": own.id}))
    return True


async def own_paths_of(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """For each of these paths: reference of a member -> id of the member's own path."""
    found: dict[str, dict[str, str]] = defaultdict(dict, {path_id: {} for path_id in path_ids})
    for row in await session.scalars(select(HouseholdPath).where(col(HouseholdPath.path_id).in_(path_ids))):
        found[row.path_id][row.ref] = row.own_path_id
    return found


async def households_with(session: AsyncSession, path_id: str) -> tuple[str, ...]:
    """Ids of the paths in whose households the person of this path is a member."""
    query = select(col(HouseholdPath.path_id)).where(col(HouseholdPath.own_path_id) == path_id)
    return tuple(await session.scalars(query.order_by(col(HouseholdPath.path_id))))
