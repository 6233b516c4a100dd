"""Shapes of the configuration of a Kreis or a kreisfreie Stadt: what a YAML file under `municipalities/` may say.

Only shapes live here. Which agency answers where is looked up in `catalogue`, who is eligible in `target_group`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from process_models.calendars import ProductCalendar
from process_models.look_again import MORNING
from process_models.rule_base import Rule, Shape, Slug

Language = Literal["de", "en"]
"""The languages of pages and mails."""


class TargetGroupRule(Rule):
    """One line of a target-group decision table (first match decides)."""

    age_from: int | None = None
    age_to: int | None = None
    """Inclusive: until the day before the next birthday."""
    outside_ages: tuple[int, int] | None = None
    """Matches below the first or above the second age."""
    statuses: tuple[Literal["GD", "GE", "OTHER"], ...] = ()
    referred: bool | None = None
    """Only if the person was (not) referred by another service; None = either."""
    wants: bool | None = None
    criteria: tuple[str, ...] = ()
    """Only if one of these criteria of need was named."""
    stay_years_to: int | None = None
    """Only up to this many years after the arrival; also before it."""
    approximate: bool = False
    """The ages are meant roughly ("ca."): the municipality's tolerance widens them."""
    result: Literal["eligible", "not_eligible", "manual"]
    refer_to: str | None = None
    stage: int | None = None
    coordinate_with: str = ""
    """Service to agree with about who does what, up to `coordinate_age_to`."""
    coordinate_age_to: int | None = None
    priority: Literal["", "always", "fled_without_case_management"] = ""
    """Whom to take first."""
    impulses: tuple[str, ...] = ()
    """Criteria that are an impulse for the working group for the procedure besides."""

    def widened(self, years: int) -> TargetGroupRule:
        """The line with ages so many years wider on both sides, if they are meant roughly."""
        if not self.approximate:
            return self
        ages = {"age_from": self.age_from, "age_to": self.age_to}
        wider = {"age_from": -years, "age_to": years}
        return self.model_copy(update={name: age + wider[name] for name, age in ages.items() if age is not None})


class Agency(Shape):
    """An agency or partner of a municipality. Mailboxes are functional, never personal."""

    id: Slug
    kind: Slug
    title: str
    mail: str = ""
    head_mail: str = ""
    deputy_mail: str = ""
    """Of whoever stands in: shown to the office while mails to `mail` are lost; no mail goes there by itself."""
    language: Language = "de"
    """In which its mails are written."""
    digest: bool | Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = False
    """Whether its mails come together on the morning of a working day: yes (at 08:00), or at which time."""
    operator: Literal["", "gemeinsame_einrichtung", "zugelassener_kommunaler_traeger"] = ""
    """Of a Jobcenter: who runs it."""
    controller: str = ""
    """Who answers for its data, where that is not the agency itself."""
    holidays: str = "NW"

    @property
    def digest_at(self) -> time | None:
        """When its digest leaves, in Germany; None if it gets single mails."""
        if isinstance(self.digest, str):
            return time.fromisoformat(self.digest)
        return MORNING if self.digest else None


class Jurisdiction(Shape):
    """Which agency answers for a kind in a place; `*` = every place of the municipality."""

    kind: Slug
    agency: Slug
    places: tuple[Slug, ...] = ("*",)
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: str = ""
    gated: str = ""
    """Why the line does not count yet (banner text, German); empty = it counts."""

    def holds_on(self, day: date) -> bool:
        """True if the line counts on this day."""
        in_time = (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
        return in_time and not self.gated


class Body(Shape):
    """A working group or the Lenkungsgruppe: office, mailbox, rhythm. What is left empty is a hole to be closed."""

    kind: Literal["fall", "verfahren", "lenkung"]
    title: str
    office: str = ""
    chair: str = ""
    """Office or function that chairs it; never a person."""
    mail: str = ""
    language: Language = "de"
    meetings_per_year: int = Field(default=0, ge=0, le=12)
    weekday: Literal["", "monday", "tuesday", "wednesday", "thursday", "friday"] = ""
    week_of_month: int = Field(default=0, ge=0, le=5)
    months: tuple[int, ...] = ()
    """Months in which it meets; empty = every month. `meetings_per_year` says how many."""
    ad_hoc: bool = True
    """Meets on demand as well."""
    paper_days: int = Field(default=5, ge=0, le=30)
    """Working days before a meeting on which its papers are due."""
    members: tuple[str, ...] = ()
    """Offices and functions; never persons."""
    evidence: str = ""


class Workplace(Shape):
    """Where a post works, from a day on; also one to come."""

    place: Slug
    valid_from: date | None = None


class CasePost(Shape):
    """Posts of case managers at one employer, for some places. Posts, never persons."""

    id: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]*)?$")
    """What its posts are called in the records; empty = employer and places. Give one before changing either."""

    employer: Slug
    title: str
    public: bool = True
    """False: a welfare association, which needs texts of its own on consent and secrecy."""
    posts: float = Field(gt=0)
    """Full-time posts."""
    places: tuple[Slug, ...] = ("*",)
    weight: float | None = Field(default=None, gt=0)
    """Part of new paths in proportion to the other lines, until there are numbers of refugees; empty = its posts."""
    languages: tuple[str, ...] = ()
    """Languages besides German in which its holders counsel."""
    funded_by: str = ""
    """Who pays for it, where that is told."""
    workplaces: tuple[Workplace, ...] = ()
    evidence: str = ""
    gated: str = ""
    """Why number and places are still to be confirmed (banner text, German)."""


class RefugeeNumber(Shape):
    """How many refugees a place counted on a day, and who says so: what the posts are weighted by."""

    place: Slug
    counted_on: date
    count: int = Field(ge=0)
    source: str


class PathWeights(Shape):
    """What a path weighs in the load of a case manager."""

    open: float = Field(default=1, gt=0)
    overdue: float = Field(default=0.5, ge=0)
    """Added while a deadline is overdue."""
    stuck: float = Field(default=0.5, ge=0)
    """Added while it is stuck at an interface."""


class Support(Shape):
    """How the register of offers is kept up, and when lacks become a matter of the AG Verfahrensebene."""

    confirm_months: int = Field(default=6, ge=1, le=24)
    """An offer that nobody has confirmed for so long is stale; its owner is asked a month before."""
    ask_again_days: int = Field(default=21, ge=7, le=90)
    """An owner who does not answer is asked again after so many days."""
    unmet_paths: int = Field(default=5, ge=5)
    """So many paths with the same kind of need unmet for the same reason raise an item; never a small number."""
    unmet_days: int = Field(default=180, ge=30, le=730)
    """Within so many days."""


class Participation(Shape):
    """Whether a place takes part in the case management. `open`: nobody has said so yet; it is treated as `yes`."""

    place: Slug
    takes_part: Literal["yes", "no", "open"]
    valid_from: date | None = None
    evidence: str = ""


class ConsentText(Shape):
    """A text on which consents are given: for which purposes, in which languages, by whom it is used."""

    version: str
    purposes: tuple[str, ...]
    languages: tuple[str, ...]
    employers: tuple[Slug, ...] = ("*",)
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: str = ""


class Retention(Shape):
    """Months after which data goes where that deviates from the law's table (`retention.*`); needs a reason."""

    file_months: int | None = Field(default=None, ge=1)
    prospect_months: int | None = Field(default=None, ge=1)
    consent_months: int | None = Field(default=None, ge=1)
    task_log_months: int | None = Field(default=None, ge=1)
    reason: str = ""

    @property
    def deviates(self) -> bool:
        """Some period is a municipality's own."""
        return self != Retention(reason=self.reason)


class EscalationStep(Shape):
    """Working days after the offer of one step of the ladder."""

    normal: int | None = Field(default=None, ge=1)
    critical: int | None = Field(default=None, ge=1)


class Escalation(Shape):
    """Days and thresholds of the stall ladder that deviate from the law's table (`LADDER`); needs a reason.

    They count in working days of the municipality's own calendar (`calendar`, `local_closing_days`).
    """

    receipt_normal: int | None = Field(default=None, ge=1)
    receipt_critical: int | None = Field(default=None, ge=1)
    critical_within: int | None = Field(default=None, ge=1)
    steps: dict[Literal["E1", "E2", "E3"], EscalationStep] = Field(default_factory=dict)
    pattern_count: int | None = Field(default=None, ge=2)
    pattern_days: int | None = Field(default=None, ge=1)
    single_path_days: int | None = Field(default=None, ge=1)
    learn_from: int | None = Field(default=None, ge=10)
    learn_percent: int | None = Field(default=None, ge=50, le=99)
    learn_floor: int | None = Field(default=None, ge=1)
    reason: str = ""

    @property
    def deviates(self) -> bool:
        """Some number is a municipality's own."""
        return self != Escalation(reason=self.reason)

    def thresholds(self) -> dict[str, int]:
        """The numbers that are its own, without the steps."""
        return self.model_dump(exclude_none=True, exclude={"steps", "reason"})


class ReviewBounds(Shape):
    """From where on an interface runs well or badly in the review; own ones need a reason.

    The days of the review are those of the ladder (`escalation`).
    """

    accepts: int = Field(default=90, ge=0, le=100)
    """Percent of the answers that take over: from here on it runs well."""
    refuses: int = Field(default=70, ge=0, le=100)
    """Below it runs badly."""
    stalls: int = Field(default=20, ge=0, le=100)
    """Stalls in percent of the offers: from here on it runs badly."""
    smooth: int = Field(default=5, ge=0, le=100)
    """Up to here it runs well."""
    reason: str = ""

    @property
    def deviates(self) -> bool:
        """Some bound is a municipality's own."""
        return self != ReviewBounds(reason=self.reason)


class OpenPoint(Shape):
    """Something about the municipality that the sources do not settle; shown until somebody confirms it."""

    about: str
    """Key of the configuration: `places`, `bodies`."""
    evidence: str
    banner: str


class Municipality(Shape):
    """Configuration of a Kreis or a kreisfreie Stadt: a further one costs one YAML file."""

    id: Slug
    title: str
    type: Literal["kreis", "kreisfreie_stadt"]
    statute: str = ""
    valid_from: date
    law_rule_set: str = ""
    """Label of the edition of the rules that this configuration was checked with."""
    places: tuple[Slug, ...]
    place_names: Mapping[Slug, str] = Field(default_factory=dict)
    """How a place is written where that is not its code with a capital letter: `juechen` is Jüchen."""
    participation: tuple[Participation, ...] = ()
    """Which places take part in the case management; one that is not named does."""
    ki_unit: str = ""
    """The Kommunales Integrationszentrum."""
    coordinating_unit: str = ""
    """The Koordinierende Stelle."""
    coordinating_mail: str = ""
    case_manager_mail: str = ""
    mail_language: Language = "de"
    """In which the mails to these two offices are written."""
    digests: tuple[Literal["case_manager", "coordinator"], ...] = ()
    """Which of them gets a digest on the morning of a working day instead of single mails."""
    case_posts: tuple[CasePost, ...] = ()
    refugee_numbers: tuple[RefugeeNumber, ...] = ()
    path_weights: PathWeights = PathWeights()
    support: Support = Support()
    calendar: str = "NW"
    local_closing_days: tuple[Literal["rosenmontag", "weiberfastnacht", "12-24", "12-31"], ...] = ()
    languages: tuple[str, ...] = ("de",)
    consent_texts: tuple[ConsentText, ...] = ()
    access_mode: Literal["active", "referral"] = "active"
    agencies: tuple[Agency, ...] = ()
    jurisdiction: tuple[Jurisdiction, ...] = ()
    bodies: tuple[Body, ...] = ()
    target_group: tuple[TargetGroupRule, ...] = ()
    age_tolerance_years: int = Field(default=0, ge=0, le=5)
    """How far a person may be outside of ages that are meant roughly."""
    override: tuple[Literal["manual", "not_eligible"], ...] = ("manual",)
    """Which answers of the table a person may replace, with a reason."""
    retention: Retention = Retention()
    escalation: Escalation = Escalation()
    review_bounds: ReviewBounds = ReviewBounds()
    open_points: tuple[OpenPoint, ...] = ()

    def place_name(self, place: str) -> str:
        """The place as it is written."""
        return self.place_names.get(place) or place.replace("-", " ").title()

    def takes_part(self, place: str, day: date) -> bool:
        """False if the place has said that it does not take part in the case management (the latest word counts)."""
        told = [line for line in self.participation if line.place == place and (line.valid_from or date.min) <= day]
        latest = max(told, key=lambda line: line.valid_from or date.min, default=None)
        return latest is None or latest.takes_part != "no"

    @property
    def screening_lines(self) -> tuple[TargetGroupRule, ...]:
        """The table of the target group with the tolerance for ages that are meant roughly."""
        years = self.age_tolerance_years
        return tuple(line.widened(years) for line in self.target_group) if years else self.target_group

    @property
    def product_calendar(self) -> ProductCalendar:
        """Working days of its agencies: what the product's own periods are counted in."""
        return ProductCalendar(self.calendar, self.local_closing_days)
