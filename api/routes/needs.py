"""Needs of a path, the register of offers, figures of needs. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

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
from api.acts.offers import OfferAct, OfferIn, OfferReceipt, confirm, correct, end, put_into_register
from api.acts.writing import Key, call_of, write_once
from api.caller import Caller, requires
from api.reads_needs import read_need_figures, read_needs, read_register
from api.routes.writing import Commands
from api.schemas import ItemId, PathId
from api.schemas import Request as Asked
from api.services import Services, Tools
from api.views import Written
from api.views_needs import (
    NeedFiguresView,
    NeedsView,
    RegisterView,
    need_figures_view,
    needs_view,
    register_view,
)
from store.offers import WantedOffers

router = APIRouter(tags=["Bedarfe und Angebote"])
Reader = Annotated[Caller, Depends(requires("need.read"))]
Changer = Annotated[Caller, Depends(requires("need.change"))]
Keeper = Annotated[Caller, Depends(requires("offer.manage"))]
Short = Annotated[str, Query(max_length=80)]


class Nothing(Asked):
    """An act that needs no more than its address."""


class Listing:
    """One request that writes into the register of offers."""

    def __init__(self, request: Request, response: Response, tools: Tools, key: Key) -> None:
        self._request = request
        self._response = response
        self._tools: Services = tools
        self._key = key

    async def answer(self, caller: Caller, body: BaseModel, act: OfferAct) -> OfferReceipt:
        """Carries the act out, or gives the receipt of its first time."""
        call = call_of(self._request, caller, self._key, body, self._tools.now())
        receipt, replayed = await write_once(self._tools, call, act, OfferReceipt)
        if replayed:
            self._response.headers["Idempotent-Replayed"] = "true"
        return receipt


Listings = Annotated[Listing, Depends()]


@router.get("/v1/offers", summary="Verzeichnis der Angebote / Register of offers")
async def offers(
    caller: Annotated[Caller, Depends(requires("offer.read"))],
    tools: Tools,
    kind: Short = "",
    place: Short = "",
    language: Short = "",
    words: Short = "",
) -> RegisterView:
    """The offers that were asked for."""
    return register_view(await read_register(tools, caller, WantedOffers(kind, place, language, words=words)))


@router.post("/v1/offers", status_code=201, summary="Angebot eintragen / Add an offer")
async def add(caller: Keeper, listing: Listings, request: OfferIn) -> OfferReceipt:
    """Adds an offer."""
    return await listing.answer(caller, request, put_into_register(request))


@router.post("/v1/offers/{offer_id}", status_code=201, summary="Angebot berichtigen / Correct an offer")
async def change(caller: Keeper, listing: Listings, offer_id: ItemId, request: OfferIn) -> OfferReceipt:
    """Corrects an offer, which confirms it."""
    return await listing.answer(caller, request, correct(offer_id, request))


@router.post("/v1/offers/{offer_id}/confirmation", status_code=201, summary="Angebot bestätigen / Confirm an offer")
async def confirm_it(
    caller: Keeper, listing: Listings, offer_id: ItemId, request: Nothing | None = None
) -> OfferReceipt:
    """Confirms an offer as it stands."""
    return await listing.answer(caller, request or Nothing(), confirm(offer_id))


@router.post("/v1/offers/{offer_id}/end", status_code=201, summary="Angebot beenden / End an offer")
async def end_it(caller: Keeper, listing: Listings, offer_id: ItemId, request: Nothing | None = None) -> OfferReceipt:
    """Ends an offer."""
    return await listing.answer(caller, request or Nothing(), end(offer_id))


@router.get(
    "/v1/needs",
    summary="Bedarfe in Zahlen / Needs in numbers",
    description="Ganze Jahre, die vorbei sind; keine Zahl unter fünf.",
)
async def figures(
    caller: Annotated[Caller, Depends(requires("need.count"))],
    tools: Tools,
    year: Annotated[int | None, Query(ge=2000, le=2200)] = None,
) -> NeedFiguresView:
    """What was needed and what was not to be had in a year that is over."""
    return need_figures_view(await read_need_figures(tools, caller, year))


@router.get("/v1/paths/{path_id}/needs", summary="Bedarfe eines Weges / Needs of a path")
async def needs(caller: Reader, tools: Tools, path_id: PathId) -> NeedsView:
    """The needs of a path."""
    return needs_view(await read_needs(tools, caller, path_id))


@router.post("/v1/paths/{path_id}/needs", status_code=201, summary="Bedarf aufnehmen / Record a need")
async def record(caller: Changer, command: Commands, path_id: PathId, request: RecordNeed) -> Written:
    """Records a need."""
    return await command.answer(caller, request, record_need(path_id, request))


@router.post(
    "/v1/paths/{path_id}/needs/{need_id}/referrals", status_code=201, summary="Angebot vorschlagen / Propose an offer"
)
async def propose(
    caller: Changer, command: Commands, path_id: PathId, need_id: ItemId, request: ProposeOffer
) -> Written:
    """Proposes an offer for a need, or refers to it."""
    return await command.answer(caller, request, refer(path_id, need_id, request))


@router.post(
    "/v1/paths/{path_id}/needs/{need_id}/referrals/{referral_id}",
    status_code=201,
    summary="Stand der Vermittlung / What became of a referral",
)
async def answer(
    caller: Changer,
    command: Commands,
    path_id: PathId,
    need_id: ItemId,
    referral_id: ItemId,
    request: AnswerReferral,
) -> Written:
    """Notes what became of a referral."""
    return await command.answer(caller, request, answer_referral(path_id, need_id, referral_id, request))


@router.post("/v1/paths/{path_id}/needs/{need_id}/end", status_code=201, summary="Bedarf abschließen / Close a need")
async def close(caller: Changer, command: Commands, path_id: PathId, need_id: ItemId, request: EndNeed) -> Written:
    """Closes a need."""
    return await command.answer(caller, request, close_need(path_id, need_id, request))


@router.post(
    "/v1/paths/{path_id}/needs/{need_id}/steps", status_code=201, summary="Schritte der Person / Steps of the person"
)
async def steps(caller: Changer, command: Commands, path_id: PathId, need_id: ItemId, request: TakeSteps) -> Written:
    """Notes which steps the person has taken."""
    return await command.answer(caller, request, take_steps(path_id, need_id, request))
