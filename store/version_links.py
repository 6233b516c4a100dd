"""Which decision of a body led to which version of the process models. Links only.

Decisions stand in `meetings`, versions in `model_versions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.errors import ResolutionNotFound
from store.model_tables import ModelVersion
from store.tables import BodyItem, Resolution
from store.version_tables import ResolutionVersion
from store.writing import insert_unless_there


async def get_resolution(session: AsyncSession, resolution_id: str, tenant_id: str) -> Resolution:
    """A decision of the tenant. Errors: ResolutionNotFound, the same for one of another tenant."""
    row = await session.get(Resolution, resolution_id, populate_existing=True)
    if row is None or row.tenant_id != tenant_id:
        raise ResolutionNotFound("Diesen Beschluss gibt es nicht.", field="resolution")
    return row


async def link(session: AsyncSession, resolution: Resolution, version: ModelVersion, by: str, now: datetime) -> None:
    """The version carries out the decision. Linking twice changes nothing."""
    row = ResolutionVersion(resolution_id=resolution.id, version_id=version.id, linked_by=by, linked_at=now)
    await insert_unless_there(session, row, "resolution_id", "version_id")
    resolution.model_version = version.version
    session.add(resolution)
    await session.flush()


async def resolutions_of_version(session: AsyncSession, version_id: str) -> list[tuple[Resolution, BodyItem]]:
    """The decisions that a version carries out, with their items, in order."""
    found = await session.execute(
        select(Resolution, BodyItem)
        .join(ResolutionVersion, col(ResolutionVersion.resolution_id) == col(Resolution.id))
        .join(BodyItem, col(BodyItem.id) == col(Resolution.item_id))
        .where(col(ResolutionVersion.version_id) == version_id)
        .order_by(col(Resolution.decided_on), col(Resolution.id))
    )
    return [(resolution, item) for resolution, item in found]


async def versions_of_resolutions(
    session: AsyncSession, resolution_ids: Sequence[str]
) -> dict[str, list[ModelVersion]]:
    """The versions that carry out each of these decisions, in the order in which they came."""
    found = await session.execute(
        select(col(ResolutionVersion.resolution_id), ModelVersion)
        .join(ModelVersion, col(ModelVersion.id) == col(ResolutionVersion.version_id))
        .where(col(ResolutionVersion.resolution_id).in_(resolution_ids))
        .order_by(col(ModelVersion.created_at), col(ModelVersion.version))
    )
    linked: dict[str, list[ModelVersion]] = {resolution_id: [] for resolution_id in resolution_ids}
    for resolution_id, version in found:
        linked[resolution_id].append(version)
    return linked
