"""Paths for the people who accompany them: page of a path and its log, claiming, answers.

Its facts stand in `facts`, its consents in `consents`, its start in `intake`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Depends
from fastapi.responses import Response

from api.acts.assigning import claim_path, release_path
from api.acts.handovers import Given, answer_handover
from api.acts.tasks import complete_task
from api.errors import ReasonMissing
from api.pages.papers import as_pdf
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_path import read_path_log, read_path_page
from api.schemas import CompleteTask

router = page_router()
Reader = Annotated[Visit, Depends(opens("path.read"))]
Manager = Annotated[Visit, Depends(opens("path.change"))]
Auditor = Annotated[Visit, Depends(opens("audit.read"))]
Completer = Annotated[Visit, Depends(opens("task.complete"))]
Answerer = Annotated[Visit, Depends(opens("handover.answer"))]
FACTS_ON_PAGE: Final = 25


@router.get("/paths/{path_id}")
async def show(visit: Reader, path_id: str, facts: Literal["", "all"] = "") -> Response:
    """The page of a path, with the latest facts or all of them; whoever supervises says why first."""
    try:
        seen = await read_path_page(visit.tools, visit.caller, path_id)
    except ReasonMissing:
        return visit.to(f"/paths/{path_id}/supervision")
    shown = seen.facts if facts else seen.facts[:FACTS_ON_PAGE]
    return visit.page("paths/show.html", seen=seen, shown_facts=shown)


@router.get("/paths/{path_id}/pdf")
async def as_paper(visit: Reader, path_id: str) -> Response:
    """The path to print and to hand over to its person."""
    seen = await read_path_page(visit.tools, visit.caller, path_id)
    return await as_pdf(visit, "paths/paper.html", seen.path.case_number.lower(), seen=seen)


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


@router.get("/paths/{path_id}/log")
async def log(visit: Auditor, path_id: str) -> Response:
    """Who saw and changed what."""
    return visit.page("paths/log.html", seen=await read_path_log(visit.tools, visit.caller, path_id))
