"""The start page: says what this is and where to go. And the description of the interface."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from api.pages.shell import router as page_router
from api.pages.visit import Visitor
from api.reads_interface import read_interface

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
    """The description of the interface, for people; machines read the same as OpenAPI."""
    app: FastAPI = visit.request.app
    return visit.page("docs.html", interface=read_interface(app.openapi()))
