"""The start page: says what this is and where to go. And the description of the interface, served from here alone."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from api.pages.shell import router as page_router
from api.pages.visit import Visitor

router = page_router()


@router.get("/")
async def start(visit: Visitor) -> HTMLResponse:
    """What this is."""
    tools = visit.tools
    return visit.page(
        "start.html",
        model_version=tools.catalogues.shipped.version,
        temporal_ui_url=tools.options.temporal_ui_url,
    )


@router.get("/docs")
async def docs(visit: Visitor) -> HTMLResponse:
    """Viewer of the description; every byte of it comes from this server."""
    return visit.page("docs.html")
