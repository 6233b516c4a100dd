"""Versions of the process models of a tenant: drafted from a decision, previewed, released, withdrawn.

The decision and its news lie in the records; the workflow leads the paths.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import tenant_today
from api.schemas import DraftModel, ReleaseModel, WithdrawModel
from api.services import Services
from process_models.catalogue import SHIPPED, Catalogue, content_hash, load_files
from process_models.catalogue_edits import Edit, EditNotPossible, edited
from process_models.catalogue_files import contents, model_files
from process_models.errors import ModelInvalid
from process_models.names import release_workflow_id
from store import audit
from store.errors import ModelVersionNotFound, TenantNotFound
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import NewModelVersion, draft_version, files_of, find_version, list_versions, version_in_force
from store.previews import ask_preview
from store.releases import Decision, release, withdraw
from store.tables import Tenant
from store.tenants import get_tenant
from store.version_links import get_resolution, link

Work = Callable[[AsyncSession], Awaitable[ModelVersion]]
"""What is done to a version inside a transaction."""


class ModelVersionView(BaseModel):
    """Eine Fassung der Prozessmodelle / a version of the process models."""

    version: str
    label: str
    state: str
    in_force: bool
    prepared_by: str
    released_by: str
    released_at: datetime | None
    in_force_on: date | None
    """The day of its release on the clock of the tenant."""
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


async def see_versions(tools: Services, caller: Caller, tenant_id: str) -> ModelVersions:
    """All versions of a tenant, in the order in which they came. Errors: TenantNotFound."""
    async with tools.database.reading() as session:
        await own_tenant(session, caller, tenant_id)
        views = [await see_version(session, row) for row in await list_versions(session, tenant_id)]
    return ModelVersions(shipped=tools.catalogues.shipped.version, versions=tuple(views))


async def do(tools: Services, work: Work) -> ModelVersionView:
    """Carries an act on a version out in a transaction of its own. Errors: what the act refuses."""
    async with tools.database.transaction() as session:
        view = await see_version(session, await work(session))
    tools.news.wake()
    return view


def draft_model(tools: Services, caller: Caller, tenant_id: str, request: DraftModel) -> Work:
    """Keeps the version in force, or a draft, with some passages changed as a draft, linked to the decision behind it.

    Errors: EditNotPossible, also with every finding in the changed model; ModelVersionNotFound, ResolutionNotFound,
    TenantNotFound.
    """

    async def work(session: AsyncSession) -> ModelVersion:
        tenant = await own_tenant(session, caller, tenant_id)
        decided = await get_resolution(session, request.resolution, tenant.id) if request.resolution else None
        edits = (Edit(one.file, one.replace, one.by) for one in request.edits)
        files = edited(await files_to_edit(session, tenant.id, request.base), edits)
        loaded = await asyncio.to_thread(_in_order, files)  # seconds of work: other requests go on meanwhile
        loaded.municipality(tenant.municipality)
        new = NewModelVersion(tenant.id, loaded.version, content_hash(files), files, request.label, request.by)
        version = await draft_version(session, new, tools.now())
        await _audit(session, tools, caller, "model.drafted", version)
        if decided is not None:
            await link(session, decided, version, caller.actor, tools.now())
        return version

    return work


def _in_order(files: dict[str, bytes]) -> Catalogue:
    try:
        return load_files(files)
    except ModelInvalid as invalid:
        raise EditNotPossible(invalid.detail, field="by", way_out=invalid.way_out) from None


async def files_to_edit(session: AsyncSession, tenant_id: str, base: str = "") -> dict[str, bytes]:
    """The files of the version in force, or of the one named. Errors: ModelVersionNotFound."""
    if base:
        return await files_of(session, (await _found(session, tenant_id, base)).id)
    in_force = await version_in_force(session, tenant_id)
    return await files_of(session, in_force.id) if in_force else contents(model_files(SHIPPED))


def link_resolution(tools: Services, caller: Caller, tenant_id: str, version: str, resolution_id: str) -> Work:
    """The version carries out the decision. Errors: ModelVersionNotFound, ResolutionNotFound, TenantNotFound."""

    async def work(session: AsyncSession) -> ModelVersion:
        found = await find_for(session, caller, tenant_id, version)
        decided = await get_resolution(session, resolution_id, tenant_id)
        await link(session, decided, found, caller.actor, tools.now())
        await _audit(session, tools, caller, "model.linked", found)
        return found

    return work


def preview_model(tools: Services, caller: Caller, tenant_id: str, version: str) -> Work:
    """Has a workflow count what the version would change in the open paths; asked while it counts, it goes on.

    Errors: ModelVersionNotFound, TenantNotFound.
    """

    async def work(session: AsyncSession) -> ModelVersion:
        found = await find_for(session, caller, tenant_id, version)
        await ask_preview(session, found, caller.actor, tools.now())
        await _audit(session, tools, caller, "model.previewed", found)
        return found

    return work


def release_model(tools: Services, caller: Caller, tenant_id: str, version: str, request: ReleaseModel) -> Work:
    """Puts a version into force. Errors: as `store.releases.release`, TenantNotFound."""

    async def work(session: AsyncSession) -> ModelVersion:
        tenant = await own_tenant(session, caller, tenant_id)
        found = await _found(session, tenant_id, version)
        today = await tenant_today(session, tenant, tools.now())
        decision = Decision(request.by, caller.actor, caller.role, tools.now(), today)
        return await release(session, tools.catalogues, found.id, request.rate_per_minute, decision)

    return work


def withdraw_model(tools: Services, caller: Caller, tenant_id: str, version: str, request: WithdrawModel) -> Work:
    """Takes the version in force back. Errors: as `store.releases.withdraw`, TenantNotFound."""

    async def work(session: AsyncSession) -> ModelVersion:
        found = await find_for(session, caller, tenant_id, version)
        decision = Decision(request.by, caller.actor, caller.role, tools.now())
        return await withdraw(session, found.id, request.reason, decision)

    return work


async def own_tenant(session: AsyncSession, caller: Caller, tenant_id: str) -> Tenant:
    """The tenant, for who belongs to it or to none. Errors: TenantNotFound."""
    if caller.tenant_id not in (None, tenant_id):
        raise TenantNotFound("Diesen Mandanten gibt es nicht.", field="tenant")
    return await get_tenant(session, tenant_id)


async def find_for(session: AsyncSession, caller: Caller, tenant_id: str, version: str) -> ModelVersion:
    """A version of a tenant, for who belongs to it or to none. Errors: ModelVersionNotFound, TenantNotFound."""
    await own_tenant(session, caller, tenant_id)
    return await _found(session, tenant_id, version)


async def _found(session: AsyncSession, tenant_id: str, version: str) -> ModelVersion:
    found = await find_version(session, tenant_id, version)
    if found is None:
        known = [row.version for row in await list_versions(session, tenant_id)]
        raise ModelVersionNotFound("Diese Fassung gibt es hier nicht.", field="version", allowed=known)
    return found


async def _audit(session: AsyncSession, tools: Services, caller: Caller, action: str, version: ModelVersion) -> None:
    subject = f"{version.version}:{version.content_hash}"
    await audit.record(session, caller.actor, caller.role, action, subject, None, version.tenant_id, tools.now())


async def see_version(session: AsyncSession, row: ModelVersion) -> ModelVersionView:
    """A version as it is shown."""
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
