"""Bodies: meetings, papers, decisions, minutes, reviews. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from api.acts.bodies import (
    BodyAct,
    BodyReceipt,
    Decided,
    call_meeting,
    decide_item,
    keep_minutes,
    review_resolution,
    write_item_paper,
)
from api.acts.writing import Key, call_of, write_once
from api.caller import Caller, requires
from api.reads_bodies import read_meetings, read_resolutions
from api.schemas import CallMeeting, DecideItem, ItemId, KeepMinutes, ReviewResolution, WritePaper
from api.services import Services, Tools
from api.views import MeetingsView, ResolutionsView
from process_models.names import BodyKind

router = APIRouter(tags=["Gremien"])
Reader = Annotated[Caller, Depends(requires("agenda.read"))]
Decider = Annotated[Caller, Depends(requires("body.decide"))]


class Sitting:
    """One request that writes for a body."""

    def __init__(self, request: Request, response: Response, tools: Tools, key: Key) -> None:
        self._request = request
        self._response = response
        self._tools: Services = tools
        self._key = key

    async def answer(self, caller: Caller, body: BaseModel, act: BodyAct) -> BodyReceipt:
        """Carries the act out, or gives the receipt of its first time."""
        call = call_of(self._request, caller, self._key, body, self._tools.now())
        receipt, replayed = await write_once(self._tools, call, act, BodyReceipt)
        if replayed:
            self._response.headers["Idempotent-Replayed"] = "true"
        return receipt


Sittings = Annotated[Sitting, Depends()]


@router.get("/v1/bodies/{kind}/meetings", summary="Sitzungen eines Gremiums / Meetings of a body")
async def meetings(caller: Reader, tools: Tools, kind: BodyKind) -> MeetingsView:
    """The meetings of a body."""
    return await read_meetings(tools, caller, kind)


@router.get("/v1/bodies/{kind}/resolutions", summary="Beschlüsse eines Gremiums / Decisions of a body")
async def resolutions(caller: Reader, tools: Tools, kind: BodyKind) -> ResolutionsView:
    """The decisions of a body."""
    return await read_resolutions(tools, caller, kind)


@router.post(
    "/v1/bodies/{kind}/meetings",
    status_code=201,
    summary="Sitzung bei Bedarf ansetzen / Call a meeting on demand",
)
async def call(caller: Decider, sitting: Sittings, kind: BodyKind, request: CallMeeting) -> BodyReceipt:
    """Calls a meeting."""
    return await sitting.answer(caller, request, call_meeting(kind, request.held_on, request.reason, request.now))


@router.post(
    "/v1/meetings/{meeting_id}/minutes",
    status_code=201,
    summary="Niederschrift festhalten / Write the minutes",
)
async def minutes(caller: Decider, sitting: Sittings, meeting_id: ItemId, request: KeepMinutes) -> BodyReceipt:
    """Writes the minutes of a meeting."""
    act = keep_minutes(meeting_id, request.minutes, request.present, request.now)
    return await sitting.answer(caller, request, act)


@router.post(
    "/v1/items/{item_id}/paper",
    status_code=201,
    summary="Vorlage schreiben / Write the decision paper",
)
async def paper(caller: Decider, sitting: Sittings, item_id: ItemId, request: WritePaper) -> BodyReceipt:
    """Writes parts of a paper."""
    parts = request.model_dump(exclude_none=True)
    return await sitting.answer(caller, request, write_item_paper(item_id, parts))


@router.post(
    "/v1/items/{item_id}/decision",
    status_code=201,
    summary="Punkt entscheiden / Decide an item",
    description="adopt annehmen, reject ablehnen, postpone vertagen, to_verfahren und to_lenkung weitergeben.",
)
async def decide(caller: Decider, sitting: Sittings, item_id: ItemId, request: DecideItem) -> BodyReceipt:
    """Decides an item."""
    return await sitting.answer(caller, request, decide_item(item_id, Decided(**request.model_dump())))


@router.post(
    "/v1/bodies/{kind}/resolutions/{resolution_id}/review",
    status_code=201,
    summary="Wirkung eines Beschlusses festhalten / Record the effect of a decision",
)
async def review(
    caller: Decider, sitting: Sittings, kind: BodyKind, resolution_id: ItemId, request: ReviewResolution
) -> BodyReceipt:
    """Records what came of a decision."""
    return await sitting.answer(caller, request, review_resolution(resolution_id, kind, request.review, request.now))
