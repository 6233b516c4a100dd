"""The plan of a path on a day: what is, what is due, what is missing, and why. Values only; made by `planning`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from process_models.names import member_of_code
from process_models.rules import Actor, Basis, CapacitySubject, DeadlineKind
from process_models.work import HandoverState, Level, StallReason


class Value(BaseModel):
    """Base of every part of a plan."""

    model_config = ConfigDict(frozen=True)


class Standing(Value):
    """Where a person stands on the axes, on one day. Derived from facts, never stored as truth."""

    asylum: str = "none"
    residence: str = "R00"
    residence_since: date | None = None
    title_valid_until: date | None = None
    fiction: str = "none"
    benefits: tuple[str, ...] = ()
    language: str = "none"
    work: str = "forbidden"
    place: str = "none"
    kim: str = "prospect"
    lawful_since: date | None = None
    """Start of the lawful stay that counts for naturalisation, conditional on recognition while the procedure runs."""
    asylum_final_on: date | None = None
    finality_assumed: bool = False
    """The last day for a suit has not passed yet: the plan assumes that none comes."""
    arrived_on: date | None = None
    """Start of the stay; None before it and after the departure."""
    accompanied_since: date | None = None
    """Day on which the case management was opened last; None before."""


class Step(Value):
    """One step of an explanation: what was done, and the day it gave."""

    text: str
    day: date | None = None


class PlannedDeadline(Value):
    """A deadline that runs for this path, with how it was computed."""

    key: str
    """Code, with a suffix where one code has several dates: `F38a`; of a member also the member: `F12.son`."""
    code: str
    title: str
    kind: DeadlineKind
    statute: str
    anchor_on: date
    law_date: date
    hard: date | None = None
    safe: date | None = None
    earliest: date | None = None
    calendar: str = "NW"
    state: Literal["running", "overdue", "suspended"] = "running"
    """Suspended: it stands still; its date moves on day by day, and nobody is reminded."""
    remaining_days: int | None = None
    """Days that are left once a suspended period runs on."""
    consequence: str = ""
    who_acts: str = "client"
    reads: tuple[str, ...] = ()
    reminders: tuple[date, ...] = ()
    """Days on which a reminder is due."""
    steps: tuple[Step, ...] = ()
    evidence: str = ""
    who: str = "client"
    """Whose deadline it is: the person of the path, or the code of a member of the household."""

    @property
    def due_on(self) -> date:
        """The date a reader looks at first: the hard date, else the earliest day."""
        day = self.hard or self.earliest
        assert day is not None
        return day


class DateReading(Value):
    """One of the dates that a rule not yet released could give, and what it assumes."""

    on: date
    kind: DeadlineKind
    assumption: str
    steps: tuple[Step, ...] = ()


class UnreleasedDeadline(Value):
    """What a rule that is not released says about this path. Shown with its banner; nobody is reminded of it."""

    code: str
    title: str
    statute: str
    banner: str
    anchor_on: date
    readings: tuple[DateReading, ...]
    who_acts: str = "client"
    consequence: str = ""
    evidence: str = ""


class Information(Value):
    """Somebody who is told of a handover without having to answer, and whether consent covers that today."""

    kind: str
    allowed: bool
    missing: tuple[str, ...] = ()


class PlannedHandover(Value):
    """A handover whose trigger is known: whether it may leave, and who answers until it is accepted."""

    code: str
    """Code of the rule; that of a member of the household who goes alone also names the member: `H04.mother`."""
    title: str
    statute: str
    trigger_on: date
    from_kind: str
    to_kind: str
    receiver_unclear: bool = False
    """Only a person can say who receives it; nothing is offered before."""
    after_case: bool = False
    """It is offered and answered although its trigger ends the case management."""
    basis: Basis
    allowed: bool
    """Consent or statute covers every category that it requires, today."""
    missing: tuple[str, ...] = ()
    """Categories not covered."""
    needed: bool = True
    """False when the receiving regime already runs or the reason is gone: nothing is offered."""
    triggered: bool = True
    """False when what set it going was taken back as wrong, and only its item is left."""
    state: HandoverState = "none"
    responsible: str = ""
    documents: tuple[str, ...] = ()
    latest_on: date | None = None
    """Last day of its clock, while it is needed."""
    informs: tuple[Information, ...] = ()
    critical: bool = False
    receipt_due_on: date | None = None
    level: Level = "none"
    next_level: Level = "none"
    next_level_on: date | None = None
    """Day of the next step; a day that has passed means that the step is due."""
    next_cause: Literal["ladder", "pattern", "forty_days", "impulse"] = "ladder"
    blocked_by_purpose: str = ""
    """Consent purpose that the next step of the ladder lacks."""
    reason: StallReason | None = None
    detail: str | None = None
    stalled_since: date | None = None
    working_days_open: int = 0
    usual_step: Literal["receive", "answer", "complete"] = "answer"
    """The step that the following figures are about."""
    usual_days: int | None = None
    """Working days that nine of ten earlier ones at this interface took; None while too few are known."""
    learned_from: int = 0
    """How many that was learned from."""
    late_by_usual: bool = False
    """It waits for longer than usual, though the days of the ladder have not passed."""
    recent: int = 0
    """Recent ones at this interface, and how many of them took longer than usual."""
    slower_count: int = 0
    slower: bool = False
    """The interface has become slower than it used to be: more late ones than chance explains."""
    members: tuple[str, ...] = ()
    """Codes of the members of the household who go along."""

    @property
    def who(self) -> str:
        """Whose handover it is: `client`, or the code of a member."""
        return member_of_code(self.code) or "client"


class Gap(Value):
    """A period without any livelihood regime."""

    starts_on: date
    ends_on: date | None = None


class PossibleRegime(Value):
    """A benefit regime that could pay for somebody who stands like this, and the act that starts it."""

    code: str
    title: str
    agency: str
    """Kind of agency."""
    starts: str = ""
    """German."""


class Impulse(Value):
    """A barrier of the system that a referral named: an impulse for the working group for the procedure."""

    code: str
    """Criterion of the table: M4."""
    from_kind: str
    to_kind: str
    on: date


class Eligibility(Value):
    """Whether the person belongs to the target group today, and the rule that decided."""

    result: Literal["eligible", "not_eligible", "manual"]
    rule: str
    refer_to: str | None = None
    by_hand: bool = False
    """A person has replaced the answer of the rule, with a reason."""
    priority: bool = False
    """To be taken first."""
    coordinate_with: tuple[str, ...] = ()
    """Services to agree with about who does what."""
    impulses: tuple[Impulse, ...] = ()


class Condition(Value):
    """A condition of naturalisation, and what the file says about it. The authority examines, the system does not."""

    code: str
    title: str
    state: Literal["met", "unmet", "unknown"]
    statute: str = ""
    on: date | None = None
    """Since when it is met, or from when it will be."""
    note: str = ""


class Forecast(Value):
    """A possible date with its assumption. Several where the law is disputed."""

    goal: Literal["naturalisation", "permanent_title"]
    on: date
    rule: str
    assumption: str
    statute: str = ""
    conditions: tuple[Condition, ...] = ()
    """For naturalisation: everything that it asks for beside the years."""


class FactWithoutEffect(Value):
    """A fact that changed nothing: why, and what would be possible instead."""

    fact_id: str
    kind: str
    title: str
    on: date
    sentence: str
    """German."""
    statute: str = ""
    possible: tuple[str, ...] = ()
    """Codes of the transitions that were open on that day."""


class Waiting(Value):
    """The one line that says what the path waits for."""

    subject: str
    """H, F or task code."""
    from_whom: str
    since: date
    until: date | None = None
    sentence: str = ""
    """German."""


class Capacity(Value):
    """Who acts for a person in one matter today: the person, the guardian, or both."""

    subject: CapacitySubject
    acts: tuple[Actor, ...]
    rule: str
    statute: str


class MemberPlan(Value):
    """What the rules say about a member of the household on a day. Offers and tasks stand in the plan of the path."""

    id: str
    """Reference that whoever recorded the member chose; it stays in the records."""
    code: str
    """What tells members apart where no reference may stand: keys of notices and tasks, Temporal."""
    relation: str
    age: int | None = None
    """Completed years on the day."""
    since: date | None = None
    """First day in the household; None: from the beginning of the path."""
    has_own_path: bool = False
    """The member is looked after on a path of their own: nothing is reminded of here."""
    standing: Standing
    eligibility: Eligibility | None = None
    deadlines: tuple[PlannedDeadline, ...] = ()
    unreleased: tuple[UnreleasedDeadline, ...] = ()
    gaps: tuple[Gap, ...] = ()
    could_pay: tuple[PossibleRegime, ...] = ()
    """Who could close the gaps; empty without any."""
    warnings: tuple[str, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    facts_without_effect: tuple[FactWithoutEffect, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    """Who is asked now: for consent, for applications, for residence, for naturalisation."""


class Plan(Value):
    """Everything that the rules say about a path on a day."""

    day: date
    municipality: str
    place: str
    model_version: str
    standing: Standing
    phase: Literal["arrival", "procedure", "stay", "settled", "naturalisation"]
    eligibility: Eligibility | None = None
    deadlines: tuple[PlannedDeadline, ...] = ()
    unreleased: tuple[UnreleasedDeadline, ...] = ()
    """Dates of rules that are not released yet, each with several readings where the law is uncertain."""
    handovers: tuple[PlannedHandover, ...] = ()
    gaps: tuple[Gap, ...] = ()
    could_pay: tuple[PossibleRegime, ...] = ()
    """Who could close the gaps; empty without any."""
    warnings: tuple[str, ...] = ()
    """Of the person and of every member of the household."""
    forecasts: tuple[Forecast, ...] = ()
    facts_without_effect: tuple[FactWithoutEffect, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    """Who is asked for a person under age: the guardian, the person, or both; empty for adults."""
    members: tuple[MemberPlan, ...] = ()
    """The household of the day, beside the person of the path."""
    waiting: Waiting | None = None
    stalled_since: date | None = None
    stall_reason: StallReason | None = None
    level: Level = "none"
    may_end: bool = False
    """kim is closed and no handover or deadline is open."""
    look_again_at: datetime | None = None
    """UTC moment at which something changes without any news; None = never."""
    law_event_on: date | None = None
    """The day of `look_again_at`, if it is the law alone that changes the plan then."""

    @property
    def every_deadline(self) -> tuple[PlannedDeadline, ...]:
        """Deadlines of the person of the path and of every member of the household."""
        return (*self.deadlines, *(deadline for member in self.members for deadline in member.deadlines))
