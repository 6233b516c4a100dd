"""The page behind the link in an agency's mail: what is asked, by when, and the buttons to answer. No personal data.

Opening changes nothing, however often a mail scanner does it; only a sent form acts.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.acts.agency_answers import TaskSeen, answer_by_link, see_task
from api.errors import ForeignOrigin, UnsupportedMedia
from api.pages.templates import error_page, page
from api.services import Tools
from process_models.errors import KimError

router = APIRouter(include_in_schema=False)

FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 5


@router.api_route("/l/{token}", methods=["GET", "HEAD"], response_class=HTMLResponse)
async def show(tools: Tools, token: str) -> HTMLResponse:
    """Shows the task."""
    try:
        return _task_page(await see_task(tools, token))
    except KimError as error:
        return error_page(error)


@router.post("/l/{token}", response_class=HTMLResponse)
async def act(tools: Tools, token: str, request: Request) -> HTMLResponse:
    """Records the answer of the agency. An answer to an outdated page shows the present one instead."""
    try:
        _require_own_form(request)
        form = parse_qs((await request.body()).decode("ascii", "replace"), max_num_fields=_MAX_FIELDS)
        answered = await answer_by_link(tools, token, {name: values[0] for name, values in form.items()})
    except ValueError:
        return error_page(UnsupportedMedia("Dieses Formular hat zu viele Felder."))
    except KimError as error:
        return error_page(error)
    if answered.outdated:
        return _task_page(answered, status=409)
    return page("thanks.html", task=answered)


def _task_page(task: TaskSeen, status: int = 200) -> HTMLResponse:
    return page("task.html", status, task=task)


def _require_own_form(request: Request) -> None:
    """The link in the address is the secret that a foreign site cannot know; this is the second line."""
    headers = request.headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMedia("Hier wird nur das Formular dieser Seite angenommen.", allowed=(FORM,))
    # With "Referrer-Policy: no-referrer" browsers send "Origin: null" for our own form.
    origin = headers.get("origin", "null")
    foreign = origin != "null" and urlsplit(origin).netloc != headers.get("host", "")
    if foreign or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignOrigin("Bitte den Link aus der E-Mail öffnen und dort antworten.")
