"""Households: the own path of a member. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.household import link_member
from api.caller import Caller, requires
from api.routes.writing import Commands
from api.schemas import LinkOwnPath, PathId, PathRef
from api.views import Written

router = APIRouter(tags=["Haushalt"])


@router.post(
    "/v1/paths/{path_id}/household/{ref}/path",
    status_code=201,
    summary="Eigenen Weg eines Mitglieds festhalten / Note the own path of a member",
    description="Ein Verweis, mehr nicht. Ab dann erinnert der eigene Weg; hier wird das Mitglied nur noch gezeigt.",
)
async def link(
    caller: Annotated[Caller, Depends(requires("path.change"))],
    command: Commands,
    path_id: PathId,
    ref: PathRef,
    request: LinkOwnPath,
) -> Written:
    """Notes the own path of a member."""
    return await command.answer(caller, request, link_member(path_id, ref, request))
