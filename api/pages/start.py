"""The start page: says what this is and where to go. And the description of the interface, served from here alone."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.templates import page
from api.services import Tools

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
async def start(tools: Tools) -> HTMLResponse:
    """What this is."""
    version = tools.catalogues.shipped.version
    return page("start.html", model_version=version, temporal_ui_url=tools.options.temporal_ui_url)


@router.get("/docs", response_class=HTMLResponse)
async def docs() -> HTMLResponse:
    """Viewer of the description; every byte of it comes from this server."""
    return page("docs.html")
