"""Previews of every mail, in German and English, with invented data. The HTML of a mail stands in a page of its own:
it brings its style sheet, may do nothing, and is framed by the preview only.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from api.errors import NothingHere
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.wrappers import page_policy
from notifications.previews import PreviewWanted, preview, previews, readers_of, style_hash
from notifications.rendering import DATED, KINDS, Audience, RenderedMail
from process_models.configuration import Language

router = page_router()
Reader = Annotated[Visit, Depends(opens("mails.preview"))]

READERS: Final[dict[Audience, str]] = {
    "agency": N_("Sachbearbeitung einer Stelle"),
    "head": N_("Leitung einer Stelle"),
    "office": N_("Case Management oder Koordinierende Stelle"),
    "body": N_("Gremium"),
}
_LANGUAGES: Final[dict[Language, str]] = {"de": "Deutsch", "en": "English"}
_SHEET_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"


class Choice(BaseModel):
    """For whom and in which language a mail is shown."""

    reader: Audience | None = None
    written: Language = "de"


@router.get("/mails")
async def list_kinds(visit: Reader, choice: Annotated[Choice, Query()]) -> Response:
    """Every kind of mail with its subject."""
    lines = [(mail, readers_of(mail.kind), mail.kind in DATED) for mail in previews(choice.written, visit.now)]
    return visit.page("mails/list.html", lines=lines, readers=READERS, languages_of=_LANGUAGES, choice=choice)


@router.get("/mails/{kind}")
async def show(visit: Reader, kind: str, choice: Annotated[Choice, Query()]) -> Response:
    """One mail: subject, calendar entry, text, and the HTML in a frame."""
    mail = _mail(visit, kind, choice)
    reader = choice.reader or readers_of(kind)[0]
    words = {one: visit.say(READERS[one]) for one in readers_of(kind)}
    address = f"/mails/{kind}/html?reader={reader}&written={choice.written}"
    answer = visit.page(
        "mails/show.html", mail=mail, reader=reader, readers=words, languages_of=_LANGUAGES, frame=address
    )
    answer.headers["Content-Security-Policy"] = f"{page_policy(visit.tools)}; frame-src 'self'"
    return answer


@router.get("/mails/{kind}/html")
async def sheet(visit: Reader, kind: str, choice: Annotated[Choice, Query()]) -> Response:
    """The HTML of a mail, exactly as it leaves."""
    mail = _mail(visit, kind, choice)
    policy = f"{_SHEET_POLICY}; style-src {style_hash(mail.html)}"
    return HTMLResponse(mail.html, headers={"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"})


def _mail(visit: Visit, kind: str, choice: Choice) -> RenderedMail:
    if kind not in KINDS or (choice.reader or readers_of(kind)[0]) not in readers_of(kind):
        raise NothingHere("Bitte prüfen Sie die Adresse.")
    return preview(PreviewWanted(kind, choice.reader or readers_of(kind)[0], choice.written), visit.now)
