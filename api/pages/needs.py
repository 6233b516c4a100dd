"""Needs of a path: recorded, referred to offers, closed; steps for the person on one sheet; figures for the bodies."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import Depends
from fastapi.responses import Response

from api.acts.needs import (
    AnswerReferral,
    EndNeed,
    ProposeOffer,
    RecordNeed,
    TakeSteps,
    answer_referral,
    close_need,
    record_need,
    refer,
    take_steps,
)
from api.acts.writing import Act
from api.pages.figures import Typed, year_typed
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_needs import read_need_figures, read_needs
from process_models.errors import KimError
from process_models.needs import UnmetReason

router = page_router()
Reader = Annotated[Visit, Depends(opens("need.read"))]
Changer = Annotated[Visit, Depends(opens("need.change"))]
Counter = Annotated[Visit, Depends(opens("need.count"))]
REASONS = get_args(UnmetReason)


@router.get("/needs")
async def figures(visit: Counter, year: Typed = "") -> Response:
    """What was needed in a year that is over, and what was not to be had."""
    refusal = ""
    try:
        seen = await read_need_figures(visit.tools, visit.caller, year_typed(year))
    except KimError as refused:
        refusal = refused.detail
        seen = await read_need_figures(visit.tools, visit.caller)
    return visit.page("needs/figures.html", seen=seen, refusal=refusal)


@router.get("/paths/{path_id}/needs")
async def show(visit: Reader, path_id: str) -> Response:
    """The needs of a path."""
    return await _page(visit, path_id)


@router.get("/paths/{path_id}/steps")
async def sheet(visit: Reader, path_id: str) -> Response:
    """The next steps in plain words, to print for the person."""
    return visit.page("needs/steps.html", seen=await read_needs(visit.tools, visit.caller, path_id))


@router.post("/paths/{path_id}/needs")
async def record(visit: Changer, path_id: str) -> Response:
    """Records a need."""
    try:
        await visit.write(record_need(path_id, visit.form.read(RecordNeed)))
    except KimError as refusal:
        visit.form.note(refusal)
        return await _page(visit, path_id, refusal.status)
    return visit.to(f"/paths/{path_id}/needs", visit.say("Der Bedarf ist aufgenommen."))


@router.post("/paths/{path_id}/needs/{need_id}/referrals")
async def propose(visit: Changer, path_id: str, need_id: str) -> Response:
    """Proposes an offer, or refers to it."""
    wanted = ProposeOffer(offer=visit.form.value("offer"), referred=visit.form.value("referred") == "yes")
    return await _done(visit, path_id, refer(path_id, need_id, wanted), visit.say("Das Angebot ist vorgemerkt."))


@router.post("/paths/{path_id}/needs/{need_id}/referrals/{referral_id}")
async def answer(visit: Changer, path_id: str, need_id: str, referral_id: str) -> Response:
    """Notes what became of a referral."""
    try:
        act = answer_referral(path_id, need_id, referral_id, visit.form.read(AnswerReferral))
    except KimError as refusal:
        return visit.to(f"/paths/{path_id}/needs", visit.told(refusal), "danger")
    return await _done(visit, path_id, act, visit.say("Der Stand der Vermittlung ist festgehalten."))


@router.post("/paths/{path_id}/needs/{need_id}/end")
async def close(visit: Changer, path_id: str, need_id: str) -> Response:
    """Closes a need."""
    try:
        act = close_need(path_id, need_id, visit.form.read(EndNeed))
    except KimError as refusal:
        return visit.to(f"/paths/{path_id}/needs", visit.told(refusal), "danger")
    return await _done(visit, path_id, act, visit.say("Der Bedarf ist abgeschlossen."))


@router.post("/paths/{path_id}/needs/{need_id}/steps")
async def steps(visit: Changer, path_id: str, need_id: str) -> Response:
    """Notes which steps the person has taken."""
    wanted = TakeSteps(done=tuple(visit.form.chosen("done")))
    return await _done(visit, path_id, take_steps(path_id, need_id, wanted), visit.say("Die Schritte sind vermerkt."))


async def _done(visit: Visit, path_id: str, act: Act, notice: str) -> Response:
    back = f"/paths/{path_id}/needs"
    try:
        await visit.write(act)
    except KimError as refusal:
        if refusal.status in (403, 404):
            raise
        return visit.to(back, visit.told(refusal), "danger")
    return visit.to(back, notice)


async def _page(visit: Visit, path_id: str, status: int = 200) -> Response:
    seen = await read_needs(visit.tools, visit.caller, path_id)
    return visit.page("needs/path.html", status, seen=seen, reasons=REASONS)
