"""Review of interfaces: what runs well and badly, one interface over time, before and after a day; counts only."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.pages.review_chart import days_drawing, trend_drawing
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_review import WantedReview, read_interface, read_review
from api.schemas import PathCode, PathRef
from process_models.errors import KimError
from process_models.interface_review import Interface
from process_models.quarters import name
from process_models.small_cells import SMALL

router = page_router()
Reader = Annotated[Visit, Depends(opens("review.read"))]
Short = Annotated[str, Query(max_length=80)]
_FIRST, _LAST = date(2000, 1, 1), date(2200, 12, 31)


@router.get("/review")
async def show(visit: Reader, year: Short = "", quarter: Short = "", agency: Short = "", place: Short = "") -> Response:
    """All interfaces."""
    wanted, refusal = WantedReview(_number(year), _number(quarter), agency, place), ""
    try:
        seen = await read_review(visit.tools, visit.caller, wanted)
    except KimError as refused:
        refusal = refused.detail
        seen = await read_review(visit.tools, visit.caller, WantedReview(_number(year)))
    drawing = days_drawing(seen.lines)
    return visit.page("review/list.html", seen=seen, drawing=drawing, refusal=refusal, name=name, small=SMALL)


@router.get("/review/{code}/{from_kind}/{to_kind}")
async def interface(
    visit: Reader, code: PathCode, from_kind: PathRef, to_kind: PathRef, year: Short = "", on: Short = ""
) -> Response:
    """One interface over time."""
    day, at = _day(on), Interface(code, from_kind, to_kind)
    seen = await read_interface(visit.tools, visit.caller, at, WantedReview(_number(year)), day)
    wrong = visit.say("Bitte einen Tag angeben, wie 01.07.2022.") if on and day is None else ""
    drawing = trend_drawing(seen.trend)
    return visit.page("review/interface.html", seen=seen, drawing=drawing, on=on, wrong=wrong, name=name, small=SMALL)


def _number(text: str) -> int | None:
    """A year from 2000 on, or a quarter; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) in (1, 4)):
        return None
    number = int(text)
    return number if 1 <= number <= 4 or _FIRST.year <= number <= _LAST.year else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST <= day <= _LAST else None
