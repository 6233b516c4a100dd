"""The page of an agency's task, behind its code: what is asked, what may be seen, and the answers, one question a page.

Opening changes nothing; addresses and words only. What is shown and recorded stands in `agency_answers`.
"""

from __future__ import annotations

import hmac
from typing import Final

from fastapi.responses import HTMLResponse, Response

from api.acts.agency_answers import AgencyAnswer, TaskSeen, Thanks, answer_task, leave, see_task
from api.errors import ForeignOrigin, NothingHere
from api.pages.agency_cookie import TASKS, bound_to, forget_visit, token_of
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor
from process_models.errors import FactInvalid, HandoverNotPossible

router = page_router()
BOUND: Final = "bound"
_QUESTIONS: Final = ("query", "refuse", "not_responsible", "wrong_recipient")
"""Answers with a question of their own, and a page for it."""
_SAID: Final = {
    "receive": N_("Der Eingang ist bestätigt."),
    "accept": N_("Die Übergabe ist angenommen. Ihre Stelle ist jetzt zuständig."),
    "query": N_("Ihre Rückfrage ist angekommen. Das Case Management kümmert sich darum."),
}


@router.api_route("/task/{visit_id}", methods=["GET", "HEAD"])
async def show(visit: Visitor, visit_id: str) -> HTMLResponse:
    """The task, or the thanks for the answer that closed it."""
    return _page(visit, visit_id, await see_task(visit.tools, visit_id, _token(visit)))


@router.post("/task/{visit_id}/leave")
async def close(visit: Visitor, visit_id: str) -> Response:
    """Ends the visit: for those who share a computer."""
    _require_bound(visit)
    await leave(visit.tools, visit_id, _token(visit))
    answer = visit.page("agency/left.html")
    forget_visit(answer, visit_id, visit.tools.options)
    return answer


@router.get("/task/{visit_id}/{answer}")
async def ask(visit: Visitor, visit_id: str, answer: str) -> HTMLResponse:
    """The question of one answer."""
    seen = await see_task(visit.tools, visit_id, _token(visit))
    if answer not in _QUESTIONS:
        raise NothingHere("Bitte prüfen Sie die Adresse.")
    if isinstance(seen, Thanks) or answer not in seen.answers:
        return _page(visit, visit_id, seen)
    return _question(visit, visit_id, seen, answer)


@router.post("/task/{visit_id}/{answer}")
async def act(visit: Visitor, visit_id: str, answer: str) -> Response:
    """Records an answer. What is wrong is told next to its field, with what was typed."""
    _require_bound(visit)
    token = _token(visit)
    try:
        done = await answer_task(visit.tools, visit_id, token, _given(visit, answer))
    except (FactInvalid, HandoverNotPossible) as refusal:
        visit.form.note(refusal)
        if refusal.field in ("documents", "reason", "to"):
            visit.form.errors = {refusal.field: refusal.detail}
        seen = await see_task(visit.tools, visit_id, token)
        if isinstance(seen, Thanks) or answer not in _QUESTIONS or answer not in seen.answers:
            return _page(visit, visit_id, seen, refusal.status)
        return _question(visit, visit_id, seen, answer, refusal.status)
    if isinstance(done, TaskSeen):
        return _page(visit, visit_id, done, 409)
    return visit.to(f"{TASKS}/{visit_id}", visit.say(_SAID[done]) if done in _SAID else "")


def _page(visit: Visit, visit_id: str, seen: TaskSeen | Thanks, status: int = 200) -> HTMLResponse:
    if isinstance(seen, Thanks):
        return visit.page("agency/thanks.html", status, deed=seen.deed)
    return visit.page("agency/task.html", status, task=seen, visit_id=visit_id, bound=bound_to(_token(visit)))


def _question(visit: Visit, visit_id: str, seen: TaskSeen, answer: str, status: int = 200) -> HTMLResponse:
    bound = bound_to(_token(visit))
    return visit.page("agency/answer.html", status, task=seen, visit_id=visit_id, bound=bound, answer=answer)


def _given(visit: Visit, answer: str) -> AgencyAnswer:
    form, sent = visit.form, visit.sent(_token(visit))
    return AgencyAnswer(
        answer=answer,
        version=form.value("version"),
        key=sent.key,
        fingerprint=sent.fingerprint,
        reason=form.value("reason"),
        documents=tuple(form.chosen("documents")),
        to=form.value("to"),
    )


def _token(visit: Visit) -> str:
    return token_of(visit.request, visit.tools.options)


def _require_bound(visit: Visit) -> None:
    """Without a cookie there is no visit, and the answer is that of any page that is over."""
    token = _token(visit)
    if token and not hmac.compare_digest(visit.form.value(BOUND).encode(), bound_to(token).encode()):
        raise ForeignOrigin("Dieses Formular gehört nicht zu dieser Aufgabe. Bitte die Seite neu laden.")
