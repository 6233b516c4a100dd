"""The first page after signing in: what waits for this person today, in numbers that lead to their lists."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_desk import read_desk

router = page_router()


@router.get("/desk")
async def desk(visit: Annotated[Visit, Depends(opens("desk.open"))]) -> HTMLResponse:
    """The own desk."""
    return visit.page("desk.html", seen=await read_desk(visit.tools, visit.caller))
