"""What callers may send: strict shapes, unknown fields refused, texts short and without control characters.

Shapes only. Whether a fact makes sense is for the vocabulary of the rules to say; answers stand in `views`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Annotated, Any, Literal
from unicodedata import normalize

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from process_models.decisions import Decision
from process_models.releasing import DEFAULT_RATE, HIGHEST_RATE
from process_models.rules import Category
from process_models.waits import WaitStep
from process_models.work import StallReason

Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
"""Reference inside a path, chosen by the caller: `a01`, `k2`."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40})?$")]
Name = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"), AfterValidator(partial(normalize, "NFC"))
]
"""As the person writes it, in any alphabet, composed (NFC); without control characters."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}$")]
"""A code, never free text: `DOC_EAT_REQUIRED`."""
_MOMENT = "Nur in simulierten Mandanten: Zeitpunkt auf der Uhr des Weges / simulated tenants only"

PathId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]
PathRef = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
PathCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$")]
PathVersion = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]{0,79}$")]
PathKey = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}$")]

MAX_FACTS = 200
MAX_HOUSEHOLD = 30
Answer = Literal["receive", "accept", "refuse", "complete", "query", "cancel", "forward", "extend"]


class Request(BaseModel):
    """Base of every request."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, value: Any) -> Any:
        """Names what is allowed (nearest first) instead of repeating what was sent."""
        if isinstance(value, Mapping):
            unknown = [str(key) for key in value if key not in cls.model_fields]
            if unknown:
                near = get_close_matches(unknown[0], cls.model_fields, n=3)
                allowed = [*near, *(name for name in cls.model_fields if name not in near)]
                raise PydanticCustomError("unknown_field", "unknown field", {"allowed": allowed})
        return value


class PersonIn(Request):
    """Die Person des Weges / the person of the path."""

    born: date
    nationality: Country = Field(description="ISO-3166-Code, etwa SY")
    name: Name = Field(default="", description="Nur für das Fallmanagement; verschlüsselt / for case management only")


class MemberIn(Request):
    """Ein Mitglied des Haushalts / a member of the household."""

    id: Ref
    born: date
    relation: Literal["spouse", "child", "parent"]
    nationality: Country | None = Field(default=None, description="Ohne Angabe wie die Person des Weges")


class FactIn(Request):
    """Eine datierte Tatsache / a dated fact."""

    id: Ref | None = Field(default=None, description="Eigene Kennung im Weg; sonst wird eine vergeben")
    fact: Kind = Field(description="Art der Tatsache, etwa asylum.decided")
    on: date = Field(description="Tag, von dem an sie gilt")
    recorded: date | None = Field(
        default=None, description="Nur in simulierten Mandanten: Tag, an dem sie bekannt wurde"
    )
    data: dict[str, Any] = Field(default_factory=dict)
    who: Ref = Field(default="client", description="client oder die Kennung eines Haushaltsmitglieds")
    corrects: Ref | None = Field(default=None, description="Kennung der Tatsache, die dadurch zurückgenommen wird")


class StartPath(Request):
    """Einen Weg beginnen / start a path."""

    municipality: Slug
    place: Slug
    person: PersonIn
    household: tuple[MemberIn, ...] = Field(default=(), max_length=MAX_HOUSEHOLD)
    facts: tuple[FactIn, ...] = Field(default=(), max_length=MAX_FACTS)
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class AddFacts(Request):
    """Tatsachen aufnehmen / record facts."""

    facts: tuple[FactIn, ...] = Field(min_length=1, max_length=MAX_FACTS)
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class Retract(Request):
    """Eine Tatsache zurücknehmen / take a fact back."""

    recorded: date | None = Field(default=None, description="Nur in simulierten Mandanten")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class GiveConsent(Request):
    """Eine Einwilligung festhalten / record a consent."""

    id: Ref | None = None
    who: Ref = Field(default="client", description="client oder die Kennung eines Haushaltsmitglieds")
    purpose: Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
    recipient: Slug | None = None
    categories: tuple[Category, ...] = Field(default=(), max_length=9)
    until: date | None = None
    form: Literal["written", "electronic"]
    given_by: Literal["person", "guardian", "both"] | None = Field(
        default=None, description="Wer eingewilligt hat; ohne Angabe: wer nach dem Alter gefragt war"
    )
    language: Slug | None = Field(default=None, description="Sprache der Aufklärung")
    text_version: Slug | None = Field(default=None, description="Fassung des Einwilligungstextes")
    evidence: Ref | None = Field(default=None, description="Wo der Nachweis liegt: ein Zeichen, kein Name")
    on: date | None = Field(default=None, description="Tag der Einwilligung; ohne Angabe heute")
    recorded: date | None = Field(default=None, description="Nur in simulierten Mandanten")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class LinkOwnPath(Request):
    """Der eigene Weg eines Haushaltsmitglieds / the own path of a member of the household."""

    path_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class RevokeConsent(Request):
    """Eine Einwilligung widerrufen / revoke a consent."""

    who: Ref | None = Field(default=None, description="Wessen Einwilligung, wenn mehrere diese Kennung tragen")
    on: date | None = Field(default=None, description="Tag des Widerrufs; ohne Angabe heute")
    recorded: date | None = Field(default=None, description="Nur in simulierten Mandanten")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class AnswerHandover(Request):
    """Die Antwort der Behörde festhalten / record the answer of the agency."""

    answer: Answer
    reason: StallReason | None = None
    detail: Code | None = Field(default=None, description="Kennwort, kein Freitext: DOC_EAT_REQUIRED")
    to: Slug | None = Field(default=None, description="Bei forward: die zuständige Art von Behörde")
    agency: Slug | None = Field(default=None, description="Bei forward, statt der Art: welche Behörde der Kommune")
    until: date | None = Field(default=None, description="Bei extend: bis wann die Stelle Zeit hat")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class GiveReason(Request):
    """Warum die Übergabe stockt / why the handover stalls."""

    reason: StallReason
    detail: Code | None = Field(default=None, description="Kennwort, kein Freitext: DOC_EAT_REQUIRED")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class CompleteTask(Request):
    """Eine Aufgabe erledigen / complete a task."""

    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class CreateSimulation(Request):
    """Einen simulierten Mandanten anlegen / create a simulated tenant."""

    municipality: Slug
    starts_at: AwareDatetime = Field(description="Zeitpunkt, den die Uhr des Mandanten jetzt zeigt")


class OtherStalls(Request):
    """Weitere Wege, die an derselben Stelle stocken / further paths that stall in the same way."""

    handover: Code
    reason: StallReason
    detail: Code | None = None
    since: date
    count: int = Field(ge=1, le=10_000)


class CountAnswers(Request):
    """Schritte von Übergaben weiterer Wege / steps of handovers of further paths."""

    handover: Code
    on: date
    working_days: int = Field(ge=0, le=1_000)
    count: int = Field(ge=1, le=10_000)
    step: WaitStep = "answer"


ItemId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,64}$")]
Text = Annotated[str, StringConstraints(max_length=4000)]
Line = Annotated[str, StringConstraints(max_length=200)]
_NO_PERSONS = "Keine Angaben zu einzelnen Personen / nothing about single persons"


class DecideItem(Request):
    """Einen Punkt entscheiden / decide an item."""

    decision: Decision
    text: Text = Field(default="", description=_NO_PERSONS)
    owner: Line = Field(default="", description="Stelle, die umsetzt; keine Person")
    meeting: ItemId | None = Field(default=None, description="Sitzung, in der entschieden wurde")
    valid_from: date | None = None
    evaluate_on: date | None = Field(default=None, description="Tag, an dem die Wirkung geprüft wird")
    model_version: Line = Field(default="", description="Fassung des Prozessmodells, die daraus folgt")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class WritePaper(Request):
    """Teile einer Vorlage schreiben / write parts of a decision paper."""

    finding: Text | None = Field(default=None, description=f"Befund. {_NO_PERSONS}")
    root_cause: Text | None = Field(default=None, description="Ursache")
    options: Text | None = Field(default=None, description="Möglichkeiten")
    recommendation: Text | None = Field(default=None, description="Empfehlung")
    effect: Text | None = Field(default=None, description="Erwartete Wirkung")


class CallMeeting(Request):
    """Eine Sitzung bei Bedarf ansetzen / call a meeting on demand."""

    held_on: date
    reason: Line = Field(min_length=1, description=_NO_PERSONS)
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class KeepMinutes(Request):
    """Die Niederschrift einer Sitzung / the minutes of a meeting."""

    minutes: Text = Field(min_length=1, description=_NO_PERSONS)
    present: Line = Field(default="", description="Vertretene Stellen")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class ReviewResolution(Request):
    """Die Wirkung eines Beschlusses / the effect of a decision."""

    review: Text = Field(min_length=1, description=_NO_PERSONS)
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


ResolutionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,64}$")]


class EditIn(Request):
    """Eine Stelle einer Datei wird zu einer anderen / a passage of a file becomes another one."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)
    file: Annotated[str, StringConstraints(pattern=r"^(law|municipalities)/[a-z0-9_-]+\.yaml$")]
    replace: Annotated[str, StringConstraints(min_length=1, max_length=8000)] = Field(
        description="Der bisherige Text, der dort genau einmal steht"
    )
    by: Annotated[str, StringConstraints(max_length=8000)] = Field(description="Der neue Text")


class DraftModel(Request):
    """Einen Entwurf aus der geltenden Fassung ableiten / derive a draft from the version in force."""

    edits: tuple[EditIn, ...] = Field(min_length=1, max_length=30)
    label: Line = Field(default="", description="Wofür die Fassung ist")
    by: Line = Field(min_length=1, description="Wer sie vorbereitet, mit Amt")
    base: Line = Field(default="", description="Entwurf, auf dem er aufbaut; sonst die Fassung in Kraft")
    resolution: ResolutionId | None = Field(default=None, description="Beschluss, den die Fassung umsetzt")


class LinkResolution(Request):
    """Eine Fassung setzt einen Beschluss um / a version carries out a decision."""

    resolution: ResolutionId


class ReleaseModel(Request):
    """Eine Fassung der Prozessmodelle freigeben / release a version of the process models."""

    by: Line = Field(min_length=1, description="Wer entscheidet, mit Amt")
    rate_per_minute: int = Field(
        default=DEFAULT_RATE, ge=1, le=HIGHEST_RATE, description="Wie viele Wege je Minute höchstens umgestellt werden"
    )


class WithdrawModel(Request):
    """Eine Fassung der Prozessmodelle zurücknehmen / withdraw a version of the process models."""

    by: Line = Field(min_length=1, description="Wer entscheidet, mit Amt")
    reason: Line = Field(min_length=1, description=_NO_PERSONS)
