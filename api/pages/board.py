"""The board of the coordinating unit: what stalls where and for how long, what to do about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.acts.handovers import Given, answer_handover
from api.acts.stalls import Table, put_before, remind_now
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_board import read_board, read_stuck
from process_models.errors import KimError
from process_models.work import StallReason
from store.board import WantedStalls

router = page_router()
Reader = Annotated[Visit, Depends(opens("board.read"))]
Actor = Annotated[Visit, Depends(opens("stall.act"))]
Short = Annotated[str, Query(max_length=80)]
_LIST: Final = ("handover", "agency", "after")
"""What the list shows; its forms carry it as `of-…`, so that they lead back to the same list."""


class _Time(BaseModel):
    until: date
    reason: StallReason


class _Other(BaseModel):
    agency: str


@router.get("/board")
async def show(visit: Reader) -> Response:
    """The board."""
    return visit.page("board/board.html", seen=await read_board(visit.tools, visit.caller))


@router.get("/board/paths")
async def stuck(visit: Reader, handover: Short = "", agency: Short = "", after: Short = "") -> Response:
    """The list behind a number."""
    return await _stuck(visit, WantedStalls(handover=handover, agency=agency, after=_after(after)))


@router.post("/board/paths/{path_id}/{code}/remind")
async def remind(visit: Actor, path_id: str, code: str) -> Response:
    """Reminds the receiver now."""
    await visit.write(remind_now(path_id, code))
    return visit.to(_back(visit), visit.say("Die Erinnerung geht hinaus."))


@router.post("/board/paths/{path_id}/{code}/agenda/{body}")
async def put_on_the_agenda(visit: Actor, path_id: str, code: str, body: Table) -> Response:
    """Puts it before a working group."""
    await visit.write(put_before(path_id, code, body))
    return visit.to(_back(visit), visit.say("Der Punkt steht auf der Tagesordnung."))


@router.post("/board/paths/{path_id}/{code}/time")
async def give_time(visit: Actor, path_id: str, code: str) -> Response:
    """Gives the receiver time, with a reason."""
    try:
        wanted = visit.form.read(_Time)
        given = Given("extend", wanted.reason, until=wanted.until)
        await visit.write(answer_handover(path_id, code, given))
    except KimError as refusal:
        return await _stuck(visit, _typed(visit), visit.refused(refusal))
    return visit.to(_back(visit), visit.say("Die Stelle hat Zeit bis zum %(day)s.", day=f"{wanted.until:%d.%m.%Y}"))


@router.post("/board/paths/{path_id}/{code}/receiver")
async def pass_on(visit: Actor, path_id: str, code: str) -> Response:
    """Passes the handover on to another agency."""
    try:
        wanted = visit.form.read(_Other)
        await visit.write(answer_handover(path_id, code, Given("forward", agency=wanted.agency)))
    except KimError as refusal:
        return await _stuck(visit, _typed(visit), visit.refused(refusal))
    return visit.to(_back(visit), visit.say("Die Übergabe ist weitergeleitet."))


async def _stuck(visit: Visit, wanted: WantedStalls, status: int = 200) -> Response:
    seen = await read_stuck(visit.tools, visit.caller, wanted)
    return visit.page("board/paths.html", status, seen=seen, wanted=wanted)


def _typed(visit: Visit) -> WantedStalls:
    """The list that the form was on."""
    handover, agency, after = (visit.form.value(f"of-{name}") for name in _LIST)
    return WantedStalls(handover, agency, after=_after(after))


def _after(text: str) -> tuple[date, str] | None:
    day, _, case_number = text.partition(",")
    try:
        return (date.fromisoformat(day), case_number) if text else None
    except ValueError:
        return None


def _back(visit: Visit) -> str:
    kept = {name: told for name in _LIST if (told := visit.form.value(f"of-{name}"))}
    return f"/board/paths?{urlencode(kept)}" if kept else "/board/paths"
