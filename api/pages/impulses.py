"""An impulse of the case management to the AG Verfahrensebene: an interface, a reason, a sketch without persons."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel

from api.acts.impulses import raise_impulse
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_impulse import read_impulse_page
from api.schemas import Code
from api.schemas_intake import ImpulseIn, Sketch
from process_models.errors import KimError
from process_models.work import StallReason

router = page_router()
Manager = Annotated[Visit, Depends(opens("path.change"))]


class _Typed(BaseModel):
    handover: Code
    reason: StallReason
    sketch: Sketch


@router.get("/paths/{path_id}/impulses/new")
async def begin(visit: Manager, path_id: str) -> Response:
    """The form of an impulse."""
    return await _page(visit, path_id)


@router.post("/paths/{path_id}/impulses/new")
async def send(visit: Manager, path_id: str) -> Response:
    """Raises the impulse."""
    try:
        typed = visit.form.read(_Typed)
        await visit.write(raise_impulse(path_id, ImpulseIn(**typed.model_dump())))
    except KimError as refusal:
        return await _page(visit, path_id, visit.refused(refusal))
    return visit.to(f"/paths/{path_id}", visit.say("Der Impuls steht auf der Tagesordnung der AG Verfahrensebene."))


async def _page(visit: Visit, path_id: str, status: int = 200) -> Response:
    return visit.page("impulses/new.html", status, seen=await read_impulse_page(visit.tools, visit.caller, path_id))
