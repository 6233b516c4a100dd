"""Versions of the process models of a tenant: seen, released, withdrawn. Drafts come from `kim model draft`.

The decision and its news lie in the records; the workflow leads the paths.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.schemas import ReleaseModel, WithdrawModel
from api.services import Services
from process_models.names import release_workflow_id
from store.errors import ModelVersionNotFound
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import find_version, list_versions, version_in_force
from store.releases import Decision, release, withdraw
from store.tenants import get_tenant


class ModelVersionView(BaseModel):
    """Eine Fassung der Prozessmodelle / a version of the process models."""

    version: str
    label: str
    state: str
    in_force: bool
    prepared_by: str
    released_by: str
    released_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    note: str
    rate_per_minute: int
    to_move: int
    """Open paths that do not plan under the rules in force yet; counted for the version in force only."""
    workflow_id: str


class ModelVersions(BaseModel):
    """Die Fassungen einer Kommune / the versions of a municipality."""

    shipped: str
    """The version that comes with the product; in force where no other is."""
    versions: tuple[ModelVersionView, ...]


async def see_versions(tools: Services, tenant_id: str) -> ModelVersions:
    """All versions of a tenant, in the order in which they came. Errors: TenantNotFound."""
    async with tools.database.reading() as session:
        await get_tenant(session, tenant_id)
        views = [await _view(session, row) for row in await list_versions(session, tenant_id)]
    return ModelVersions(shipped=tools.catalogues.shipped.version, versions=tuple(views))


async def release_model(
    tools: Services, caller: Caller, tenant_id: str, version: str, request: ReleaseModel
) -> ModelVersionView:
    """Puts a version into force. Errors: as `store.releases.release`."""
    async with tools.database.transaction() as session:
        found = await _found(session, tenant_id, version)
        rate, decision = request.rate_per_minute, _decision(tools, caller, request.by)
        view = await _view(session, await release(session, tools.catalogues, found.id, rate, decision))
    tools.news.wake()
    return view


async def withdraw_model(
    tools: Services, caller: Caller, tenant_id: str, version: str, request: WithdrawModel
) -> ModelVersionView:
    """Takes the version in force back. Errors: as `store.releases.withdraw`."""
    async with tools.database.transaction() as session:
        found = await _found(session, tenant_id, version)
        decision = _decision(tools, caller, request.by)
        view = await _view(session, await withdraw(session, found.id, request.reason, decision))
    tools.news.wake()
    return view


def _decision(tools: Services, caller: Caller, by: str) -> Decision:
    return Decision(by, caller.actor, caller.role, tools.now())


async def _found(session: AsyncSession, tenant_id: str, version: str) -> ModelVersion:
    found = await find_version(session, tenant_id, version)
    if found is None:
        known = [row.version for row in await list_versions(session, tenant_id)]
        raise ModelVersionNotFound("Diese Fassung gibt es hier nicht.", field="version", allowed=known)
    return found


async def _view(session: AsyncSession, row: ModelVersion) -> ModelVersionView:
    in_force = await version_in_force(session, row.tenant_id)
    is_in_force = in_force is not None and in_force.id == row.id
    return ModelVersionView.model_validate(
        {
            **row.model_dump(),
            "in_force": is_in_force,
            "to_move": await count_to_move(session, row.tenant_id, row.id) if is_in_force else 0,
            "workflow_id": release_workflow_id(row.tenant_id, row.version),
        }
    )
