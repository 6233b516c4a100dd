"""Posts of case managers: who holds them, who should get which path, how the work is spread, why a file is opened."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.acts.assigning import give_path
from api.acts.posts import (
    ChangePost,
    CountRefugees,
    EndPost,
    HoldPost,
    NoteConflict,
    PostReceipt,
    change_post,
    count_refugees,
    leave_post,
    refuse_path,
    take_post,
)
from api.acts.supervising import OpenFile, supervise
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
Supervisor = Annotated[Visit, Depends(opens("supervision.open"))]
Short = Annotated[str, Query(max_length=80)]


class _Given(BaseModel):
    account: str


@router.get("/posts")
async def posts(visit: Reader) -> Response:
    """The posts, and for who coordinates the forms."""
    return await _posts(visit)


@router.post("/posts/holders")
async def hold(visit: Manager) -> Response:
    """Notes who holds a post."""
    try:
        await visit.write_for(take_post(visit.form.read(HoldPost)), PostReceipt)
    except KimError as refusal:
        visit.form.note(refusal)
        return await _posts(visit, refusal.status)
    return visit.to("/posts", visit.say("Die Stelle ist besetzt."))


@router.post("/posts/holders/{holding_id}/end")
async def leave(visit: Manager, holding_id: str) -> Response:
    """Notes the last day of whoever holds a post."""
    try:
        done = await visit.write_for(leave_post(holding_id, visit.form.read(EndPost)), PostReceipt)
    except KimError as refusal:
        return visit.to("/posts", visit.told(refusal), "danger")
    return visit.to(
        "/posts", visit.say("Der letzte Tag ist eingetragen. Betroffene Wege: %(count)s.", count=done.paths)
    )


@router.post("/posts/changes")
async def change(visit: Manager) -> Response:
    """Notes what is different about a post from a day on."""
    try:
        await visit.write_for(change_post(visit.form.read(ChangePost)), PostReceipt)
    except KimError as refusal:
        visit.form.note(refusal)
        return await _posts(visit, refusal.status)
    return visit.to("/posts", visit.say("Die Änderung ist eingetragen."))


@router.post("/posts/refugees")
async def count(visit: Manager) -> Response:
    """Notes how many refugees a place counted."""
    try:
        await visit.write_for(count_refugees(visit.form.read(CountRefugees)), PostReceipt)
    except KimError as refusal:
        visit.form.note(refusal)
        return await _posts(visit, refusal.status)
    return visit.to("/posts", visit.say("Die Zahl ist eingetragen."))


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
        return visit.to("/assignments", visit.told(refusal), "danger")
    return visit.to("/assignments", visit.say("Der Weg ist zugeteilt."))


@router.post("/assignments/{path_id}/conflict")
async def conflict(visit: Noter, path_id: str) -> Response:
    """Notes that somebody shall not get a path."""
    back = "/assignments" if visit.may("path.assign") else "/paths"
    try:
        await visit.write(refuse_path(path_id, visit.form.read(NoteConflict)))
    except KimError as refusal:
        return visit.to(back, visit.told(refusal), "danger")
    return visit.to(back, visit.say("Der Interessenkonflikt ist eingetragen."))


@router.get("/paths/{path_id}/supervision")
async def ask(visit: Supervisor, path_id: str) -> Response:
    """Asks why the file is to be opened."""
    return await _ask(visit, path_id)


@router.post("/paths/{path_id}/supervision")
async def open_for_supervision(visit: Supervisor, path_id: str) -> Response:
    """Opens the file for some days; the case manager sees who and why."""
    try:
        await visit.write(supervise(path_id, visit.form.read(OpenFile)))
    except KimError as refusal:
        visit.form.note(refusal)
        return await _ask(visit, path_id, refusal.status)
    return visit.to(f"/paths/{path_id}", visit.say("Die Akte ist geöffnet. Grund und Zeit stehen im Protokoll."))


async def _posts(visit: Visit, status: int = 200) -> Response:
    return visit.page("posts/list.html", status, seen=await read_posts(visit.tools, visit.caller))


async def _assignments(visit: Visit, after: str = "") -> Response:
    return visit.page("posts/assignments.html", seen=await read_unassigned(visit.tools, visit.caller, after))


async def _ask(visit: Visit, path_id: str, status: int = 200) -> Response:
    number = await read_case_number(visit.tools, visit.caller, path_id)
    return visit.page("posts/supervision.html", status, path_id=path_id, case_number=number)
