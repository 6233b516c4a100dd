"""Starts of paths with the check of the target group, and the texts of consents. Addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.acts.intakes import begin_intake
from api.caller import Caller, requires
from api.reads_intake import read_sheet, read_verdict
from api.routes.writing import Commands
from api.schemas_intake import Intake, Purpose
from api.services import Tools
from api.views import Written
from api.views_intake import SheetView, VerdictView
from process_models.consent_texts import SheetWanted
from process_models.rules import Category

router = APIRouter(tags=["Beginn eines Weges"])
Starter = Annotated[Caller, Depends(requires("path.start"))]
Short = Annotated[str, Query(max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


@router.post(
    "/v1/intakes/check",
    summary="Zielgruppe prüfen, ohne etwas zu speichern / Check the target group, keeping nothing",
    description="Jede Zeile der Tabelle sagt, ob sie entscheidet oder warum nicht. POST: Nichts steht in Adressen.",
)
async def judge(caller: Starter, tools: Tools, request: Intake) -> VerdictView:
    """Checks the target group."""
    return VerdictView.of(await read_verdict(tools, caller, request))


@router.post(
    "/v1/intakes",
    status_code=201,
    summary="Weg nach der Prüfung beginnen / Start a path after the check",
    description="Wer nicht zur Zielgruppe gehört, bekommt 409, und nichts wird gespeichert.",
)
async def begin(caller: Starter, command: Commands, request: Intake) -> Written:
    """Starts a path."""
    return await command.answer(caller, request, begin_intake(request))


@router.get(
    "/v1/consent-texts/{version}/{language}",
    summary="Text einer Einwilligung / Text of a consent",
    description="Mit dem deutschen Text, der gilt. `banner` nennt, wenn eine Übersetzung nicht geprüft ist.",
)
async def text(
    caller: Starter,
    tools: Tools,
    version: str,
    language: str,
    purposes: Annotated[list[Purpose], Query(min_length=1, max_length=6)],
    recipient: Annotated[str, Query(max_length=200)] = "",
    categories: Annotated[list[Category], Query(max_length=9)] = [],  # noqa: B006 - FastAPI copies defaults
    employer: Short | None = None,
) -> SheetView:
    """Reads the text of a consent."""
    wanted = SheetWanted(version, language, tuple(purposes), recipient, tuple(categories), employer=employer or "")
    return SheetView.of(await read_sheet(tools, caller, wanted))
