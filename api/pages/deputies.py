"""Deputising: who stands in for whom, from a day to a day; it begins and ends by itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from api.acts.deputising import Deputising, end_deputising, read_deputies, stand_in
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from process_models.errors import KimError

router = page_router()
Manager = Annotated[Visit, Depends(opens("deputy.manage"))]


@router.get("/deputies")
async def show(visit: Manager) -> Response:
    """The list and the form."""
    return await _page(visit)


@router.post("/deputies")
async def add(visit: Manager) -> Response:
    """Notes who stands in; a form with errors comes back as it was typed."""
    try:
        wanted = visit.form.read(Deputising)
        await visit.once(stand_in(visit.tools, visit.caller, wanted))
    except KimError as refusal:
        return await _page(visit, visit.refused(refusal))
    return visit.to("/deputies", visit.say("Die Vertretung ist eingetragen."))


@router.post("/deputies/{assignment_id}/end")
async def end(visit: Manager, assignment_id: str) -> Response:
    """Ends a deputising today."""
    await visit.once(end_deputising(visit.tools, visit.caller, assignment_id))
    return visit.to("/deputies", visit.say("Die Vertretung ist beendet."))


async def _page(visit: Visit, status: int = 200) -> Response:
    return visit.page("deputies/list.html", status, seen=await read_deputies(visit.tools, visit.caller))
