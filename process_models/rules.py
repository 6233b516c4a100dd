"""Shapes of the rules of law and procedure: what a YAML entry under `law/` may say.

Only shapes live here. Reading and checking files: `catalogue`. Applying rules: `standing`, `deadlines`, `plan`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from process_models.axis_rules import (
    AsylblgRule,
    AsylumStep,
    BenefitRegime,
    ConstantIs,
    FictionRule,
    Guard,
    IncomeRule,
    LanguageRule,
    PlaceRule,
    ResidenceState,
    Transition,
    WorkRule,
)
from process_models.configuration import (
    Agency,
    Body,
    Escalation,
    EscalationStep,
    Jurisdiction,
    Municipality,
    TargetGroupRule,
)
from process_models.deadline_rules import Anchor, DeadlineRule
from process_models.family_rules import Actor, CapacityRule, CapacitySubject, FamilyTask
from process_models.need_rules import NeedKind, NeedStep
from process_models.rule_base import (
    Basis,
    Category,
    Code,
    DeadlineKind,
    FactMatch,
    IsoDuration,
    Release,
    Rule,
    Shape,
    Slug,
)
from process_models.settlement_rules import (
    FullTimeWork,
    NaturalisationCondition,
    NaturalisationRoute,
    PermanentTitleRoute,
)
from process_models.wording_rules import ConsentWording
from process_models.work import StallReason

__all__ = [
    "Actor",
    "Agency",
    "AgencyKind",
    "Anchor",
    "AsylblgRule",
    "AsylumStep",
    "Basis",
    "BenefitRegime",
    "Block",
    "Body",
    "CapacityRule",
    "CapacitySubject",
    "Category",
    "Clock",
    "Code",
    "ConsentPurpose",
    "ConsentWording",
    "Constant",
    "ConstantIs",
    "DeadlineKind",
    "DeadlineRule",
    "FactField",
    "FactKind",
    "FactMatch",
    "FamilyTask",
    "FictionRule",
    "FullTimeWork",
    "Guard",
    "HandoverRule",
    "IncomeRule",
    "Informed",
    "IsoDuration",
    "Jurisdiction",
    "Label",
    "Ladder",
    "LadderStep",
    "LanguageRule",
    "MinimumField",
    "Municipality",
    "NaturalisationCondition",
    "NaturalisationRoute",
    "NeedKind",
    "NeedStep",
    "PermanentTitleRoute",
    "PlaceRule",
    "Receiver",
    "Release",
    "ResidenceState",
    "Rule",
    "Shape",
    "Slug",
    "StatutoryBasis",
    "TargetGroupRule",
    "Transition",
    "WorkRule",
]

# ---------------------------------------------------------------- facts


class FactField(Shape):
    """One field of a fact's data."""

    type: Literal["date", "bool", "int", "text", "word", "code", "codes", "pair"]
    """text: free, sealed with the fact, never copied. word: the key of a place, a member, a consent or a fact."""
    required: bool = False
    allowed: tuple[str, ...] = ()
    of: Literal[
        "", "agency_kinds", "residence_states", "benefit_regimes", "deadlines", "handovers", "consent_purposes"
    ] = ""
    """Section of the catalogue whose codes are allowed, instead of a list."""
    before_birth: bool = False
    """A date of somebody else's life: it may lie before the birth of the person of the path."""


class FactKind(Rule):
    """An entry of the vocabulary of facts. `code` is the kind: `asylum.decided`."""

    order: int
    """Order of facts of one day, where ids do not decide (registered after sought)."""
    fields: dict[str, FactField] = Field(default_factory=dict)
    corrects: bool = False
    """True for facts that open an ended path again: only what takes another fact back."""
    moves: bool = False
    """True for facts that have no effect unless a transition takes them: they say that the residence changes."""


# ---------------------------------------------------------------- handovers, consent, escalation


class Receiver(Shape):
    """A receiver for some people only. All conditions that are named must hold; no kind: a person decides who it is."""

    kind: str = ""
    from_age: str = ""
    """Key of the constant that says from which age on, by year of birth."""
    below_age: int | None = None
    asylblg: bool = False
    """Only while the residence state keeps the person under the AsylbLG."""
    known: FactMatch | None = None
    """The latest fact of this kind says so."""


class Block(Shape):
    """A dated constant that stops the receiver by rule while it has this value: nobody is late."""

    constant: str
    value: str


class Clock(Shape):
    """The last day on which a handover still does what it is for. Exactly one way to find it is named."""

    deadline: str = ""
    """Code of the deadline whose date it is."""
    day: Literal["", "trigger", "month_end", "after_livelihood"] = ""
    """The day of the trigger; the last day of its month; the last day of the month after the end of the livelihood."""
    fact: FactMatch | None = None
    """The latest fact of this kind names it in `field`, `days_before` that day."""
    field: str = ""
    days_before: int = 0


class Informed(Shape):
    """Somebody who is told of the handover and has nothing to answer; only if consent covers these data."""

    kind: str
    categories: tuple[Category, ...]


class HandoverRule(Rule):
    """A handover H01 to H17: two-sided, the sender stays responsible until acceptance.

    Where there are several receivers, each is a rule of its own, the first with the bare code: H12, H12b, H12c.
    """

    from_kind: str
    to_kind: str
    senders: tuple[str, ...] = ()
    """Kinds that send instead of `from_kind` if one of them pays for the livelihood on the day of the trigger."""
    receivers: tuple[Receiver, ...] = ()
    """Receivers instead of `to_kind`; the first that fits counts."""
    transition: tuple[str, ...] = ()
    by: tuple[FactMatch, ...] = ()
    by_residence: tuple[str, ...] = ()
    """A fact of `by` sets it going only in one of these residence states; empty = any."""
    at_deadline: str = ""
    """Triggered on the earliest day of this WAIT deadline (three years, five years)."""
    latest_start: bool = False
    """Of `at_deadline` only the fact with the latest date counts: an extended approval replaces the earlier one."""
    needs: tuple[FactMatch, ...] = ()
    """All of these facts must be known on top of the trigger."""
    once: bool = False
    """Only the first of several triggers counts (known first, then applied for)."""
    while_regimes: tuple[str, ...] = ()
    """Only if one of these benefit regimes runs on the day of the trigger; empty = always."""
    agency_changes: bool = False
    """Only if another agency of the receiver's kind answers from the day of the trigger on: after a move."""
    child_ages: tuple[int, int] | None = None
    """Only with a member of the household, or a person of the path, whose age lies in this span (both included)."""
    from_opening: bool = False
    """Only if the case management had begun by the day of the trigger: what is older has settled itself."""
    carries_household: bool = False
    """Members of the household with the same reason and the same receiver go along; otherwise each goes alone."""
    after_case: bool = False
    """The trigger itself ends the case management; the handover is offered and answered all the same."""
    basis: Basis
    purpose: str = "P2"
    categories: tuple[Category, ...] = ()
    documents: tuple[str, ...] = ()
    """What the receiver asks for, in this order; `D1` is the first one."""
    minimum_data: tuple[str, ...] = ()
    """Codes of the `minimum_fields` that the receiver sees of the file, each only while its category is covered."""
    receiving_regimes: tuple[str, ...] = ()
    """Benefit regimes of the receiver: once one runs, the handover is no longer offered."""
    starts_regimes: tuple[str, ...] = ()
    """Benefit regimes of the receiver that the trigger itself starts by law: they run without anybody's answer, and
    make the handover needless only where case management began after the trigger."""
    done_by: tuple[FactMatch, ...] = ()
    """Facts after which the handover is no longer needed."""
    child_done_by: str = ""
    """Kind of the fact about a child; once every child of `child_ages` has one, the handover is no longer needed."""
    needed_by: str = ""
    """Code of the deadline that makes it critical."""
    secures_livelihood: bool = False
    """It is critical, too, when a gap in the livelihood comes near."""
    latest: Clock | None = None
    """The last day of its clock, as a date; `clock` says the same in words."""
    informs: tuple[Informed, ...] = ()
    frozen_by_asylum: tuple[str, ...] = ()
    """Points of the asylum procedure while which nothing is offered: its outcome may take the reason away."""
    blocked_by: Block | None = None
    """While it holds, an open handover stalls because of the rule, and goes to the body for the procedure at once."""
    clock: str = ""
    typical_stall: str = ""


class MinimumField(Rule):
    """A single datum of the file that a receiver may see: its source, and the category that must be covered."""

    english: str
    category: Category
    of: Literal["person", "standing", "fact", "children"]
    """The person; where they stand today; the latest matching fact; children of the ages that the handover names."""
    field: str = ""
    """Attribute of the person or of the standing; of a fact a field of its data, or `on` for its day."""
    facts: tuple[FactMatch, ...] = ()


class ConsentPurpose(Rule):
    """A purpose of consent P1 to P7."""

    needs_recipient: bool = False
    needs_categories: bool = False
    needs_text: bool = True
    """False: nothing is signed for it."""


class StatutoryBasis(Rule):
    """A transfer that a statute allows without consent."""

    recipients: tuple[str, ...]
    categories: tuple[Category, ...]
    needs: tuple[FactMatch, ...] = ()
    """All of these facts must be known: the statute allows the transfer only after them."""


class LadderStep(Shape):
    """One step of the ladder: working days after the offer, and who is told."""

    normal: int
    critical: int
    recipients: tuple[str, ...]
    """Kinds or roles; `receiver`, `receiver_head` stand for the receiving agency and its head of unit."""
    body: Literal["", "fall", "verfahren", "lenkung"] = ""
    purpose: str = ""
    """Consent purpose without which the step is not taken."""

    def deviating(self, own: EscalationStep | None) -> LadderStep:
        """The step with the days that a municipality has set for itself."""
        return self if own is None else self.model_copy(update=own.model_dump(exclude_none=True))


class Ladder(Rule):
    """The stall ladder E0 to E6 in working days of the product calendar."""

    receipt_normal: int
    receipt_critical: int
    critical_within: int
    steps: dict[Literal["E1", "E2", "E3"], LadderStep]
    pattern_count: int
    pattern_days: int
    single_path_days: int
    learn_from: int = 20
    """So many earlier answers at an interface say what is usual there; before that the days of the steps count."""
    learn_percent: int = 90
    """So many of a hundred earlier answers took no longer than what is called usual."""
    learn_floor: int = 5
    """Working days before which nobody is reminded, however fast the others are."""
    reasons: dict[StallReason, str]

    def deviating(self, own: Escalation) -> Ladder:
        """The ladder with the days and thresholds that a municipality has set for itself."""
        steps = {level: step.deviating(own.steps.get(level)) for level, step in self.steps.items()}
        return self.model_copy(update={**own.thresholds(), "steps": steps})


class Constant(Rule):
    """A dated value. Several candidates with their assumption where the law is disputed."""

    value: Any
    candidates: tuple[dict[str, Any], ...] = ()


# ---------------------------------------------------------------- words


class AgencyKind(Rule):
    """A kind of agency, partner or role that rules name: `jobcenter`. `code` is the kind, `title` its German name."""

    accusative: str = ""
    """With article, as in "durch das Jobcenter"; empty = the title."""
    local: bool = True
    """False: no agency of a municipality stands behind it (the client, the case management, a company)."""
    by_place: bool = False
    """In a Kreis every place has one of its own."""


class Label(Rule):
    """The German words of a value of an axis: `asylum.lodged` is "Asylantrag gestellt"."""
