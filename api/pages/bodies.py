"""Bodies: agenda, papers, meetings on demand, decisions, minutes. Interfaces and counts; persons only where allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.acts.bodies import (
    BodyReceipt,
    Decided,
    call_meeting,
    decide_item,
    keep_minutes,
    review_resolution,
    write_item_paper,
)
from api.pages.papers import as_pdf
from api.pages.shell import router as page_router
from api.pages.templates import render
from api.pages.visit import Visit, opens
from api.reads_bodies import ItemPage, read_bodies, read_body, read_item, read_meeting
from process_models.decisions import Decision
from process_models.errors import KimError
from process_models.names import BodyKind
from process_models.quarters import name
from process_models.small_cells import SMALL
from store.meetings import PAPER

router = page_router()
Reader = Annotated[Visit, Depends(opens("agenda.read"))]
Decider = Annotated[Visit, Depends(opens("body.decide"))]
Part = Annotated[str, Field(max_length=4000)]


class _Called(BaseModel):
    held_on: date
    reason: str = Field(max_length=200)


class _Decision(BaseModel):
    decision: Decision
    text: str = Field(default="", max_length=4000)
    owner: str = Field(default="", max_length=200)
    meeting: str | None = None
    valid_from: date | None = None
    evaluate_on: date | None = None


class _Paper(BaseModel):
    finding: Part = ""
    root_cause: Part = ""
    options: Part = ""
    recommendation: Part = ""
    effect: Part = ""


class _Minutes(BaseModel):
    minutes: str = Field(max_length=4000)
    present: str = Field(default="", max_length=200)


class _Review(BaseModel):
    review: str = Field(max_length=4000)


@router.get("/bodies")
async def overview(visit: Reader) -> Response:
    """The bodies of the municipality."""
    return visit.page("bodies/overview.html", bodies=await read_bodies(visit.tools, visit.caller))


@router.get("/bodies/{kind}")
async def agenda(visit: Reader, kind: BodyKind) -> Response:
    """A body: next meeting, agenda, decisions."""
    return await _body(visit, kind)


@router.post("/bodies/{kind}/meetings")
async def call(visit: Decider, kind: BodyKind) -> Response:
    """Calls a meeting on demand."""
    try:
        wanted = visit.form.read(_Called)
        await visit.write_for(call_meeting(kind, wanted.held_on, wanted.reason), BodyReceipt)
    except KimError as refusal:
        return await _body(visit, kind, visit.refused(refusal))
    return visit.to(f"/bodies/{kind}", visit.say("Die Sitzung ist angesetzt."))


@router.get("/items/{item_id}")
async def item(visit: Reader, item_id: str) -> Response:
    """An item: finding, paper, decisions."""
    return await _item(visit, item_id)


@router.get("/items/{item_id}/paper.pdf")
async def paper_as_pdf(visit: Reader, item_id: str) -> Response:
    """The decision paper to print and to send."""
    seen = await read_item(visit.tools, visit.caller, item_id)
    return await as_pdf(visit, "bodies/paper.html", f"vorlage-{seen.item.handover.lower()}", seen=seen, parts=PAPER)


@router.post("/items/{item_id}/paper")
async def write_paper(visit: Decider, item_id: str) -> Response:
    """Writes the parts of the paper."""
    try:
        parts = visit.form.read(_Paper).model_dump()
        await visit.write_for(write_item_paper(item_id, parts), BodyReceipt)
    except KimError as refusal:
        return await _item(visit, item_id, visit.refused(refusal))
    return visit.to(f"/items/{item_id}", visit.say("Die Vorlage ist gespeichert."))


@router.post("/items/{item_id}/decision")
async def decide(visit: Decider, item_id: str) -> Response:
    """Records what the body decided."""
    try:
        wanted = visit.form.read(_Decision)
        await visit.write_for(decide_item(item_id, Decided(**wanted.model_dump())), BodyReceipt)
    except KimError as refusal:
        return await _item(visit, item_id, visit.refused(refusal))
    said = visit.say("Der Beschluss ist festgehalten; die betroffenen Wege erfahren davon.")
    return visit.to(f"/items/{item_id}", said)


@router.post("/items/{item_id}/resolutions/{resolution_id}/review")
async def review(visit: Decider, item_id: str, resolution_id: str) -> Response:
    """Records the effect of a decision."""
    try:
        wanted = visit.form.read(_Review)
        seen = await read_item(visit.tools, visit.caller, item_id)
        await visit.write_for(review_resolution(resolution_id, seen.item.body, wanted.review), BodyReceipt)
    except KimError as refusal:
        return await _item(visit, item_id, visit.refused(refusal))
    return visit.to(f"/items/{item_id}", visit.say("Die Wirkung ist festgehalten."))


@router.get("/meetings/{meeting_id}")
async def meeting(visit: Reader, meeting_id: str) -> Response:
    """A meeting and its minutes."""
    return await _meeting(visit, meeting_id)


@router.get("/meetings/{meeting_id}/minutes.pdf")
async def minutes_as_pdf(visit: Reader, meeting_id: str) -> Response:
    """The minutes to print and to send."""
    seen = await read_meeting(visit.tools, visit.caller, meeting_id)
    return await as_pdf(visit, "bodies/minutes.html", f"niederschrift-{seen.meeting.held_on.isoformat()}", seen=seen)


@router.post("/meetings/{meeting_id}/minutes")
async def write_minutes(visit: Decider, meeting_id: str) -> Response:
    """Writes the minutes."""
    try:
        wanted = visit.form.read(_Minutes)
        await visit.write_for(keep_minutes(meeting_id, wanted.minutes, wanted.present), BodyReceipt)
    except KimError as refusal:
        return await _meeting(visit, meeting_id, visit.refused(refusal))
    return visit.to(f"/meetings/{meeting_id}", visit.say("Die Niederschrift ist gespeichert."))


async def _body(visit: Visit, kind: BodyKind, status: int = 200) -> Response:
    return visit.page("bodies/body.html", status, seen=await read_body(visit.tools, visit.caller, kind))


async def _item(visit: Visit, item_id: str, status: int = 200) -> Response:
    seen = await read_item(visit.tools, visit.caller, item_id)
    paper = seen.item.paper or _begun(visit, seen)
    return visit.page("bodies/item.html", status, seen=seen, parts=PAPER, paper=paper)


def _begun(visit: Visit, seen: ItemPage) -> Mapping[str, str]:
    """What the figures say for a paper that is still to be written; the author may change it."""
    if seen.figures is None or not seen.figures.before_quarters:
        return {}
    words: dict[str, object] = {"name": name, "small": SMALL, "language": visit.language}
    context = words | {"seen": seen, "effect": seen.figures}
    texts = {part: render(visit.language, f"bodies/_{part}.html", context) for part in ("finding", "effect")}
    return {part: " ".join(unescape(text).split()) for part, text in texts.items()}


async def _meeting(visit: Visit, meeting_id: str, status: int = 200) -> Response:
    return visit.page("bodies/meeting.html", status, seen=await read_meeting(visit.tools, visit.caller, meeting_id))
