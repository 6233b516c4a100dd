"""The public catalogue of procedures: a list, each with picture, deadlines and legal bases, and as files.

Addresses and words only; the procedures come from `reads_procedures`.
"""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor
from api.reads_procedures import Chosen, places, read_procedure, read_procedure_file, read_procedures
from process_models.look_again import day_at

router = page_router()


@router.get("/procedures")
async def every(visit: Visitor, municipality: str = "") -> HTMLResponse:
    """All procedures, everywhere or of one municipality."""
    chosen = _chosen(visit, municipality)
    return visit.page(
        "procedures/list.html",
        found=await read_procedures(chosen),
        places=places(chosen.catalogue),
        chosen=chosen,
    )


@router.get("/procedures/{code}")
async def one(visit: Visitor, code: str, municipality: str = "") -> HTMLResponse:
    """One procedure: picture, steps, deadlines, legal bases."""
    chosen = _chosen(visit, municipality)
    shown = await read_procedure(chosen, code)
    # Our own writer has made the picture and escaped every word in it.
    picture = Markup(shown.picture)  # noqa: S704
    return visit.page("procedures/show.html", shown=shown, picture=picture, chosen=chosen)


@router.get("/procedures/{code}/{form}")
async def file(visit: Visitor, code: str, form: str, municipality: str = "") -> Response:
    """One procedure as a file: `bpmn`, `mermaid`, `text` or `svg`."""
    found = await read_procedure_file(_chosen(visit, municipality), code, form)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _chosen(visit: Visit, municipality: str) -> Chosen:
    return Chosen(visit.tools.catalogues.shipped, municipality, day_at(visit.now))
