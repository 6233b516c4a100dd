"""Paths: start one, read one. Nothing but addresses, permissions and words; the work stands in acts and reads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.impulses import raise_impulse
from api.acts.paths import start_path
from api.caller import Caller, requires
from api.reads import read_audit, read_path
from api.reads_path import read_path_page
from api.routes.writing import Commands
from api.schemas import PathId, StartPath
from api.schemas_intake import ImpulseIn
from api.services import Tools
from api.views import AuditView, PathView, Written
from api.views_path import CourseView

router = APIRouter(tags=["Wege"])


@router.post(
    "/v1/paths",
    status_code=201,
    summary="Weg beginnen / Start a path",
    description="Person, Ort, erste Tatsachen. Derselbe Idempotency-Key beginnt keinen zweiten Weg.",
)
async def start(
    caller: Annotated[Caller, Depends(requires("path.start"))], command: Commands, request: StartPath
) -> Written:
    """Starts a path."""
    return await command.answer(caller, request, start_path(request))


@router.get(
    "/v1/paths/{path_id}",
    summary="Weg lesen: Stand, Plan, worauf er wartet / Read a path",
    description="Frisch aus den Akten gerechnet; jede Frist nennt ihre Rechenschritte. Das Öffnen wird aufgezeichnet.",
)
async def read(caller: Annotated[Caller, Depends(requires("path.read"))], tools: Tools, path_id: PathId) -> PathView:
    """Reads a path."""
    return await read_path(tools, caller, path_id)


@router.get(
    "/v1/paths/{path_id}/course",
    summary="Der Weg als Bänder der Zeit / The course of a path as bands of time",
    description="Dasselbe wie das Bild der Seite: Aufenthalt, Leistungen, Lücken, Übergaben, heute.",
)
async def course(
    caller: Annotated[Caller, Depends(requires("path.read"))], tools: Tools, path_id: PathId
) -> CourseView:
    """Reads the course."""
    return CourseView.of((await read_path_page(tools, caller, path_id)).chart)


@router.post(
    "/v1/paths/{path_id}/impulses",
    status_code=201,
    summary="Impuls an die AG Verfahrensebene / Raise an impulse",
    description="Schnittstelle, Grund und eine Skizze ohne Personen; nennt sie jemanden, wird sie abgelehnt.",
)
async def impulse(
    caller: Annotated[Caller, Depends(requires("path.change"))], command: Commands, path_id: PathId, request: ImpulseIn
) -> Written:
    """Raises an impulse."""
    return await command.answer(caller, request, raise_impulse(path_id, request))


@router.get(
    "/v1/paths/{path_id}/audit",
    summary="Protokoll eines Weges: wer hat was getan oder gesehen / Log of a path",
    description="Für Revision und Case Management: Kennungen und Vorgänge, kein Inhalt der Akte.",
)
async def log(caller: Annotated[Caller, Depends(requires("audit.read"))], tools: Tools, path_id: PathId) -> AuditView:
    """Reads the log."""
    return await read_audit(tools, caller, path_id)
