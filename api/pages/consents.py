"""Consents of a path: the text in the client's language, what they said to it, and withdrawals with their consequences.

Addresses and words only.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.acts.consent_facts import answer_consents, refuse_consents, revoke_consent
from api.acts.intakes import CASE_MANAGEMENT
from api.pages.navigation import N_
from api.pages.papers import as_pdf
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_consents import ConsentPage, read_consent_page, read_withdrawal
from api.reads_intake import SheetSeen, sheets_of
from api.schemas import Ref, RevokeConsent, Slug
from api.schemas_intake import ConsentAnswer, ConsentRefusal, Purpose
from process_models.consent_texts import GERMAN, SheetWanted
from process_models.errors import KimError
from process_models.rules import Category

router = page_router()
Manager = Annotated[Visit, Depends(opens("path.change"))]
Purposes = Annotated[list[Purpose], Field(max_length=6)]
Short = Annotated[str, Field(max_length=80)]


class Shown(BaseModel):
    """Which text is shown: for what, of which data, to whom, in which language, by which of the bodies."""

    purposes: Purposes = []
    categories: Annotated[list[Category], Field(max_length=9)] = []
    recipient: Short = ""
    text_language: Short = GERMAN
    text: Short = ""

    @property
    def query(self) -> str:
        """As the address of a page says it."""
        return urlencode(self.model_dump(), doseq=True)


Chosen = Annotated[Shown, Query()]
OFFERED: Final = get_args(Purpose)
"""What may be asked for here; each with its sentence, so that nothing is recorded that nobody could read."""
_PLACES: Final = {"facts.0.on": "consent_on", "facts.0.data.until": "until", "language": "text_language"}


class _Said(BaseModel):
    answer: Literal["given", "refused"]
    purposes: list[Purpose] = Field(min_length=1, max_length=6)
    recipient: Slug | None = None
    consent_on: date


class _Given(BaseModel):
    categories: list[Category] = Field(default=[], max_length=9)
    until: date | None = None
    consent_form: Literal["written", "electronic"]
    evidence: Ref | None = None
    given_by: Literal["person", "guardian", "both"] | None = None
    text_language: Slug
    begins: Literal["yes"] | None = None


@router.get("/paths/{path_id}/consents/new")
async def ask(visit: Manager, path_id: str, shown: Chosen) -> Response:
    """The text of a consent and the form of the answer."""
    return await _page(visit, path_id, shown)


@router.post("/paths/{path_id}/consents/new")
async def record(visit: Manager, path_id: str) -> Response:
    """Records what the person said."""
    try:
        _require_answer(visit)
        said = visit.form.read(_Said)
        if said.answer == "refused":
            refusal = ConsentRefusal(purposes=tuple(said.purposes), recipient=said.recipient, on=said.consent_on)
            await visit.write(refuse_consents(path_id, refusal))
            kept = visit.say("Die Ablehnung ist festgehalten. Der Person entsteht kein Nachteil.")
            return visit.to(f"/paths/{path_id}#consents", kept, "info")
        await visit.write(answer_consents(path_id, _answer(visit, said)))
    except KimError as refused:
        return await _page(visit, path_id, _typed(visit), visit.refused(refused, _PLACES))
    return visit.to(f"/paths/{path_id}#consents", visit.say("Die Einwilligung ist festgehalten."))


@router.get("/paths/{path_id}/consents/sheet")
async def sheet(visit: Manager, path_id: str, shown: Chosen) -> Response:
    """The sheet to sign, with case number and name."""
    return visit.page("consents/sheet.html", **await _sheet_context(visit, path_id, shown))


@router.get("/paths/{path_id}/consents/sheet/pdf")
async def sheet_as_pdf(visit: Manager, path_id: str, shown: Chosen) -> Response:
    """The same sheet as a PDF."""
    context = await _sheet_context(visit, path_id, shown)
    return await as_pdf(visit, "consents/paper.html", f"einwilligung-{context['case_number'].lower()}", **context)


@router.get("/paths/{path_id}/consents/{ref}/withdrawal")
async def foresee(visit: Manager, path_id: str, ref: str) -> Response:
    """What a withdrawal would do, told before it is done."""
    return visit.page("consents/withdrawal.html", seen=await read_withdrawal(visit.tools, visit.caller, path_id, ref))


@router.post("/paths/{path_id}/consents/{ref}/withdrawal")
async def withdraw(visit: Manager, path_id: str, ref: str) -> Response:
    """Withdraws a consent."""
    outcome = await visit.write(revoke_consent(path_id, ref, RevokeConsent()))
    on_the_way = outcome.receipt.notices_in_flight or 0
    if on_the_way:
        late = visit.say("Widerrufen. %(count)s Mails waren schon unterwegs.", count=on_the_way)
        return visit.to(f"/paths/{path_id}#consents", late, "warning")
    done = visit.say("Die Einwilligung ist widerrufen; was auf ihr beruhte, ist angehalten.")
    return visit.to(f"/paths/{path_id}#consents", done)


def _require_answer(visit: Visit) -> None:
    if not visit.form.value("answer"):
        visit.form.wrong("answer", N_("Bitte angeben, was die Person sagt."))
    if not visit.form.chosen("purposes"):
        visit.form.wrong("purposes", N_("Bitte mindestens einen Zweck auswählen."))
    if visit.form.value("answer") == "given" and not visit.form.value("consent_form"):
        visit.form.wrong("consent_form", N_("Bitte angeben, ob schriftlich oder elektronisch."))
    if visit.form.errors:
        raise visit.form.refused()


def _answer(visit: Visit, said: _Said) -> ConsentAnswer:
    given = visit.form.read(_Given)
    version, _, _ = visit.form.value("text").partition(":")
    return ConsentAnswer(
        purposes=tuple(said.purposes),
        recipient=said.recipient,
        categories=tuple(given.categories),
        until=given.until,
        form=given.consent_form,
        language=given.text_language,
        text_version=version or "0",
        on=said.consent_on,
        evidence=given.evidence,
        given_by=given.given_by,
        begins=given.begins is not None,
    )


def _typed(visit: Visit) -> Shown:
    """The text that the form was below; what is wrong in the form says nothing about a text."""
    form = visit.form
    return Shown.model_construct(
        purposes=[code for code in OFFERED if code in form.chosen("purposes")],
        categories=[code for code in get_args(Category) if code in form.chosen("categories")],
        recipient=form.value("recipient"),
        text_language=form.value("text_language"),
        text=form.value("text"),
    )


async def _page(visit: Visit, path_id: str, wanted: Shown, status: int = 200) -> Response:
    page = await read_consent_page(visit.tools, visit.caller, path_id)
    shown = wanted.model_copy(
        update={"text": wanted.text or _first_text(page), "purposes": wanted.purposes or [CASE_MANAGEMENT]}
    )
    sentences = _sheet(visit, page, shown.model_copy(update={"purposes": OFFERED}))
    context = {"shown": shown, "offered": OFFERED, "sheet": _sheet(visit, page, shown), "sentences": sentences}
    return visit.page("consents/new.html", status, seen=page, **context)


def _first_text(page: ConsentPage) -> str:
    return next((f"{text.version}:{text.employer}" for text in page.choices.texts), "")


def _sheet(visit: Visit, page: ConsentPage, shown: Shown) -> SheetSeen | None:
    try:
        return _words(page, shown)
    except KimError as refusal:
        visit.form.note(refusal, {"language": "text_language", "version": "text"})
        return None


def _words(page: ConsentPage, shown: Shown) -> SheetSeen:
    """The text. Errors: ConsentTextMissing."""
    version, _, employer = shown.text.partition(":")
    wanted = SheetWanted(
        version,
        shown.text_language or GERMAN,
        tuple(shown.purposes),
        dict(page.receivers).get(shown.recipient, ""),
        tuple(shown.categories),
        employer=employer,
    )
    return sheets_of(page.choices.catalogue, page.choices.municipality, wanted, page.choices.today)


async def _sheet_context(visit: Visit, path_id: str, shown: Shown) -> dict[str, Any]:
    page = await read_consent_page(visit.tools, visit.caller, path_id)
    here = f"/paths/{path_id}/consents"
    return {
        "seen": _words(page, shown),
        "case_number": page.path.case_number,
        "person": page.name,
        "back": f"{here}/new?{visit.request.url.query}",
        "pdf": f"{here}/sheet/pdf?{visit.request.url.query}",
    }
