"""The register of offers: found, added, corrected and confirmed; the owner's page behind the link of a mail."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response

from api.acts.offer_table import MOST_LINES, TableReceipt, import_table, preview_table
from api.acts.offers import (
    OfferIn,
    OfferReceipt,
    OfferTermsIn,
    UpkeepSeen,
    answer_upkeep,
    confirm,
    correct,
    end,
    put_into_register,
    see_upkeep,
)
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor, opens
from api.reads_needs import COLUMNS, csv_of, read_offer, read_register
from process_models.errors import KimError
from store.offers import WantedOffers

router = page_router()
Reader = Annotated[Visit, Depends(opens("offer.read"))]
Keeper = Annotated[Visit, Depends(opens("offer.manage"))]
Short = Annotated[str, Query(max_length=80)]


@router.get("/offers")
async def register(
    visit: Reader,
    kind: Short = "",
    place: Short = "",
    for_language: Short = "",
    words: Short = "",
    over: Short = "",
) -> Response:
    """The register, filtered."""
    wanted = WantedOffers(kind, place, for_language, words=words, over=bool(over))
    return visit.page("needs/offers.html", seen=await read_register(visit.tools, visit.caller, wanted), wanted=wanted)


@router.get("/offers.csv")
async def export(visit: Reader) -> Response:
    """The whole register as CSV."""
    seen = await read_register(visit.tools, visit.caller, WantedOffers(over=True))
    name = {"Content-Disposition": 'attachment; filename="angebote.csv"'}
    return Response("\ufeff" + csv_of(seen.offers), media_type="text/csv; charset=utf-8", headers=name)


@router.get("/offers/new")
async def blank(visit: Keeper) -> Response:
    """The form of a new offer."""
    return await _form(visit, None)


@router.post("/offers/new")
async def add(visit: Keeper) -> Response:
    """Adds an offer."""
    try:
        done = await visit.write_for(put_into_register(visit.form.read(OfferIn)), OfferReceipt)
    except KimError as refusal:
        return await _form(visit, None, visit.refused(refusal))
    return visit.to(f"/offers/{done.id}", visit.say("Das Angebot steht im Verzeichnis."))


@router.get("/offers/import")
async def empty_table(visit: Keeper) -> Response:
    """Where a table of offers is pasted."""
    return visit.page("needs/import.html", lines=(), columns=COLUMNS, most=MOST_LINES)


@router.post("/offers/import")
async def take_table(visit: Keeper) -> Response:
    """Shows what the table would do; with `step=take` and without errors, does it."""
    table = visit.form.value("table")
    try:
        if visit.form.value("step") == "take":
            done = await visit.write_for(import_table(table), TableReceipt)
            return visit.to("/offers", visit.say("%(count)s Angebote stehen im Verzeichnis.", count=done.count))
    except KimError as refusal:
        visit.refused(refusal)
    try:
        lines = await preview_table(visit.tools, visit.caller, table)
    except KimError as refusal:
        status = visit.refused(refusal)
        return visit.page("needs/import.html", status, lines=(), columns=COLUMNS, most=MOST_LINES)
    if any(line.wrong for line in lines):
        visit.form.wrong("table", "Die Tabelle hat noch Fehler; nichts wurde übernommen.")
    status = 422 if visit.form.errors else 200
    return visit.page("needs/import.html", status, lines=lines, columns=COLUMNS, most=MOST_LINES)


@router.get("/offers/{offer_id}")
async def show(visit: Reader, offer_id: str) -> Response:
    """One offer, with its form for who keeps the register."""
    return await _form(visit, offer_id)


@router.post("/offers/{offer_id}")
async def change(visit: Keeper, offer_id: str) -> Response:
    """Corrects an offer, which confirms it."""
    try:
        await visit.write_for(correct(offer_id, visit.form.read(OfferIn)), OfferReceipt)
    except KimError as refusal:
        return await _form(visit, offer_id, visit.refused(refusal))
    return visit.to(f"/offers/{offer_id}", visit.say("Das Angebot ist berichtigt und bestätigt."))


@router.post("/offers/{offer_id}/confirm")
async def confirm_it(visit: Keeper, offer_id: str) -> Response:
    """Confirms an offer as it stands."""
    await visit.write_for(confirm(offer_id), OfferReceipt)
    return visit.to(f"/offers/{offer_id}", visit.say("Das Angebot ist bestätigt."))


@router.post("/offers/{offer_id}/end")
async def end_it(visit: Keeper, offer_id: str) -> Response:
    """Ends an offer."""
    await visit.write_for(end(offer_id), OfferReceipt)
    return visit.to("/offers", visit.say("Das Angebot ist beendet."))


@router.api_route("/o/{token}", methods=["GET", "HEAD"])
async def upkeep(visit: Visitor, token: str) -> Response:
    """What the owner is asked; opening it changes nothing."""
    return _upkeep(visit, await see_upkeep(visit.tools, token))


@router.post("/o/{token}")
async def answer(visit: Visitor, token: str) -> Response:
    """What the owner says."""
    said = visit.form.value("answer")
    try:
        given = visit.form.read(OfferTermsIn).model_dump() if said == "corrected" else {}
        title = await answer_upkeep(visit.tools, token, said, given, visit.sent(token))
    except KimError as refusal:
        return _upkeep(visit, await see_upkeep(visit.tools, token), visit.refused(refusal))
    return visit.page("needs/upkeep_thanks.html", title=title, said=said)


def _upkeep(visit: Visit, seen: UpkeepSeen, status: int = 200) -> Response:
    return visit.page("needs/upkeep.html", status, seen=seen)


async def _form(visit: Visit, offer_id: str | None, status: int = 200) -> Response:
    register = await read_register(visit.tools, visit.caller, WantedOffers())
    seen: Any = await read_offer(visit.tools, visit.caller, offer_id) if offer_id else None
    return visit.page("needs/offer.html", status, seen=seen, register=register)
