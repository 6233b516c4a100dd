"""Facts: record, read, take back. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.facts import record_facts, retract_fact
from api.acts.writing import Key
from api.caller import Caller, requires
from api.reads import read_facts
from api.reads_preview import preview_fact
from api.routes.writing import Commands
from api.schemas import AddFacts, FactIn, PathId, PathRef, Retract
from api.services import Tools
from api.views import FactsView, Written
from api.views_path import PreviewView

router = APIRouter(tags=["Tatsachen"])
Changer = Annotated[Caller, Depends(requires("path.change"))]


@router.post(
    "/v1/paths/{path_id}/facts",
    status_code=201,
    summary="Tatsachen aufnehmen oder berichtigen / Record or correct facts",
    description="Alle oder keine. `corrects` nimmt die genannte Tatsache zurück und setzt diese an ihre Stelle.",
)
async def add(caller: Changer, command: Commands, path_id: PathId, request: AddFacts) -> Written:
    """Records facts."""
    return await command.answer(caller, request, record_facts(path_id, request))


@router.post(
    "/v1/paths/{path_id}/facts/preview",
    summary="Was eine Tatsache in Gang setzen würde / What a fact would set going",
    description="Ändert nichts: Plan, Mails, Übergaben und Aufgaben, die sofort folgen würden.",
)
async def preview(caller: Changer, tools: Tools, path_id: PathId, request: FactIn, _: Key) -> PreviewView:
    """Previews a fact."""
    return PreviewView.of(await preview_fact(tools, caller, path_id, request))


@router.get("/v1/paths/{path_id}/facts", summary="Alle Tatsachen der Akte / All facts of the file")
async def read(caller: Annotated[Caller, Depends(requires("facts.read"))], tools: Tools, path_id: PathId) -> FactsView:
    """Reads the facts."""
    return await read_facts(tools, caller, path_id)


@router.post(
    "/v1/paths/{path_id}/facts/{ref}/retraction",
    status_code=201,
    summary="Eine Tatsache zurücknehmen / Take a fact back",
    description="Danach wird gerechnet, als wäre sie nie aufgenommen worden. Öffnet einen beendeten Weg wieder.",
)
async def retract(
    caller: Changer, command: Commands, path_id: PathId, ref: PathRef, request: Retract | None = None
) -> Written:
    """Takes a fact back."""
    request = request or Retract()
    return await command.answer(caller, request, retract_fact(path_id, ref, request))
