"""The course of a path up to a day: the standing so far, and the dated events that other rules start from.

Values only; the walk that fills them stands in `standing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.facts import Fact

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fired:
    """A transition that happened, or a rule of place or income that acted."""

    code: str
    on: date
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Ineffective:
    """A fact that changed nothing: no transition takes it from the residence state of its day, or a guard stops it."""

    fact_id: str
    kind: str
    on: date
    residence: str
    wanted: str = ""
    """The residence state that the fact names."""
    guard: str = ""
    """Code of the guard that stopped it; empty if simply no transition took it."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A title that expired without an application, with the lawful stay that a late application can save."""

    title: str
    on: date
    lawful_since: date | None
    disputed_since: date | None
    applied_on: date | None = None
    """Day of the late application."""


@dataclass(slots=True)
class Span:
    """A period under the AsylbLG; `ends` is the day on which its condition falls away (not the month end)."""

    starts: date
    ends: date | None = None
    served: date | None = None
    """Day of service of the decision that ends it: the earlier, safe reading of the end."""
    limit: date | None = None
    """Day on which its condition falls away by the passing of time alone, known from the start."""
    bridges_until: date | None = None
    """It goes on until another regime pays, at the latest until this day."""


@dataclass(frozen=True, slots=True)
class PlacePeriod:
    """A place obligation and its last day, if it has one."""

    value: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CourseRight:
    """A right, or duty, to take part in a language course, and its last day if nothing happens."""

    to: str
    rule: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AxisValue:
    """The value of an axis on a day, and the next day on which it changes by the passing of time alone."""

    value: str
    changes_on: date | None = None


@dataclass(slots=True)
class Course:
    """The walk through the facts up to a day: the standing, and the dated events that other rules start from."""

    day: date
    residence: str = "R00"
    residence_since: date | None = None
    asylum: str = "none"
    fiction: str = "none"
    course_rights: list[CourseRight] = field(default_factory=list)
    course_began: bool = False
    """A language course has begun."""
    course_passed: bool = False
    work_permitted: bool = False
    """A permission to work was given for the paper that holds."""
    registered_on: date | None = None
    certificate_on: date | None = None
    """Day of the latest certificate of the effect of an application."""
    kim: str = "prospect"
    kim_opened_on: date | None = None
    kim_closed_on: date | None = None
    referred_on: date | None = None
    unreachable: bool = False
    died: bool = False
    away: bool = False
    """In an end state, or abroad for good."""
    covered_by: str = ""
    """The state that lies over the one that holds: the address is unknown."""
    abroad_since: date | None = None
    abroad_until: date | None = None
    """The last day on which somebody abroad still has what they left with."""
    places: list[PlacePeriod] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    suspended_since: date | None = None
    """Day of the first Duldung."""
    applied_for: str = ""
    """The state that was applied for last."""
    title_issued_on: date | None = None
    title_fact: str = ""
    """Id of the fact that issued the title."""
    title_until: date | None = None
    title_expired: bool = False
    applied_on: date | None = None
    lapsed: Lapsed | None = None
    """The title that expired last, until another one is issued."""
    without_effect: list[Ineffective] = field(default_factory=list)
    titles: list[tuple[str, date]] = field(default_factory=list)
    """Every issue of a title: its residence code and the day."""
    history: list[tuple[str, date]] = field(default_factory=list)
    """Every residence state that was entered, and the day."""
    recognised_on: date | None = None
    lodged_on: date | None = None
    stay_since: date | None = None
    lawful_since: date | None = None
    procedure_since: date | None = None
    """Start of the stay during the asylum procedure, which counts only with a recognition."""
    conditional: bool = False
    disputed_since: date | None = None
    decision: Fact | None = None
    """The latest decision or judgment of the procedure: what becomes final."""
    pending_final: date | None = None
    final_on: date | None = None
    finality_recorded: bool = False
    """Somebody recorded that the decision is final; otherwise it follows from the last day for a suit."""

    @property
    def gone(self) -> bool:
        """Died, left for good, or nobody knows where: no gap is looked for, nothing is forecast."""
        return self.died or self.away or bool(self.covered_by)

    @property
    def place(self) -> str:
        """The place obligation of the day."""
        return self.places[-1].value if self.places else "none"

    @property
    def ineffective(self) -> frozenset[str]:
        """Ids of the facts without effect: they meet, void and start nothing."""
        return frozenset(one.fact_id for one in self.without_effect)

    @property
    def finality_on(self) -> date | None:
        """Day on which the decision became final, or becomes final if no suit comes."""
        return self.final_on or self.pending_final

    @property
    def finality_assumed(self) -> bool:
        """The last day for a suit has not passed yet, and nobody recorded that none comes."""
        return self.finality_on is not None and not self.finality_recorded and self.day <= self.finality_on

    def note(self, code: str, on: date, fact: Fact | None) -> None:
        """Records that a rule has acted."""
        self.fired.append(Fired(code, on, fact))

    def held_since(self, states: tuple[str, ...], bridged: relativedelta | None = None) -> date | None:
        """Since when the person has been in one of these states; None if not now.

        An interruption ends it, unless it was no longer than `bridged`.
        """
        since: date | None = None
        following = date.max
        for code, on in reversed(self.history):
            if code in states:
                if since is not None and following < since and not _is_bridged(following, since, bridged):
                    break
                since = on
            elif since is None:
                break
            following = on
        return since


def _is_bridged(left: date, resumed: date, bridged: relativedelta | None) -> bool:
    return bridged is not None and resumed <= left + bridged
