"""What callers may send to start a path and to answer consents: referral, stay, decision, consent. Strict shapes.

Shapes only. Who belongs to the target group say the rules; what is sent to run a path stands in `schemas`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from api.schemas import Code, PersonIn, Ref, Request, Slug
from process_models.rules import Category
from process_models.work import StallReason

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Sketch = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Channel = Literal["visit", "phone", "letter", "mail", "meeting", "outreach"]
Purpose = Literal["P1", "P2", "P3", "P4", "P5", "P7"]
StayCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._]{0,40}$")]
_MOMENT = "Nur in simulierten Mandanten: Zeitpunkt auf der Uhr des Weges / simulated tenants only"


class ReferralIn(Request):
    """Wer vermittelt hat, wie und wann / who referred the person, how and when."""

    by: Slug = Field(description="Art der Stelle; client oder case_manager, wenn niemand vermittelt hat")
    on: date
    channel: Channel | None = None
    wants: bool = Field(description="Die Person möchte teilnehmen")
    criteria: tuple[Code, ...] = Field(default=(), max_length=10)
    case_management: Slug | None = Field(default=None, description="none, oder wer schon begleitet")


class StayIn(Request):
    """Was über den Aufenthalt gesagt wird / what is said about the stay."""

    code: StayCode = Field(default="", description="Aus `stay_choices`; leer: nicht bekannt")
    since: date | None = None
    until: date | None = None
    arrived_on: date | None = None


class DecisionIn(Request):
    """Die Entscheidung einer Person, wo die Regeln sie offenlassen / a person decides where the rules leave it open."""

    result: Literal["eligible", "not_eligible"]
    reason: Reason


class EvidenceIn(Request):
    """Wie eine Einwilligung gegeben wurde und wie sie bewiesen wird / how a consent was given, and its proof."""

    form: Literal["written", "electronic"]
    language: Slug = Field(description="Sprache des Textes, den die Person gelesen hat")
    text_version: Slug = Field(description="Fassung des Textes")
    on: date
    evidence: Ref | None = Field(default=None, description="Wo der Nachweis liegt: ein Zeichen, kein Name")
    given_by: Literal["person", "guardian", "both"] | None = None


class StartConsent(EvidenceIn):
    """Die Einwilligungen zum Beginn / the consents at the start."""

    purposes: tuple[Literal["P1", "P3", "P4", "P5"], ...] = Field(min_length=1, max_length=4)


class Intake(Request):
    """Einen Weg nach der Prüfung der Zielgruppe beginnen / start a path after the check of the target group."""

    place: Slug
    person: PersonIn
    referral: ReferralIn
    stay: StayIn = StayIn()
    decision: DecisionIn | None = None
    consent: StartConsent | None = Field(default=None, description="Ohne Angabe wartet der Weg auf die Einwilligung")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class ConsentAnswer(EvidenceIn):
    """Eine Einwilligung zu einem oder mehreren Zwecken / a consent to one or several purposes."""

    purposes: tuple[Purpose, ...] = Field(min_length=1, max_length=6)
    recipient: Slug | None = None
    categories: tuple[Category, ...] = Field(default=(), max_length=9)
    until: date | None = None
    begins: bool = Field(default=False, description="Das Case Management beginnt damit")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class ConsentRefusal(Request):
    """Eine Einwilligung ablehnen: ohne Nachteil / refuse a consent: without any disadvantage."""

    purposes: tuple[Purpose, ...] = Field(min_length=1, max_length=6)
    recipient: Slug | None = None
    on: date
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)


class ImpulseIn(Request):
    """Ein Impuls an die AG Verfahrensebene / an impulse for the working group for the procedure."""

    handover: Code = Field(description="Die Übergabe, deren Schnittstelle gemeint ist: H01")
    reason: StallReason
    sketch: Sketch = Field(description="Was an der Schnittstelle im Weg steht; nichts über Personen / no persons")
    now: AwareDatetime | None = Field(default=None, description=_MOMENT)
