"""Shapes of the rules of the axes: residence and its changes, guards, asylum, benefits, language, work, place.

Only shapes live here. Applying them: `walk`, `standing`, `livelihood` and the modules that carry the name of an axis.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from process_models.rule_base import FactMatch, IsoDuration, Rule, Shape

# ---------------------------------------------------------------- residence


class ResidenceState(Rule):
    """A residence state R00 to R37."""

    paper: str = ""
    is_title: bool = False
    """An Aufenthaltstitel with a validity that can end and be prolonged."""
    unlimited: bool = False
    """A right without an end; the day on its card ends nothing."""
    lawful: Literal["yes", "no", "if_recognised", "disputed"] = "no"
    naturalisable: bool = False
    asylblg: bool = False
    """Benefits under AsylbLG as long as this state lasts."""
    asylblg_for: IsoDuration | None = None
    """They end earlier: with the month in which this much time since the suspension of the removal is over."""
    benefits: tuple[str, ...] = ()
    """Benefit regimes that can pay in this state, if in need."""
    target_status: Literal["GD", "GE", "OTHER"] = "OTHER"
    work: Literal["forbidden", "consent_needed", "permitted", "free"] = "forbidden"
    """Where no rule about work says more."""
    phase: Literal["arrival", "procedure", "stay", "settled", "naturalisation"] = "stay"
    final: bool = False
    """End state: kim is closed."""
    away: bool = False
    """Not in Germany: nobody pays, no gap is looked for; only a new entry leads on."""
    covers: bool = False
    """Lies over the state that holds, which goes on underneath: nobody knows where the person is."""


class Transition(Rule):
    """A change of residence state: T01 to T29."""

    kind: Literal["L", "D", "C", "E"]
    sources: tuple[str, ...]
    """Residence codes it may start from; `*` = any."""
    to: str
    """Residence code; `data.state` = the state named by the fact; `lapsed` = the title that expired last, if the fact
    names no other one; `same` = the state that holds: only what hangs on the fact follows."""
    by: tuple[FactMatch, ...] = ()
    derived: Literal["", "finality", "expiry", "absence"] = ""
    decider: str = ""
    keeps: bool = False
    """Only if the state named by the fact is the one that holds already: a prolongation."""
    recognises: bool = False
    """The person is recognised: the stay during the procedure counts from then on."""
    after_late_application: bool = False
    """Only if the lapsed title was applied for after it had expired."""
    when_abroad: bool = False
    """Only while the person is abroad."""
    after: IsoDuration | None = None
    """For `absence`: how long somebody may be abroad."""
    deadline: str = ""
    """For `absence`: the deadline that says the same; an extension of it extends the absence."""


class Guard(Rule):
    """What has no effect in these states, though it was recorded. `title` is the sentence that people read."""

    sources: tuple[str, ...]
    """Residence codes in which it has no effect; `*` = any."""
    by: tuple[FactMatch, ...]
    decided: tuple[FactMatch, ...] = ()
    """Only if the latest decision of the asylum procedure was one of these; empty = always."""
    when_asylum: tuple[str, ...] = ()
    """Only at one of these points of the asylum procedure; empty = always."""


# ---------------------------------------------------------------- other axes


class AsylumStep(Rule):
    """A change of the asylum procedure axis."""

    by: FactMatch
    unless: tuple[str, ...] = ()
    """Points of the procedure that it does not change."""
    to: Literal[
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
    ]


class BenefitRegime(Rule):
    """A benefit regime B01 to B13."""

    agency: str
    """Kind of agency that pays, or `client` for B13."""
    livelihood: bool = True
    """Covers the livelihood: counts for the gap detector."""
    derived: bool = False
    """Derived from other facts; the others need `benefits.granted`."""
    asylblg: bool = False
    """A regime of the AsylbLG, derived or granted."""
    displaces: tuple[str, ...] = ()
    """Derived regimes that do not pay while this one does."""
    starts: str = ""
    """What starts it, as people read it."""
    ends: str = ""


class AsylblgRule(Rule):
    """A fact that puts somebody under the AsylbLG, or out of it, without a change of residence."""

    by: tuple[FactMatch, ...]
    effect: Literal["begins", "ends"]
    """`ends`: with the month of the fact."""
    when_residence: tuple[str, ...] = ()
    """Only in one of these states; empty = any."""
    when_applied: tuple[str, ...] = ()
    """Only if the title applied for last is one of these; empty = any."""
    stay_from: date | None = None
    """Only if the stay in Germany began on this day or later."""
    bridges_until: date | None = None
    """`begins` or goes on, at the latest until this day, and only until another regime pays."""


class IncomeRule(Rule):
    """A fact from which income secures the livelihood, or no longer does."""

    by: tuple[FactMatch, ...]
    effect: Literal["begins", "ends"]
    """`ends`: the day of the fact is the last one."""


class ConstantIs(Shape):
    """A dated constant has this value on the day; while no released value holds it is not known, and counts as no."""

    constant: str
    value: str


class LanguageRule(Rule):
    """A change of the language axis: by a fact, or by a residence state that gives a claim or opens the admission."""

    by: FactMatch | None = None
    when_residence: tuple[str, ...] = ()
    """Without `by`: the states that have this effect."""
    to: Literal["none", "may_be_admitted", "entitled", "obliged", "in_course", "passed"]
    validity: IsoDuration | None = None
    """How long it lasts if nobody registers for a course; a claim from a state begins with its first title, once."""
    kept_by: tuple[FactMatch, ...] = ()
    """Registrations that keep it."""
    kept_for: IsoDuration | None = None
    """How long the start of the course may then wait; None: without end."""
    deadlines: tuple[str, ...] = ()
    """Deadlines that say the same; an extension of one of them extends it."""
    needs: ConstantIs | None = None


class WorkRule(Rule):
    """Whether work is allowed in a state; of several rules the first one that speaks about the person decides."""

    when_residence: tuple[str, ...]
    when_place: tuple[str, ...] = ()
    when_applied: tuple[str, ...] = ()
    """Only if one of these states was applied for last and a certificate of the application was issued."""
    to: Literal["forbidden", "consent_needed", "permitted", "free"]
    wait: IsoDuration | None = None
    wait_months: str = ""
    """Key of the constant with the months of waiting, in place of `wait`."""
    wait_since: Literal["registered", "stay", "suspended"] = "stay"
    before: Literal["forbidden", "consent_needed"] = "forbidden"
    """What holds until the waiting time is over."""
    permission: bool = True
    """A recorded permission counts."""


class PlaceRule(Rule):
    """A place obligation that follows from a transition or a fact, and how long it lasts."""

    by: tuple[FactMatch, ...] = ()
    transitions: tuple[str, ...] = ()
    when_residence: tuple[str, ...] = ()
    """Only in one of these states, after the transition; empty = any."""
    when_place: tuple[str, ...] = ()
    """Only if one of these obligations holds; empty = any."""
    to: Literal["facility", "gestattung_district", "zuweisung", "p12a_land", "p12a_municipality", "p61_1d", "none"]
    length: IsoDuration | None = None


class FictionRule(Rule):
    """Legal effect of an application, or of a recognition, without any paper."""

    by: FactMatch | None = None
    """The application that has the effect."""
    transition: str = ""
    """Or the transition that has it."""
    to: Literal["p81_3", "p81_4", "p25_1"]
    needs_running_title: bool = False
    """p81_4: the application is made while the old title is valid; the effect starts the day after it expires."""
    when_residence: tuple[str, ...] = ()
    """Only if the person stands in one of these states when applying; empty = any."""
