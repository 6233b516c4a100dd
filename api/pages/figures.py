"""Yearly figures for Lenkungsgruppe and Land: page, one sheet as PDF, CSV file. Counts, no person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Query
from fastapi.responses import Response

from api.caller import Caller
from api.figures_csv import as_csv
from api.pages.papers import as_pdf
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_figures import read_yearly
from api.services import Services
from process_models.errors import KimError
from process_models.small_cells import SMALL
from process_models.yearly_definitions import definitions

router = page_router()
Reader = Annotated[Visit, Depends(opens("figures.read"))]
Year = Annotated[int | None, Query(ge=2000, le=2200)]
Typed = Annotated[str, Query(max_length=80)]
Seen = TypeVar("Seen")
YearRead = Callable[[Services, Caller, int | None], Awaitable[Seen]]
"""Reads what is told of a year; of the last that is over for None."""


@router.get("/figures")
async def show(visit: Reader, year: Typed = "") -> Response:
    """The figures of a year, with what they mean."""
    seen, refusal = await of_year(visit, read_yearly, year)
    return visit.page("figures/yearly.html", seen=seen, refusal=refusal, definitions=definitions(), small=SMALL)


@router.get("/figures/sheet.pdf")
async def sheet(visit: Reader, year: Year = None) -> Response:
    """The figures on one sheet, to print and to send."""
    seen = await read_yearly(visit.tools, visit.caller, year)
    return await as_pdf(visit, "figures/sheet.html", f"jahreszahlen-{seen.year}", seen=seen, small=SMALL)


@router.get("/figures/table.csv")
async def table(visit: Reader, year: Year = None) -> Response:
    """The figures for a spreadsheet."""
    seen = await read_yearly(visit.tools, visit.caller, year)
    headers = {"Content-Disposition": f'attachment; filename="jahreszahlen-{seen.year}.csv"'}
    return Response(as_csv(seen), media_type="text/csv; charset=utf-8", headers=headers)


async def of_year(visit: Visit, read: YearRead[Seen], year: str) -> tuple[Seen, str]:
    """What is told of the year that was typed; of the last one, with what was wrong, if it cannot be told."""
    try:
        return await read(visit.tools, visit.caller, _year(year)), ""
    except KimError as refused:
        return await read(visit.tools, visit.caller, None), refused.detail


def _year(text: str) -> int | None:
    """A year from 2000 on; None for anything else."""
    known = text.isascii() and text.isdigit() and len(text) == 4
    return int(text) if known and 2000 <= int(text) <= 2200 else None
