"""The door page, and the one-click roles of a local stack. Signing in elsewhere: `sign_in_elsewhere`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.acts.entering import DEMO_PEOPLE, enter_demo
from api.errors import DemoOff
from api.pages import cookies
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor, own_address
from process_models.errors import FactInvalid
from store.tenants import list_tenants

router = page_router()


@router.get("/sign-in")
async def door(visit: Visitor, wanted: Annotated[str, Query(alias="next")] = "/desk") -> Response:
    """The ways in."""
    return await _door(visit, own_address(wanted))


@router.post("/sign-in/demo")
async def enter(visit: Visitor) -> Response:
    """One click, on a local stack only: anywhere else there is no such page."""
    if not visit.demo:
        raise DemoOff("Bitte prüfen Sie die Adresse.")
    wanted = own_address(visit.form.value("next"))
    try:
        token = await enter_demo(visit.tools, visit.form.value("person"), visit.form.value("tenant"))
    except FactInvalid as refusal:
        return await _door(visit, wanted, visit.refused(refusal))
    answer = visit.to(wanted)
    cookies.keep_session(answer, token, visit.tools.options)
    return answer


async def _door(visit: Visit, wanted: str, status: int = 200) -> Response:
    tenants = []
    if visit.demo:
        async with visit.tools.database.reading() as session:
            tenants = await list_tenants(session)
    shipped = visit.tools.catalogues.shipped
    titles = {one.municipality: shipped.municipality(one.municipality).title for one in tenants}
    context = {"people": DEMO_PEOPLE, "tenants": tenants, "titles": titles}
    return visit.page("entrance/sign_in.html", status, wanted=wanted, **context)
