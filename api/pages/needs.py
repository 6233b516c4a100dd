"""Needs of a path: recorded, referred to offers, closed; steps for the person on one sheet; figures for the bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, get_args

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel

from api.acts.needs import (
    AnswerReferral,
    EndNeed,
    ProposeOffer,
    RecordNeed,
    RowId,
    TakeSteps,
    answer_referral,
    close_need,
    record_need,
    refer,
    take_steps,
)
from api.acts.writing import Act
from api.pages.figures import Typed, of_year
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_needs import read_need_figures, read_needs
from process_models.errors import KimError
from process_models.needs import UnmetReason, Urgency

router = page_router()
Reader = Annotated[Visit, Depends(opens("need.read"))]
Changer = Annotated[Visit, Depends(opens("need.change"))]
Counter = Annotated[Visit, Depends(opens("need.count"))]
REASONS = get_args(UnmetReason)


class _Needed(RecordNeed):
    """As the form asks for it: it offers a day and an urgency, and takes none for granted."""

    urgency: Urgency
    since: date


class _Proposed(BaseModel):
    offer: RowId
    referred: Literal["yes"] | None = None


@router.get("/needs")
async def figures(visit: Counter, year: Typed = "") -> Response:
    """What was needed in a year that is over, and what was not to be had."""
    seen, refusal = await of_year(visit, read_need_figures, year)
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
    return await _noted(
        visit, path_id, lambda: record_need(path_id, visit.form.read(_Needed)), N_("Der Bedarf ist aufgenommen.")
    )


@router.post("/paths/{path_id}/needs/{need_id}/referrals")
async def propose(visit: Changer, path_id: str, need_id: str) -> Response:
    """Proposes an offer, or refers to it."""
    return await _noted(
        visit, path_id, lambda: refer(path_id, need_id, _proposed(visit)), N_("Das Angebot ist vorgemerkt.")
    )


@router.post("/paths/{path_id}/needs/{need_id}/referrals/{referral_id}")
async def answer(visit: Changer, path_id: str, need_id: str, referral_id: str) -> Response:
    """Notes what became of a referral."""

    def act() -> Act:
        return answer_referral(path_id, need_id, referral_id, visit.form.read(AnswerReferral))

    return await _noted(visit, path_id, act, N_("Der Stand der Vermittlung ist festgehalten."))


@router.post("/paths/{path_id}/needs/{need_id}/end")
async def close(visit: Changer, path_id: str, need_id: str) -> Response:
    """Closes a need."""
    said = N_("Der Bedarf ist abgeschlossen.")
    return await _noted(visit, path_id, lambda: close_need(path_id, need_id, visit.form.read(EndNeed)), said)


@router.post("/paths/{path_id}/needs/{need_id}/steps")
async def steps(visit: Changer, path_id: str, need_id: str) -> Response:
    """Notes which steps the person has taken."""
    said = N_("Die Schritte sind vermerkt.")
    return await _noted(visit, path_id, lambda: take_steps(path_id, need_id, visit.form.read(TakeSteps)), said)


def _proposed(visit: Visit) -> ProposeOffer:
    typed = visit.form.read(_Proposed)
    return ProposeOffer(offer=typed.offer, referred=typed.referred is not None)


async def _noted(visit: Visit, path_id: str, act: Callable[[], Act], said: str) -> Response:
    """What the page of needs does with each of its forms; `said` is told after it."""
    try:
        await visit.write(act())
    except KimError as refusal:
        return await _page(visit, path_id, visit.refused(refusal))
    return visit.to(f"/paths/{path_id}/needs", visit.say(said))


async def _page(visit: Visit, path_id: str, status: int = 200) -> Response:
    seen = await read_needs(visit.tools, visit.caller, path_id)
    return visit.page("needs/path.html", status, seen=seen, reasons=REASONS)
