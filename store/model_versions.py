"""Versions of the process models: drafting, releasing, withdrawing, and which one is in force.

Rows and their states only; what the rules mean is read in `catalogues`, paths are moved by `model_moves`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.names import preview_workflow_id, release_workflow_id
from store.errors import ModelVersionNotFound, ModelVersionNotPossible
from store.model_tables import ModelBundle, ModelVersion
from store.tables import Tenant
from store.writing import insert_unless_there, lock_name

SHIPPED: Final = None
"""Id of the version that comes with the product."""


@dataclass(frozen=True, slots=True)
class NewModelVersion:
    """A version to be kept as a draft; its files were read and found in order before."""

    tenant_id: str
    version: str
    content_hash: str
    files: Mapping[str, bytes]
    label: str = ""
    prepared_by: str = ""


async def draft_version(session: AsyncSession, new: NewModelVersion, now: datetime) -> ModelVersion:
    """Keeps a version as a draft. The same content again is the version that is there already."""
    row = ModelVersion(
        tenant_id=new.tenant_id,
        version=new.version,
        content_hash=new.content_hash,
        label=new.label,
        prepared_by=new.prepared_by,
        created_at=now,
    )
    if await insert_unless_there(session, row, "tenant_id", "version"):
        session.add(ModelBundle(version_id=row.id, files={name: text.decode() for name, text in new.files.items()}))
        await session.flush()
    found = await find_version(session, new.tenant_id, new.version)
    assert found is not None  # inserted above, or there before
    return found


async def find_version(session: AsyncSession, tenant_id: str, version: str) -> ModelVersion | None:
    """The version of this name, or None."""
    query = _versions(tenant_id).where(col(ModelVersion.version) == version)
    return (await session.scalars(query)).one_or_none()


async def get_version(session: AsyncSession, version_id: str) -> ModelVersion:
    """The version of this id. Errors: ModelVersionNotFound."""
    found = await session.get(ModelVersion, version_id, populate_existing=True)
    if found is None:
        raise ModelVersionNotFound("Diese Fassung des Modells gibt es nicht.", field="version")
    return found


async def list_versions(session: AsyncSession, tenant_id: str | None = None) -> list[ModelVersion]:
    """The versions of a tenant, or of all of them, in the order in which they came."""
    order = (col(ModelVersion.tenant_id), col(ModelVersion.created_at), col(ModelVersion.version))
    return list(await session.scalars(_versions(tenant_id).order_by(*order)))


async def version_of_workflow(session: AsyncSession, tenant_id: str, workflow_id: str) -> ModelVersion | None:
    """The version that the release workflow of this id is about, or None."""
    of_tenant = await list_versions(session, tenant_id)
    return next((row for row in of_tenant if release_workflow_id(tenant_id, row.version) == workflow_id), None)


async def version_of_preview(session: AsyncSession, tenant_id: str, workflow_id: str) -> ModelVersion | None:
    """The version that the preview of this id is about, or None."""
    of_tenant = await list_versions(session, tenant_id)
    return next((row for row in of_tenant if preview_workflow_id(tenant_id, row.version) == workflow_id), None)


async def version_in_force(session: AsyncSession, tenant_id: str) -> ModelVersion | None:
    """The version under which the paths of a tenant plan, or None for the shipped one."""
    released = _versions(tenant_id).where(col(ModelVersion.state) == "released")
    return (await session.scalars(released.order_by(col(ModelVersion.turn).desc()).limit(1))).first()


async def held_in_force(session: AsyncSession, tenant_id: str) -> str | None:
    """Id of the version in force, which stays so until the commit: nothing is released or withdrawn meanwhile."""
    await lock_name(session, _lock_of(tenant_id), shared=True)
    found = await version_in_force(session, tenant_id)
    return found.id if found else SHIPPED


async def files_of(session: AsyncSession, version_id: str) -> dict[str, bytes]:
    """The files of a version. Errors: ModelVersionNotFound."""
    bundle = await session.get(ModelBundle, version_id)
    if bundle is None:
        raise ModelVersionNotFound("Zu dieser Fassung des Modells gibt es keine Dateien.", field="version")
    return {name: text.encode() for name, text in bundle.files.items()}


async def release_version(
    session: AsyncSession, version_id: str, by: str, rate_per_minute: int, now: datetime, on: date | None = None
) -> ModelVersion:
    """Puts a version into force for new paths; releasing the one in force again changes only the rate.

    `on`: the day of it on the clock of the tenant, by which its effect is counted.
    Errors: ModelVersionNotFound, ModelVersionNotPossible if a later one is in force.
    """
    row = await _locked(session, version_id)
    before = await version_in_force(session, row.tenant_id)
    row.rate_per_minute = rate_per_minute
    if row.state == "released":
        _require_in_force(row, before)
    else:
        row.state, row.released_by, row.released_at, row.in_force_on = "released", by, now, on
        row.supersedes = before.id if before else SHIPPED
        row.turn = await _last_turn(session, row.tenant_id) + 1
        row.withdrawn_by, row.withdrawn_at, row.note = "", None, ""
    await session.flush()
    return row


async def withdraw_version(session: AsyncSession, version_id: str, by: str, reason: str, now: datetime) -> ModelVersion:
    """Takes the version in force back; the one before it is in force again. Withdrawing twice changes nothing.

    Errors: ModelVersionNotFound, ModelVersionNotPossible if it is a draft or a later one is in force.
    """
    row = await _locked(session, version_id)
    if row.state == "withdrawn":
        return row
    if row.state == "draft":
        raise ModelVersionNotPossible("Diese Fassung ist nicht freigegeben.", field="version")
    _require_in_force(row, await version_in_force(session, row.tenant_id))
    row.state, row.withdrawn_by, row.withdrawn_at, row.note = "withdrawn", by, now, reason
    await session.flush()
    return row


async def leading_versions(session: AsyncSession) -> list[ModelVersion]:
    """Of every real tenant the version that was released or withdrawn last: moving the paths is its business."""
    turns = select(func.max(col(ModelVersion.turn))).group_by(col(ModelVersion.tenant_id))
    newest = turns.where(col(ModelVersion.turn) > 0).add_columns(col(ModelVersion.tenant_id)).subquery()
    query = (
        _versions(None)
        .join(newest, (newest.c.tenant_id == col(ModelVersion.tenant_id)) & (newest.c[0] == col(ModelVersion.turn)))
        .join(Tenant, col(Tenant.id) == col(ModelVersion.tenant_id))
        .where(col(Tenant.simulated).is_(False))
    )
    return list(await session.scalars(query.order_by(col(ModelVersion.tenant_id))))


async def leads(session: AsyncSession, version: ModelVersion) -> bool:
    """Whether moving the paths is the business of this version: it was released or withdrawn last."""
    return version.turn == await _last_turn(session, version.tenant_id)


async def _locked(session: AsyncSession, version_id: str) -> ModelVersion:
    row = await get_version(session, version_id)
    await lock_name(session, _lock_of(row.tenant_id))
    return await get_version(session, version_id)


def _lock_of(tenant_id: str) -> str:
    return f"model-version:{tenant_id}"


async def _last_turn(session: AsyncSession, tenant_id: str) -> int:
    query = select(func.max(col(ModelVersion.turn))).where(col(ModelVersion.tenant_id) == tenant_id)
    return (await session.scalar(query)) or 0


def _require_in_force(row: ModelVersion, in_force: ModelVersion | None) -> None:
    if in_force is None or in_force.id != row.id:
        later = in_force.version if in_force else ""
        raise ModelVersionNotPossible(
            "Nach dieser Fassung wurde eine andere freigegeben.",
            field="version",
            allowed=(later,) if later else (),
            way_out="Zuerst die spätere Fassung zurücknehmen.",
        )


def _versions(tenant_id: str | None) -> Select[ModelVersion]:
    query = select(ModelVersion).execution_options(populate_existing=True)
    return query if tenant_id is None else query.where(col(ModelVersion.tenant_id) == tenant_id)
