"""Consents: give, refuse, revoke. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.consent_facts import answer_consents, give_consent, refuse_consents, revoke_consent
from api.caller import Caller, requires
from api.reads_consents import read_consequences
from api.routes.writing import Commands
from api.schemas import GiveConsent, PathId, PathRef, RevokeConsent
from api.schemas_intake import ConsentAnswer, ConsentRefusal
from api.services import Tools
from api.views import ConsequencesView, Written

router = APIRouter(tags=["Einwilligungen"])
Changer = Annotated[Caller, Depends(requires("path.change"))]
Reader = Annotated[Caller, Depends(requires("path.read"))]


@router.post(
    "/v1/paths/{path_id}/consents",
    status_code=201,
    summary="Einwilligung festhalten / Record a consent",
    description="Je Zweck, Empfänger und Arten von Daten eine.",
)
async def give(caller: Changer, command: Commands, path_id: PathId, request: GiveConsent) -> Written:
    """Records a consent."""
    return await command.answer(caller, request, give_consent(path_id, request))


@router.post(
    "/v1/paths/{path_id}/consents/sheet",
    status_code=201,
    summary="Alles, was auf einem Blatt unterschrieben wurde / Everything that was signed on one sheet",
    description="Eine Einwilligung je Zweck; Sprache, Fassung und Nachweis werden mit jeder festgehalten.",
)
async def answer(caller: Changer, command: Commands, path_id: PathId, request: ConsentAnswer) -> Written:
    """Records what was signed."""
    return await command.answer(caller, request, answer_consents(path_id, request))


@router.post(
    "/v1/paths/{path_id}/consents/refusal",
    status_code=201,
    summary="Eine Einwilligung wurde abgelehnt / A consent was refused",
    description="Ohne Nachteil: Es wird nur nichts weitergegeben. Was ein Gesetz erlaubt, läuft weiter.",
)
async def refuse(caller: Changer, command: Commands, path_id: PathId, request: ConsentRefusal) -> Written:
    """Records a refusal."""
    return await command.answer(caller, request, refuse_consents(path_id, request))


@router.get(
    "/v1/paths/{path_id}/consents/{ref}/consequences",
    summary="Folgen eines Widerrufs vorab / What a revocation would do",
    description=(
        "Ändert nichts. Nennt, was heute zurückgenommen würde, wer um Löschung gebeten würde, was weiterläuft und "
        "welche Fristen zuerst schriftlich zu übergeben wären."
    ),
)
async def foresee(caller: Reader, tools: Tools, path_id: PathId, ref: PathRef) -> ConsequencesView:
    """Foresees a revocation."""
    return await read_consequences(tools, caller, path_id, ref)


@router.post(
    "/v1/paths/{path_id}/consents/{ref}/revocation",
    status_code=201,
    summary="Einwilligung widerrufen / Revoke a consent",
    description=(
        "Wirkt sofort: wartende Mitteilungen und Links, die auf ihr beruhen, enden in derselben Transaktion. "
        "`notices_in_flight` nennt, wie viele schon unterwegs waren. Was ein Gesetz erlaubt, läuft weiter."
    ),
)
async def revoke(
    caller: Changer, command: Commands, path_id: PathId, ref: PathRef, request: RevokeConsent | None = None
) -> Written:
    """Revokes a consent."""
    request = request or RevokeConsent()
    return await command.answer(caller, request, revoke_consent(path_id, ref, request))
