"""The start of a path: referral, person, place; what the target group says; the consent in the client's language.

Nothing is kept before the last button; addresses and words only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.acts.intakes import CASE_MANAGEMENT, begin_intake
from api.pages.navigation import N_
from api.pages.papers import as_pdf
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_intake import IntakeChoices, SheetSeen, read_intake_choices, read_sheet, read_verdict
from api.schemas import Country, Name, PersonIn, Ref, Slug
from api.schemas_intake import Channel, DecisionIn, Intake, Purpose, ReferralIn, StartConsent, StayCode, StayIn
from process_models.capacity import is_minor
from process_models.consent_texts import GERMAN, SheetWanted
from process_models.errors import KimError
from process_models.intake import Verdict

router = page_router()
Starter = Annotated[Visit, Depends(opens("path.start"))]
AT_THE_START: Final = ("P1", "P3", "P4", "P5")
"""Purposes that may be asked for before it is known who receives anything."""
_CHANGED: Final = N_("Die Angaben haben sich geändert. Bitte das Ergebnis der Prüfung noch einmal ansehen.")


class _Typed(BaseModel):
    by: Slug
    channel: Channel | None = None
    referred_on: date
    wants: Literal["yes", "no"]
    criteria: list[str] = Field(default=[], max_length=10)
    case_management: Slug | None = None
    name: Name = ""
    born: date
    nationality: Country
    place: Slug
    stay: StayCode = ""
    stay_since: date | None = None
    stay_until: date | None = None
    arrived_on: date | None = None


class _Answer(BaseModel):
    consent: Literal["given", "later", "refused"]


class _Consent(BaseModel):
    purposes: list[Literal["P1", "P3", "P4", "P5"]]
    consent_form: Literal["written", "electronic"]
    consent_on: date
    evidence: Ref | None = None
    given_by: Literal["person", "guardian", "both"] | None = None


class _Decision(BaseModel):
    decision: Literal["eligible", "not_eligible"]
    decision_reason: str = Field(min_length=1, max_length=500)


@dataclass(frozen=True, slots=True)
class _Text:
    """Which text is used, in which language."""

    version: str = ""
    employer: str = ""
    language: str = GERMAN

    @classmethod
    def of(cls, visit: Visit, choices: IntakeChoices) -> _Text:
        """As it was chosen, else the first one there is."""
        known = {f"{text.version}:{text.employer}": text for text in choices.texts}
        first = next(iter(known), ":")
        version, _, employer = (visit.form.value("text") if visit.form.value("text") in known else first).partition(":")
        return cls(version, employer, visit.form.value("text_language") or GERMAN)

    def wanted(self, purposes: tuple[str, ...]) -> SheetWanted:
        """The sheet of this text for these purposes."""
        return SheetWanted(self.version, self.language, purposes, employer=self.employer)


@router.get("/paths/new")
async def start(visit: Starter) -> Response:
    """The form of a new path."""
    return await _form(visit)


@router.post("/paths/new")
async def begin(visit: Starter) -> Response:
    """Shows what the target group says, or starts the path; the form comes back as it was typed."""
    choices = await read_intake_choices(visit.tools, visit.caller)
    text = _Text.of(visit, choices)
    verdict, status = None, 200
    if not visit.form.value("shown"):
        visit.form.offer("purposes", CASE_MANAGEMENT)
        visit.form.offer("consent_on", choices.today.isoformat())
    try:
        _require_language(visit, choices)
        intake = _intake(visit)
        verdict = await read_verdict(visit.tools, visit.caller, intake)
        if visit.form.value("step") == "begin":
            if (answer := await _finish(visit, intake, verdict, text)) is not None:
                return answer
            status = 422
    except KimError as refusal:
        status = visit.refused(refusal, _places(visit))
    return await _form(visit, choices, verdict, status)


@router.get("/consent-sheets/{language}")
async def sheet(
    visit: Starter, language: str, text: str, purposes: Annotated[list[Purpose], Query(max_length=6)]
) -> Response:
    """A sheet to read and to sign, before there is a path."""
    seen = await read_sheet(visit.tools, visit.caller, _wanted(language, text, purposes))
    return visit.page("consents/sheet.html", **_context(visit, seen))


@router.get("/consent-sheets/{language}/pdf")
async def sheet_as_pdf(
    visit: Starter, language: str, text: str, purposes: Annotated[list[Purpose], Query(max_length=6)]
) -> Response:
    """The same sheet as a PDF."""
    seen = await read_sheet(visit.tools, visit.caller, _wanted(language, text, purposes))
    return await as_pdf(visit, "consents/paper.html", f"einwilligung-{language}", **_context(visit, seen))


def _context(visit: Visit, seen: SheetSeen) -> dict[str, Any]:
    pdf = f"{visit.request.url.path}/pdf?{visit.request.url.query}"
    return {"seen": seen, "case_number": "", "person": "", "back": "/paths/new", "pdf": pdf}


def _wanted(language: str, text: str, purposes: list[Purpose]) -> SheetWanted:
    version, _, employer = text.partition(":")
    return SheetWanted(version, language, tuple(purposes), employer=employer)


def _require_language(visit: Visit, choices: IntakeChoices) -> None:
    known = {language for text in choices.texts for language, _ in text.languages}
    if choices.texts and visit.form.value("text_language") not in known:
        visit.form.wrong("text_language", N_("In dieser Sprache gibt es keinen Text."))
        raise visit.form.refused()


def _intake(visit: Visit) -> Intake:
    typed = visit.form.read(_Typed)
    return Intake(
        place=typed.place,
        person=PersonIn(born=typed.born, nationality=typed.nationality, name=typed.name),
        referral=ReferralIn(
            by=typed.by,
            on=typed.referred_on,
            channel=typed.channel,
            wants=typed.wants == "yes",
            criteria=tuple(typed.criteria),
            case_management=typed.case_management,
        ),
        stay=StayIn(code=typed.stay, since=typed.stay_since, until=typed.stay_until, arrived_on=typed.arrived_on),
    )


async def _finish(visit: Visit, intake: Intake, verdict: Verdict, text: _Text) -> Response | None:
    """Starts the path; None if something has to be looked at first. Errors: FormRefused, those of the act."""
    if visit.form.value("shown") != shown(verdict):
        visit.form.wrong("", _CHANGED)
        return None
    if verdict.may_be_replaced and (verdict.eligibility.result == "manual" or visit.form.value("decision")):
        decided = visit.form.read(_Decision)
        decision = DecisionIn(result=decided.decision, reason=decided.decision_reason)
        intake = intake.model_copy(update={"decision": decision})
    if not visit.form.value("consent"):
        visit.form.wrong("consent", N_("Bitte angeben, was die Person sagt."))
    answer = visit.form.read(_Answer).consent
    if answer == "refused":
        return visit.page("intake/refused.html", verdict=verdict, choices=await _choices(visit))
    if answer == "given":
        intake = intake.model_copy(update={"consent": _consent(visit, text)})
    outcome = await visit.write(begin_intake(intake))
    path = f"/paths/{outcome.receipt.path_id}"
    if answer == "given":
        return visit.to(path, visit.say("Der Weg hat begonnen."))
    said = visit.say("Der Weg hat begonnen und wartet auf die Einwilligung.")
    return visit.to(f"{path}/consents/new?text_language={text.language}", said)


def _consent(visit: Visit, text: _Text) -> StartConsent:
    if not visit.form.chosen("purposes"):
        visit.form.wrong("purposes", N_("Bitte mindestens einen Zweck auswählen."))
    if not visit.form.value("consent_form"):
        visit.form.wrong("consent_form", N_("Bitte angeben, ob schriftlich oder elektronisch."))
    given = visit.form.read(_Consent)
    if visit.form.errors:
        raise visit.form.refused()
    return StartConsent(
        purposes=tuple(given.purposes),
        form=given.consent_form,
        language=text.language,
        text_version=text.version,
        on=given.consent_on,
        evidence=given.evidence,
        given_by=given.given_by,
    )


def shown(verdict: Verdict) -> str:
    """What of a verdict somebody must have seen before they begin."""
    return f"{verdict.eligibility.rule}:{verdict.eligibility.result}"


def _places(visit: Visit) -> dict[str, str]:
    """Field of the facts -> field of the page; the facts stand in the order in which the act makes them."""
    places = {"person.born": "born", "person.nationality": "nationality", "decision.result": "decision"}
    places |= {"facts.0.on": "referred_on", "facts.0.data.by": "by", "facts.0.data.criteria": "criteria"}
    places |= {"facts.0.data.case_management": "case_management"}
    following = ["arrived_on"] if visit.form.value("arrived_on") else []
    following += ["stay_since"] if visit.form.value("stay") else []
    for number, field in enumerate(following, 1):
        places[f"facts.{number}.on"] = field
        places[f"facts.{number}.data.valid_until"] = "stay_until"
    return places


async def _choices(visit: Visit) -> IntakeChoices:
    return await read_intake_choices(visit.tools, visit.caller)


async def _form(
    visit: Visit, choices: IntakeChoices | None = None, verdict: Verdict | None = None, status: int = 200
) -> Response:
    choices = choices or await _choices(visit)
    text = _Text.of(visit, choices)
    seen = await _sheet(visit, text) if verdict and text.version else None
    return visit.page(
        "intake/new.html",
        status,
        choices=choices,
        verdict=verdict,
        shown=shown(verdict) if verdict else "",
        sheet=seen,
        text=text,
        purposes=AT_THE_START,
        minor=verdict is not None and is_minor(date.fromisoformat(visit.form.value("born")), verdict.day),
    )


async def _sheet(visit: Visit, text: _Text) -> SheetSeen | None:
    try:
        return await read_sheet(visit.tools, visit.caller, text.wanted(AT_THE_START))
    except KimError as refusal:
        visit.form.note(refusal, {"language": "text_language"})
        return None
