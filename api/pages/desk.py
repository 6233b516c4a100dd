"""The first page after signing in: who one is here, and what one can open."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from store.visible import count_visible_paths

router = page_router()


@router.get("/desk")
async def desk(visit: Annotated[Visit, Depends(opens("desk.open"))]) -> HTMLResponse:
    """The own desk."""
    async with visit.tools.database.reading() as session:
        count = await count_visible_paths(session, visit.scope)
    return visit.page("desk.html", count=count)
