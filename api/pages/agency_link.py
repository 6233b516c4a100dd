"""The door behind the link in an agency's mail: a neutral page, a code on request, and in.

Opening changes nothing, however often a mail scanner does it; only a sent form acts. Nothing personal stands here.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, StringConstraints

from api.acts.agency_access import ask_for_code, enter, report_wrong_recipient, see_door
from api.acts.writing import Sent
from api.pages.agency_cookie import TASKS, keep_visit
from api.pages.forms import ONE_TIME_KEY, FormRefused
from api.pages.navigation import N_
from api.pages.shell import RETRY_AFTER_SECONDS
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor

router = page_router()
CODE: Final = "code"
WRONG: Final = "wrong-recipient"
_TEMPLATES: Final = {"": "agency/door.html", CODE: "agency/code.html", WRONG: "agency/wrong_recipient.html"}
_LATE: Final = N_(
    "Der Mailserver hat noch nicht geantwortet. Kommt in fünf Minuten kein Code, fordern Sie bitte einen neuen an."
)
_STATUS: Final = {"failed": 503, "too_often": 429}


class CodeForm(BaseModel):
    """Six digits, however they were typed."""

    code: Annotated[str, StringConstraints(pattern=r"^\s*([0-9]\s*){6}$", max_length=40)]


@router.api_route("/l/{token}", methods=["GET", "HEAD"])
async def show(visit: Visitor, token: str) -> HTMLResponse:
    """Shows which agency is asked for what kind of thing until when; or the form for the code; or for wrong mails."""
    return await _page(visit, token)


@router.post("/l/{token}")
async def act(visit: Visitor, token: str) -> Response:
    """Mails a code, opens the page of the task with one, or ends a link that came to the wrong people."""
    step = _step(visit)
    if step == CODE:
        return await _enter(visit, token)
    if step == WRONG:
        await report_wrong_recipient(visit.tools, token, _sent(visit, token))
        return visit.page("agency/thanks.html", deed="wrong_recipient")
    return await _ask(visit, token)


async def _ask(visit: Visit, token: str) -> Response:
    """Mails a code to the registered mailbox of the agency."""
    asked = await ask_for_code(visit.tools, token)
    if asked in _STATUS:
        return await _page(visit, token, _STATUS[asked], asked)
    late = visit.say(_LATE) if asked == "unclear" else ""
    return visit.to(f"/l/{token}?step={CODE}", late, "warning")


async def _enter(visit: Visit, token: str) -> Response:
    """Opens the page of the task for whoever knows the code; the address then holds no token any more."""
    entered = await enter(visit.tools, token, code, _sent(visit, token)) if (code := _typed(visit)) else None
    visit.form.forget("code")
    if entered is None:
        visit.form.wrong("code", N_("Dieser Code gilt nicht oder nicht mehr."))
        return await _page(visit, token, 422)
    answer = visit.to(f"{TASKS}/{entered.visit_id}")
    keep_visit(answer, entered.visit_id, entered.token, visit.tools.options)
    return answer


def _sent(visit: Visit, token: str) -> Sent | None:
    """The form by its key; None for one without, which nobody can send twice unseen."""
    return visit.sent(token) if visit.form.value(ONE_TIME_KEY) else None


def _typed(visit: Visit) -> str:
    """Six digits, or empty with the reason noted at the field."""
    try:
        return "".join(visit.form.read(CodeForm).code.split())
    except FormRefused:
        visit.form.errors["code"] = N_("Der Code hat sechs Ziffern.")
        return ""


async def _page(visit: Visit, token: str, status: int = 200, asked: str = "") -> HTMLResponse:
    door = await see_door(visit.tools, token)
    page = visit.page(_TEMPLATES[_step(visit)], status, door=door, asked=asked)
    if asked == "failed":
        page.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return page


def _step(visit: Visit) -> str:
    """In the query, so that no page has to say the token of its own address."""
    step = visit.request.query_params.get("step", "")
    return step if step in _TEMPLATES else ""
