"""Versions of the process models, for administration. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.models import ModelVersions, ModelVersionView, release_model, see_versions, withdraw_model
from api.caller import Caller, requires
from api.schemas import PathId, PathVersion, ReleaseModel, WithdrawModel
from api.services import Tools

router = APIRouter(tags=["Prozessmodelle"])
Admin = Annotated[Caller, Depends(requires("model.manage"))]


@router.get(
    "/v1/models/{tenant}",
    summary="Fassungen der Prozessmodelle / Versions of the process models",
    description="Entwürfe legt `kim model draft` an.",
)
async def versions(_caller: Admin, tools: Tools, tenant: PathId) -> ModelVersions:
    """All versions of a tenant."""
    return await see_versions(tools, tenant)


@router.post(
    "/v1/models/{tenant}/{version}/release",
    summary="Fassung freigeben / Release a version",
    description="Neue Wege beginnen mit ihr, laufende folgen. Eine Wiederholung ändert nur das Tempo.",
)
async def release(
    caller: Admin, tools: Tools, tenant: PathId, version: PathVersion, request: ReleaseModel
) -> ModelVersionView:
    """Releases a version."""
    return await release_model(tools, caller, tenant, version, request)


@router.post(
    "/v1/models/{tenant}/{version}/withdrawal",
    summary="Fassung zurücknehmen / Withdraw a version",
    description="Nur die Fassung in Kraft; alle Wege kehren zu der davor zurück. Eine Wiederholung ändert nichts.",
)
async def withdrawal(
    caller: Admin, tools: Tools, tenant: PathId, version: PathVersion, request: WithdrawModel
) -> ModelVersionView:
    """Withdraws a version."""
    return await withdraw_model(tools, caller, tenant, version, request)
