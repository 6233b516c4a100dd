"""Pages as PDF, to print and to send: tagged for screen readers, with what lies beside the page and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi.responses import Response

from api.pages.templates import render
from api.pages.visit import Visit


async def as_pdf(visit: Visit, template: str, name: str, **context: Any) -> Response:
    """The template as a PDF of this name."""
    text = render(visit.language, template, {"visit": visit, "language": visit.language, **context})
    content = await asyncio.to_thread(_written, text)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _written(text: str) -> bytes:
    from weasyprint import HTML  # loading it takes half a second that no other page shall wait for

    content: bytes = HTML(string=text, url_fetcher=_nothing_from_elsewhere).write_pdf(
        pdf_variant="pdf/ua-1", uncompressed_pdf=True
    )
    return content


def _nothing_from_elsewhere(url: str) -> dict[str, Any]:
    raise ValueError(f"a paper fetches nothing: {url[:40]}")
