"""The page behind the link in an agency's mail: what is asked, by when, and the buttons to answer. No personal data.

Opening changes nothing, however often a mail scanner does it; only a sent form acts.
"""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from api.acts.agency_answers import TaskSeen, answer_by_link, see_task
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor

router = page_router()
_FIELDS = ("answer", "version", "reason")


@router.api_route("/l/{token}", methods=["GET", "HEAD"])
async def show(visit: Visitor, token: str) -> HTMLResponse:
    """Shows the task."""
    return _task_page(visit, await see_task(visit.tools, token))


@router.post("/l/{token}")
async def act(visit: Visitor, token: str) -> HTMLResponse:
    """Records the answer of the agency. An answer to an outdated page shows the present one instead."""
    form = {name: visit.form.value(name) for name in _FIELDS}
    answered = await answer_by_link(visit.tools, token, form)
    if answered.outdated:
        return _task_page(visit, answered, status=409)
    return visit.page("agency/thanks.html", task=answered)


def _task_page(visit: Visit, task: TaskSeen, status: int = 200) -> HTMLResponse:
    return visit.page("agency/task.html", status, task=task)
