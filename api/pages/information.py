"""What everybody may read: help, glossary, accessibility statement, privacy notice."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from api.pages.shell import router as page_router
from api.pages.visit import Visitor
from process_models.glossary import terms

router = page_router()


@router.get("/help")
async def help_page(visit: Visitor) -> HTMLResponse:
    """How this works."""
    return visit.page("information/help.html")


@router.get("/glossary")
async def glossary(visit: Visitor) -> HTMLResponse:
    """The words of the law, explained."""
    return visit.page("information/glossary.html", terms=terms())


@router.get("/accessibility")
async def accessibility(visit: Visitor) -> HTMLResponse:
    """The accessibility statement."""
    return visit.page("information/accessibility.html")


@router.get("/privacy")
async def privacy(visit: Visitor) -> HTMLResponse:
    """What is kept of whom, and why."""
    return visit.page("information/privacy.html")
