"""The review of interfaces and the yearly figures as JSON. Only addresses, permissions and parameters."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.caller import Caller, requires
from api.reads_figures import read_yearly
from api.reads_review import WantedReview, read_interface, read_review
from api.schemas import PathCode, PathRef
from api.services import Tools
from api.views_figures import InterfacePageView, ReviewView, YearlyView, interface_view, review_view, yearly_view
from process_models.interface_review import Interface

router = APIRouter(tags=["Zahlen"])
Reviewer = Annotated[Caller, Depends(requires("review.read"))]
Reader = Annotated[Caller, Depends(requires("figures.read"))]
Year = Annotated[int | None, Query(ge=2000, le=2200)]
QuarterNumber = Annotated[int | None, Query(ge=1, le=4)]
Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2200, 12, 31))]
Short = Annotated[str, Query(max_length=80)]


@router.get(
    "/v1/review",
    summary="Schnittstellenbegutachtung / Review of the interfaces",
    description="Zahlen abgeschlossener Quartale, kleine Anzahlen nur mit Grenzen; je Stelle oder Ort nur ganze Jahre.",
)
async def review(
    caller: Reviewer,
    tools: Tools,
    year: Year = None,
    quarter: QuarterNumber = None,
    agency: Short = "",
    place: Short = "",
) -> ReviewView:
    """The figures of every interface."""
    return review_view(await read_review(tools, caller, WantedReview(year, quarter, agency, place)))


@router.get(
    "/v1/review/{code}/{from_kind}/{to_kind}",
    summary="Eine Schnittstelle über die Zeit / One interface over time",
    description="Mit Vorher und Nachher zu jedem Beschluss und zu einem gewählten Tag (`on`), je vier Quartale.",
)
async def interface(
    caller: Reviewer,
    tools: Tools,
    code: PathCode,
    from_kind: PathRef,
    to_kind: PathRef,
    year: Year = None,
    on: Day = None,
) -> InterfacePageView:
    """One interface."""
    wanted = WantedReview(year)
    return interface_view(await read_interface(tools, caller, Interface(code, from_kind, to_kind), wanted, on))


@router.get(
    "/v1/figures",
    summary="Jahreszahlen für Lenkungsgruppe und Land / Yearly figures",
    description="Eines Jahres, das vorbei ist, nach Bausteinen. Das Land sieht Summen, keine Orte.",
)
async def yearly(caller: Reader, tools: Tools, year: Year = None) -> YearlyView:
    """The figures of a year with their definitions."""
    return yearly_view(await read_yearly(tools, caller, year))
