"""Posts of case managers: who holds them, who should get which path, how the work is spread, why a file is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.acts.assigning import give_path
from api.acts.posts import (
    ChangePost,
    CountRefugees,
    EndPost,
    HoldPost,
    NoteConflict,
    PostAct,
    PostReceipt,
    change_post,
    count_refugees,
    leave_post,
    refuse_path,
    take_post,
)
from api.acts.supervising import LONGEST, OpenFile, supervise
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_posts import read_case_number, read_posts, read_unassigned, read_workload
from process_models.errors import KimError

router = page_router()
Reader = Annotated[Visit, Depends(opens("post.read"))]
Manager = Annotated[Visit, Depends(opens("post.manage"))]
Overseer = Annotated[Visit, Depends(opens("board.read"))]
Assigner = Annotated[Visit, Depends(opens("path.assign"))]
Noter = Annotated[Visit, Depends(opens("conflict.note"))]
Supervisor = Annotated[Visit, Depends(opens("file.supervise"))]
Short = Annotated[str, Query(max_length=80)]


class _Given(BaseModel):
    account: str


class _Opened(OpenFile):
    """As the form asks for it: it offers a number of days, and takes none for granted."""

    days: Annotated[int, Field(ge=1, le=LONGEST)]


@router.get("/posts")
async def posts(visit: Reader) -> Response:
    """The posts, and for who coordinates the forms."""
    return await _posts(visit)


@router.post("/posts/holders")
async def hold(visit: Manager) -> Response:
    """Notes who holds a post."""
    return await _noted(visit, lambda: take_post(visit.form.read(HoldPost)), N_("Die Stelle ist besetzt."))


@router.post("/posts/holders/{holding_id}/end")
async def leave(visit: Manager, holding_id: str) -> Response:
    """Notes the last day of whoever holds a post."""
    said = N_("Der letzte Tag ist eingetragen. Betroffene Wege: %(count)s.")
    return await _noted(visit, lambda: leave_post(holding_id, visit.form.read(EndPost)), said)


@router.post("/posts/changes")
async def change(visit: Manager) -> Response:
    """Notes what is different about a post from a day on."""
    return await _noted(visit, lambda: change_post(visit.form.read(ChangePost)), N_("Die Änderung ist eingetragen."))


@router.post("/posts/refugees")
async def count(visit: Manager) -> Response:
    """Notes how many refugees a place counted."""
    return await _noted(visit, lambda: count_refugees(visit.form.read(CountRefugees)), N_("Die Zahl ist eingetragen."))


@router.get("/workload")
async def workload(visit: Overseer) -> Response:
    """How the work is spread over posts and places, against what should be."""
    return visit.page("posts/workload.html", seen=await read_workload(visit.tools, visit.caller))


@router.get("/assignments")
async def assignments(visit: Assigner, after: Short = "") -> Response:
    """Paths of nobody, each with the proposal of who should get it."""
    return await _assignments(visit, after)


@router.post("/assignments/{path_id}")
async def give(visit: Assigner, path_id: str) -> Response:
    """Gives a path to a case manager: whoever sends this decides."""
    try:
        await visit.write(give_path(path_id, visit.form.read(_Given).account))
    except KimError as refusal:
        return await _assignments(visit, visit.form.value("after"), visit.refused(refusal))
    return visit.to("/assignments", visit.say("Der Weg ist zugeteilt."))


@router.post("/assignments/{path_id}/conflict")
async def conflict(visit: Noter, path_id: str) -> Response:
    """Notes that somebody shall not get a path."""
    back = "/assignments" if visit.may("path.assign") else "/paths"
    try:
        await visit.write(refuse_path(path_id, visit.form.read(NoteConflict)))
    except KimError as refusal:
        if not visit.may("path.assign"):
            raise
        return await _assignments(visit, visit.form.value("after"), visit.refused(refusal))
    return visit.to(back, visit.say("Der Interessenkonflikt ist eingetragen."))


@router.get("/paths/{path_id}/supervision")
async def ask(visit: Supervisor, path_id: str) -> Response:
    """Asks why the file is to be opened."""
    return await _ask(visit, path_id)


@router.post("/paths/{path_id}/supervision")
async def open_for_supervision(visit: Supervisor, path_id: str) -> Response:
    """Opens the file for some days; the case manager sees who and why."""
    try:
        await visit.write(supervise(path_id, visit.form.read(_Opened)))
    except KimError as refusal:
        return await _ask(visit, path_id, visit.refused(refusal))
    return visit.to(f"/paths/{path_id}", visit.say("Die Akte ist geöffnet. Grund und Zeit stehen im Protokoll."))


async def _noted(visit: Visit, act: Callable[[], PostAct], said: str) -> Response:
    """What the page of posts does with each of its forms. `said` is told after it, with the number of paths."""
    try:
        done = await visit.write_for(act(), PostReceipt)
    except KimError as refusal:
        return await _posts(visit, visit.refused(refusal))
    return visit.to("/posts", visit.say(said, count=done.paths))


async def _posts(visit: Visit, status: int = 200) -> Response:
    return visit.page("posts/list.html", status, seen=await read_posts(visit.tools, visit.caller))


async def _assignments(visit: Visit, after: str = "", status: int = 200) -> Response:
    seen = await read_unassigned(visit.tools, visit.caller, after)
    return visit.page("posts/assignments.html", status, seen=seen, after=after)


async def _ask(visit: Visit, path_id: str, status: int = 200) -> Response:
    number = await read_case_number(visit.tools, visit.caller, path_id)
    return visit.page("posts/supervision.html", status, path_id=path_id, case_number=number)
