"""A fact of a path: recorded or corrected after a preview of what it sets going, or taken back. Addresses and words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response

from api.acts.facts import record_facts, retract_fact
from api.pages.fact_form import FactForm, fact_form, given_fact
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_path import read_fact_kinds
from api.reads_preview import Preview, preview_fact
from api.schemas import AddFacts, Retract
from process_models.errors import KimError

router = page_router()
Manager = Annotated[Visit, Depends(opens("path.change"))]
Short = Annotated[str, Query(max_length=80)]


@router.get("/paths/{path_id}/facts/new")
async def new_fact(visit: Manager, path_id: str, kind: Short = "", corrects: Short = "") -> Response:
    """The form of a fact: first its kind, then what belongs to it; with its preview where nothing has to be typed."""
    path, case, catalogue, now = await read_fact_kinds(visit.tools, visit.caller, path_id)
    form = fact_form(catalogue, kind, case, now, corrects)
    preview = await _first_preview(visit, path_id, form, corrects)
    return _page(visit, path.case_number, path_id, form, corrects, preview=preview)


@router.post("/paths/{path_id}/facts/new")
async def record_fact(visit: Manager, path_id: str) -> Response:
    """Shows what the fact would set going, or records it."""
    kind, corrects = visit.form.value("kind"), visit.form.value("corrects")
    path, case, catalogue, now = await read_fact_kinds(visit.tools, visit.caller, path_id)
    form = fact_form(catalogue, kind, case, now, corrects)
    try:
        fact = given_fact(visit.form, form, corrects)
        if visit.form.value("step") != "record":
            preview = await preview_fact(visit.tools, visit.caller, path_id, fact)
            return _page(visit, path.case_number, path_id, form, corrects, preview=preview)
        await visit.write(record_facts(path_id, AddFacts(facts=(fact,))))
    except KimError as refusal:
        status = visit.refused(refusal, {**{f"facts.0.{name}": name for name in ("on", "who")}, **form.places})
        return _page(visit, path.case_number, path_id, form, corrects, status=status)
    return visit.to(f"/paths/{path_id}", visit.say("Die Tatsache ist aufgenommen."))


@router.post("/paths/{path_id}/facts/{ref}/retract")
async def retract(visit: Manager, path_id: str, ref: str) -> Response:
    """Takes a fact back."""
    await visit.write(retract_fact(path_id, ref, Retract()))
    return visit.to(f"/paths/{path_id}", visit.say("Die Tatsache ist zurückgenommen."))


async def _first_preview(visit: Visit, path_id: str, form: FactForm, corrects: str) -> Preview | None:
    """What the fact would set going as the form stands; None if something has to be typed or cannot be so."""
    if not form.is_complete or corrects:
        return None
    try:
        return await preview_fact(visit.tools, visit.caller, path_id, given_fact(form.as_opened(), form, corrects))
    except KimError:
        return None


def _page(
    visit: Visit, case_number: str, path_id: str, form: FactForm, corrects: str, status: int = 200, **more: Any
) -> Response:
    context = {"preview": None, **more}
    seen = {"case_number": case_number, "path_id": path_id, "corrects": corrects}
    return visit.page("paths/fact.html", status, seen=seen, fact=form, **context)
