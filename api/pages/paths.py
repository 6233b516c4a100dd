"""Paths for the people who accompany them: page of a path, a fact with its preview, claiming."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response

from api.acts.assigning import claim_path, release_path
from api.acts.facts import record_facts, retract_fact
from api.acts.handovers import Given, answer_handover
from api.acts.tasks import complete_task
from api.errors import ReasonMissing
from api.pages.fact_form import FactForm, fact_form, given_fact
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_needs import read_needs
from api.reads_path import preview_fact, read_fact_kinds, read_path_page
from api.schemas import AddFacts, CompleteTask, Retract
from process_models.errors import KimError

router = page_router()
Reader = Annotated[Visit, Depends(opens("path.read"))]
Manager = Annotated[Visit, Depends(opens("path.change"))]
Completer = Annotated[Visit, Depends(opens("task.complete"))]
Answerer = Annotated[Visit, Depends(opens("handover.answer"))]
Short = Annotated[str, Query(max_length=80)]


@router.get("/paths/{path_id}")
async def show(visit: Reader, path_id: str) -> Response:
    """The page of a path; whoever supervises says why first."""
    try:
        seen = await read_path_page(visit.tools, visit.caller, path_id)
    except ReasonMissing:
        return visit.to(f"/paths/{path_id}/supervision")
    return visit.page("paths/show.html", seen=seen, needs=await read_needs(visit.tools, visit.caller, path_id))


@router.post("/paths/{path_id}/claim")
async def claim(visit: Manager, path_id: str) -> Response:
    """Takes over a path of nobody."""
    await visit.write(claim_path(path_id))
    return visit.to(f"/paths/{path_id}", visit.say("Der Weg gehört jetzt Ihnen."))


@router.post("/paths/{path_id}/release")
async def release(visit: Manager, path_id: str) -> Response:
    """Gives a path back."""
    await visit.write(release_path(path_id))
    return visit.to("/paths", visit.say("Der Weg gehört jetzt niemandem; andere können ihn übernehmen."))


@router.post("/paths/{path_id}/tasks")
async def complete(visit: Completer, path_id: str) -> Response:
    """Completes a task."""
    await visit.write(complete_task(path_id, visit.form.value("task"), CompleteTask()))
    return visit.to(f"/paths/{path_id}", visit.say("Die Aufgabe ist erledigt."))


@router.post("/paths/{path_id}/handovers/{code}")
async def answer(visit: Answerer, path_id: str, code: str) -> Response:
    """Notes what the agency said by phone or letter."""
    await visit.write(answer_handover(path_id, code, Given(visit.form.value("answer"))))
    return visit.to(f"/paths/{path_id}", visit.say("Die Antwort ist festgehalten."))


@router.get("/paths/{path_id}/facts/new")
async def new_fact(visit: Manager, path_id: str, kind: Short = "", corrects: Short = "") -> Response:
    """The form of a fact: first its kind, then what belongs to it."""
    return await _fact_page(visit, path_id, kind, corrects)


@router.post("/paths/{path_id}/facts/new")
async def record_fact(visit: Manager, path_id: str) -> Response:
    """Shows what the fact would set going, or records it."""
    kind, corrects = visit.form.value("kind"), visit.form.value("corrects")
    path, kinds, case = await read_fact_kinds(visit.tools, visit.caller, path_id)
    form = fact_form(kinds, kind, case, visit.now)
    try:
        fact = given_fact(visit.form, form, corrects)
        if visit.form.value("step") != "record":
            preview = await preview_fact(visit.tools, visit.caller, path_id, fact)
            return _fact_form(visit, path.case_number, path_id, form, corrects, preview=preview)
        await visit.write(record_facts(path_id, AddFacts(facts=(fact,))))
    except KimError as refusal:
        visit.form.note(refusal, {**{f"facts.0.{name}": name for name in ("on", "who")}, **form.places})
        return _fact_form(visit, path.case_number, path_id, form, corrects, status=refusal.status)
    return visit.to(f"/paths/{path_id}", visit.say("Die Tatsache ist aufgenommen."))


@router.post("/paths/{path_id}/facts/{ref}/retract")
async def retract(visit: Manager, path_id: str, ref: str) -> Response:
    """Takes a fact back."""
    await visit.write(retract_fact(path_id, ref, Retract()))
    return visit.to(f"/paths/{path_id}", visit.say("Die Tatsache ist zurückgenommen."))


async def _fact_page(visit: Visit, path_id: str, kind: str, corrects: str) -> Response:
    path, kinds, case = await read_fact_kinds(visit.tools, visit.caller, path_id)
    return _fact_form(visit, path.case_number, path_id, fact_form(kinds, kind, case, visit.now), corrects)


def _fact_form(
    visit: Visit, case_number: str, path_id: str, form: FactForm, corrects: str, status: int = 200, **more: Any
) -> Response:
    context = {"preview": None, **more}
    seen = {"case_number": case_number, "path_id": path_id, "corrects": corrects}
    return visit.page("paths/fact.html", status, seen=seen, fact=form, **context)
