"""Posts of case managers, workload, proposals and who decides. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

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
from api.acts.writing import Key, call_of, write_once
from api.caller import Caller, requires
from api.reads_posts import read_posts, read_proposal, read_workload
from api.routes.writing import Commands
from api.schemas import ItemId, PathId, Slug
from api.schemas import Request as Asked
from api.services import Services, Tools
from api.views import Written
from api.views_needs import PostsView, ProposalView, WorkloadView, posts_view, proposal_view, workload_view

router = APIRouter(tags=["Stellen"])
Reader = Annotated[Caller, Depends(requires("post.read"))]
Manager = Annotated[Caller, Depends(requires("post.manage"))]
Assigner = Annotated[Caller, Depends(requires("path.assign"))]


class GivePath(Asked):
    """Who gets the path."""

    account: Slug


class Posting:
    """One request that writes about posts."""

    def __init__(self, request: Request, response: Response, tools: Tools, key: Key) -> None:
        self._request = request
        self._response = response
        self._tools: Services = tools
        self._key = key

    async def answer(self, caller: Caller, body: BaseModel, act: PostAct) -> PostReceipt:
        """Carries the act out, or gives the receipt of its first time."""
        call = call_of(self._request, caller, self._key, body, self._tools.now())
        receipt, replayed = await write_once(self._tools, call, act, PostReceipt)
        if replayed:
            self._response.headers["Idempotent-Replayed"] = "true"
        return receipt


Postings = Annotated[Posting, Depends()]


@router.get("/v1/posts", summary="Stellen im Case Management / Posts of case managers")
async def posts(caller: Reader, tools: Tools) -> PostsView:
    """The posts and who holds them."""
    return posts_view(await read_posts(tools, caller))


@router.get("/v1/workload", summary="Auslastung nach Stellen und Orten / Workload by posts and places")
async def workload(caller: Annotated[Caller, Depends(requires("board.read"))], tools: Tools) -> WorkloadView:
    """The workload of the case managers."""
    return workload_view(await read_workload(tools, caller))


@router.post("/v1/posts/holders", status_code=201, summary="Stelle besetzen / Note who holds a post")
async def hold(caller: Manager, posting: Postings, request: HoldPost) -> PostReceipt:
    """Notes who holds a post."""
    return await posting.answer(caller, request, take_post(request))


@router.post(
    "/v1/posts/holders/{holding_id}/end",
    status_code=201,
    summary="Ende einer Besetzung / Note the last day of a holder",
    description="Mit dem letzten Tag gehören die Wege niemandem, sofern keine andere Stelle besetzt ist.",
)
async def leave(caller: Manager, posting: Postings, holding_id: ItemId, request: EndPost) -> PostReceipt:
    """Notes the last day of whoever holds a post."""
    return await posting.answer(caller, request, leave_post(holding_id, request))


@router.post("/v1/posts/changes", status_code=201, summary="Änderung einer Stelle / Note a change of a post")
async def change(caller: Manager, posting: Postings, request: ChangePost) -> PostReceipt:
    """Notes what is different about a post from a day on."""
    return await posting.answer(caller, request, change_post(request))


@router.post("/v1/posts/refugees", status_code=201, summary="Zahl der Geflüchteten / Note the number of refugees")
async def count(caller: Manager, posting: Postings, request: CountRefugees) -> PostReceipt:
    """Notes how many refugees a place counted."""
    return await posting.answer(caller, request, count_refugees(request))


@router.get("/v1/paths/{path_id}/proposal", summary="Vorschlag zur Zuteilung / Proposal of who should get a path")
async def proposal(caller: Assigner, tools: Tools, path_id: PathId) -> ProposalView:
    """Who should get the path."""
    return proposal_view(await read_proposal(tools, caller, path_id))


@router.post("/v1/paths/{path_id}/assignment", status_code=201, summary="Weg zuteilen / Give a path to somebody")
async def give(caller: Assigner, command: Commands, path_id: PathId, request: GivePath) -> Written:
    """Gives the path to a case manager."""
    return await command.answer(caller, request, give_path(path_id, request.account))


@router.post(
    "/v1/paths/{path_id}/conflicts", status_code=201, summary="Interessenkonflikt / Note a conflict of interest"
)
async def conflict(
    caller: Annotated[Caller, Depends(requires("conflict.note"))],
    command: Commands,
    path_id: PathId,
    request: NoteConflict,
) -> Written:
    """Notes that somebody shall not get the path."""
    return await command.answer(caller, request, refuse_path(path_id, request))
