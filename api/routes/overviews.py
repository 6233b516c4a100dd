"""Lists for coordinators and bodies: stuck paths, agendas, failed notices. Only addresses and permissions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.caller import Caller, requires
from api.reads import read_agenda, read_failed_notices, read_stalled
from api.services import Tools
from api.views import AgendaView, FailedNotices, StalledList
from process_models.names import BodyKind

router = APIRouter(tags=["Übersichten"])


@router.get("/v1/stalled", summary="Wege, die stocken / Paths that are stuck")
async def stalled(caller: Annotated[Caller, Depends(requires("stalled.read"))], tools: Tools) -> StalledList:
    """The stuck paths of the caller's tenant."""
    return await read_stalled(tools, caller)


@router.get(
    "/v1/bodies/{kind}/agenda",
    summary="Tagesordnung eines Gremiums / Agenda of a body",
    description="fall = AG Fallebene, verfahren = AG Verfahrensebene, lenkung = Lenkungsgruppe. Nie Personen.",
)
async def agenda(
    caller: Annotated[Caller, Depends(requires("agenda.read"))], tools: Tools, kind: BodyKind
) -> AgendaView:
    """The open items of a body."""
    return await read_agenda(tools, caller, kind)


@router.get(
    "/v1/notices/failed",
    summary="Mitteilungen, die nicht oder nicht sicher ankamen / Notices that failed or may have",
)
async def failed(caller: Annotated[Caller, Depends(requires("notices.read"))], tools: Tools) -> FailedNotices:
    """Notices that a person must look after."""
    return await read_failed_notices(tools, caller)
