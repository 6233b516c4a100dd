"""Shapes of a scenario file: what may stand where. Unknown keys and values are findings, not noise.

Only shapes live here. Reading and naming the line: `scenario_file`. Comparing: `checks`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from process_models.rules import Basis, Category, Slug
from process_models.waits import WaitStep
from process_models.work import HandoverState, Level, StallReason

BodyName = Literal["fall", "verfahren", "lenkung"]
HandoverCode = Annotated[str, StringConstraints(pattern=r"^H\d\d[a-z]?$")]
Warning_ = Literal[
    "benefit_gap",
    "benefit_overlap",
    "permit_expires",
    "permit_expired",
    "consent_missing",
    "consent_expires",
    "deadline_near",
    "deadline_missed",
    "restriction_running",
    "target_group_changed",
    "rule_not_released",
    "disputed_date",
    "undeliverable",
    "fact_without_effect",
    "client_unreachable",
]


class Line(BaseModel):
    """Base of everything in the file: strict about dates and keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)


class PersonLine(Line):
    """The person of the path, or a member of the household."""

    born: date
    nationality: str
    id: str = "client"
    relation: Literal["", "spouse", "child", "parent"] = ""


class MemberLine(Line):
    """A member of the household."""

    id: Slug
    born: date
    relation: Literal["spouse", "child", "parent"]
    nationality: str = ""


class FactLine(Line):
    """A fact: counts from `on`, known from `recorded`."""

    id: str
    on: date
    fact: str
    recorded: date | None = None
    data: dict[str, Any] = {}
    who: str = "client"


class ActLine(Line):
    """What somebody does with the work that the system opened."""

    on: date
    act: Literal[
        "handover.receive",
        "handover.accept",
        "handover.complete",
        "handover.refuse",
        "handover.query",
        "handover.cancel",
        "handover.forward",
        "task.complete",
        "stall.reason",
        "body.decide",
        "model.release",
    ]
    handover: HandoverCode | None = None
    reason: StallReason | None = None
    detail: str | None = None
    to: str | None = None
    task: str | None = None
    body: BodyName | None = None
    decision: Literal["adopt", "reject", "postpone", "to_verfahren", "to_lenkung"] | None = None
    owner: str = ""
    """Who carries a decision out."""
    valid_from: date | None = None
    evaluate_on: date | None = None
    version: str | None = None
    """Name of the version (`versions`) that is drafted from the latest decision of the Lenkungsgruppe and released."""
    who: str = "client"
    refused: bool = False
    """The system is expected to refuse this act."""


class OtherStall(Line):
    """Further paths of the municipality that stall in the same way."""

    handover: HandoverCode
    reason: StallReason
    since: date
    count: int
    detail: str | None = None


class AnsweredLine(Line):
    """Steps of handovers of other paths, from which is learned what is usual: answers unless another is named."""

    handover: HandoverCode
    on: date
    working_days: int
    count: int
    step: WaitStep = "answer"


class EditLine(Line):
    """A passage of a file of the model that becomes another one."""

    file: str
    replace: str
    by: str


class VersionLine(Line):
    """A version of the rules that a decision leads to."""

    name: Slug
    label: str = ""
    edits: list[EditLine]


class EffectCheck(Line):
    """Median working days until the acceptance in the four quarters before and after the release."""

    before: int | None = None
    after: int | None = None


class StandingCheck(Line):
    """The axes."""

    asylum: Literal[
        "none",
        "sought",
        "registered",
        "lodged",
        "heard",
        "decided",
        "in_court",
        "final",
        "withdrawn",
        "revocation_review",
    ] = "none"
    residence: Annotated[str, StringConstraints(pattern=r"^R\d\d$")] = ""
    fiction: Literal["none", "p81_3", "p81_4", "p25_1"] = "none"
    benefits: list[Annotated[str, StringConstraints(pattern=r"^B\d\d$")]] = []
    language: Literal["none", "may_be_admitted", "entitled", "obliged", "in_course", "passed"] = "none"
    work: Literal["forbidden", "consent_needed", "permitted", "free"] = "forbidden"
    place: Literal[
        "facility", "gestattung_district", "zuweisung", "p12a_land", "p12a_municipality", "p61_1d", "none"
    ] = "none"
    kim: Literal["prospect", "screened_out", "waiting_consent", "active", "paused", "closed"] = "prospect"


class DatesCheck(Line):
    """Dates of a deadline."""

    hard: date | None = None
    safe: date | None = None
    earliest: date | None = None
    state: Literal["running", "overdue", "suspended"] = "running"
    remaining_days: int | None = None


class EligibilityCheck(Line):
    """The screening."""

    result: Literal["eligible", "not_eligible", "manual"] = "manual"
    rule: str | list[str] = ""
    refer_to: str | None = None
    by_hand: bool = False
    priority: bool = False


class GapCheck(Line):
    """A period without livelihood."""

    from_: date = Field(alias="from")
    to: date | None = None


class ConsentCheck(Line):
    """A question to consent and statute."""

    purpose: Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
    recipient: str | None = None
    category: Category | None = None
    allowed: bool = False
    basis: Basis = "none"


class WaitingCheck(Line):
    """The one line that says what the path waits for."""

    for_: str = Field(default="", alias="for")
    from_whom: str = ""
    since: date | None = None
    until: date | None = None


class ForecastCheck(Line):
    """Possible dates."""

    naturalisation: list[date] = []
    permanent_title: list[date] = []


class CheckLine(Line):
    """What must be true at the end of a day."""

    on: date
    who: str = "client"
    standing: StandingCheck | None = None
    deadlines: dict[str, date | DatesCheck | list[date | DatesCheck] | None] | None = None
    unreleased: dict[str, list[date] | None] | None = None
    handovers: dict[HandoverCode, HandoverState] | None = None
    responsible: dict[HandoverCode, str] | None = None
    latest: dict[HandoverCode, date | None] | None = None
    eligibility: EligibilityCheck | None = None
    gaps: list[GapCheck] | None = None
    warnings: list[Warning_] | None = None
    consent: ConsentCheck | None = None
    tasks: list[str] | None = None
    mails: dict[str, int] | None = None
    escalation: dict[HandoverCode, Level] | None = None
    agenda: dict[BodyName, int] | None = None
    waiting: WaitingCheck | None = None
    forecast: ForecastCheck | None = None
    version: str | None = None
    effect: dict[HandoverCode, EffectCheck] | None = None


class ScenarioFile(Line):
    """A whole file."""

    scenario: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    municipality: str
    place: str
    person: PersonLine
    household: list[MemberLine] = []
    facts: list[FactLine]
    acts: list[ActLine] = []
    checks: list[CheckLine] = []
    others: list[OtherStall] = []
    answered: list[AnsweredLine] = []
    versions: list[VersionLine] = []
