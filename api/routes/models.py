"""Versions of the process models, for administration and office. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.models import (
    ModelVersions,
    ModelVersionView,
    do,
    draft_model,
    link_resolution,
    preview_model,
    release_model,
    see_versions,
    withdraw_model,
)
from api.caller import Caller, requires
from api.reads_models import read_version
from api.schemas import DraftModel, LinkResolution, PathId, PathVersion, ReleaseModel, WithdrawModel
from api.services import Tools
from api.views_models import VersionDetails, details_view

router = APIRouter(tags=["Prozessmodelle"])
Reader = Annotated[Caller, Depends(requires("model.read"))]
Drafter = Annotated[Caller, Depends(requires("model.draft"))]
Admin = Annotated[Caller, Depends(requires("model.manage"))]


@router.get("/v1/models/{tenant}", summary="Fassungen der Prozessmodelle / Versions of the process models")
async def versions(caller: Reader, tools: Tools, tenant: PathId) -> ModelVersions:
    """All versions of a tenant."""
    return await see_versions(tools, caller, tenant)


@router.get(
    "/v1/models/{tenant}/{version}",
    summary="Eine Fassung: Änderungen, Beschlüsse, Vorschau, Wirkung / One version",
)
async def version_details(caller: Reader, tools: Tools, tenant: PathId, version: PathVersion) -> VersionDetails:
    """One version."""
    return details_view(await read_version(tools, caller, tenant, version))


@router.post(
    "/v1/models/{tenant}/drafts",
    status_code=201,
    summary="Entwurf ableiten / Derive a draft",
    description="Aus der Fassung in Kraft, geprüft wie das mitgelieferte Modell. Derselbe Inhalt ist derselbe Entwurf.",
)
async def draft(caller: Drafter, tools: Tools, tenant: PathId, request: DraftModel) -> ModelVersionView:
    """Derives a draft."""
    return await do(tools, draft_model(tools, caller, tenant, request))


@router.post(
    "/v1/models/{tenant}/{version}/resolutions",
    status_code=201,
    summary="Fassung einem Beschluss zuordnen / Link a version to a decision",
    description="Eine Wiederholung ändert nichts.",
)
async def resolution(
    caller: Drafter, tools: Tools, tenant: PathId, version: PathVersion, request: LinkResolution
) -> ModelVersionView:
    """Links a decision."""
    return await do(tools, link_resolution(tools, caller, tenant, version, request.resolution))


@router.post(
    "/v1/models/{tenant}/{version}/preview",
    status_code=202,
    summary="Vorschau auf laufende Wege anfordern / Ask for a preview on running paths",
    description="Solange eine läuft, ändert eine Wiederholung nichts.",
)
async def preview(caller: Drafter, tools: Tools, tenant: PathId, version: PathVersion) -> ModelVersionView:
    """Asks for a preview."""
    return await do(tools, preview_model(tools, caller, tenant, version))


@router.post(
    "/v1/models/{tenant}/{version}/release",
    summary="Fassung freigeben / Release a version",
    description="Neue Wege beginnen mit ihr, laufende folgen. Eine Wiederholung ändert nur das Tempo.",
)
async def release(
    caller: Admin, tools: Tools, tenant: PathId, version: PathVersion, request: ReleaseModel
) -> ModelVersionView:
    """Releases a version."""
    return await do(tools, release_model(tools, caller, tenant, version, request))


@router.post(
    "/v1/models/{tenant}/{version}/withdrawal",
    summary="Fassung zurücknehmen / Withdraw a version",
    description="Nur die Fassung in Kraft; alle Wege kehren zu der davor zurück. Eine Wiederholung ändert nichts.",
)
async def withdrawal(
    caller: Admin, tools: Tools, tenant: PathId, version: PathVersion, request: WithdrawModel
) -> ModelVersionView:
    """Withdraws a version."""
    return await do(tools, withdraw_model(tools, caller, tenant, version, request))
