"""Handovers: answers and reasons that the office notes for an agency. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.handovers import Given, answer_handover
from api.caller import Caller, requires
from api.routes.writing import Commands
from api.schemas import AnswerHandover, GiveReason, PathCode, PathId
from api.views import Written

router = APIRouter(tags=["Übergaben"])
Answerer = Annotated[Caller, Depends(requires("handover.answer"))]


@router.post(
    "/v1/paths/{path_id}/handovers/{code}/answer",
    status_code=201,
    summary="Antwort der Behörde festhalten / Record the answer of the agency",
    description="Die Behörde selbst antwortet über ihren Link. Wer absendet, bleibt bis zur Annahme zuständig.",
)
async def answer(
    caller: Answerer, command: Commands, path_id: PathId, code: PathCode, request: AnswerHandover
) -> Written:
    """Records an answer."""
    given = Given(
        request.answer, request.reason, request.detail, request.to, request.until, request.now, request.agency
    )
    return await command.answer(caller, request, answer_handover(path_id, code, given))


@router.post(
    "/v1/paths/{path_id}/handovers/{code}/stall",
    status_code=201,
    summary="Warum die Übergabe stockt / Why the handover stalls",
    description="Ein Kennwort, kein Freitext: gleiche Gründe ergeben ein Muster für die AG Verfahrensebene.",
)
async def stall(caller: Answerer, command: Commands, path_id: PathId, code: PathCode, request: GiveReason) -> Written:
    """Records the reason of a stall."""
    given = Given("reason", request.reason, request.detail, now=request.now)
    return await command.answer(caller, request, answer_handover(path_id, code, given))
