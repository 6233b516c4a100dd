"""Shapes of deadlines: what a YAML entry of the section `deadlines` may say.

Only shapes live here. Computing dates: `deadlines`. What runs for a path: `running_deadlines`.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from process_models.rule_base import DeadlineKind, FactMatch, IsoDuration, Rule, Shape

LAND_FIELD: Final = "land"
"""Field of a fact that names the Land in which the act is due, where it is another one than the rule says."""


class Anchor(Shape):
    """What starts a deadline: a fact (one instance a fact), or a derived event of the standing.

    `first_title` is the first issue of a title among the rule's `when_residence`. `birthday` gives the day of birth,
    the rule's `age` does the rest. A fact without the named `field` starts nothing.
    """

    fact: FactMatch | None = None
    event: Literal[
        "",
        "asylum_final",
        "recognised",
        "first_title",
        "title_expiry",
        "asylblg_end",
        "benefit_end",
        "lawful_since",
        "stay_since",
        "birthday",
    ] = ""
    field: str = ""
    """Take the date from this field of the fact's data instead of its effective date."""


class Also(Shape):
    """A second waiting time that must be over too, counted from its own start with the first day."""

    anchor: Anchor
    length: IsoDuration


class MoveBasis(Shape):
    """What allows the end of a period to be moved."""

    statute: str
    once: bool = False
    """Only the first move of this kind counts."""


class Reading(Shape):
    """One way to read a rule that is not released: what it assumes, and what it computes otherwise than the rule."""

    assumption: str
    kind: DeadlineKind | None = None
    length: IsoDuration | None = None
    anchor: Anchor | None = None


class DeadlineRule(Rule):
    """A deadline or period F01 to F59."""

    kind: DeadlineKind
    length: IsoDuration | None = None
    """None: the anchor's date itself is the date (an expiry printed on a paper), or `until` gives it."""
    length_constant: str = ""
    """Key of the constant that gives the length, edition by edition: a duration, or a number of months."""
    counted_in: Literal["", "werktage", "arbeitstage"] = ""
    """Days of `length` that count: all; all but Sundays and holidays; all but Saturdays, Sundays and holidays."""
    until: date | None = None
    round_to: Literal["", "month_end"] = ""
    age: int | None = None
    """With anchor `birthday`: the birthday on which the period ends."""
    wait_from: Literal["event", "possession"] = "event"
    anchor: Anchor
    safe_anchor: Anchor | None = None
    """Where the start is disputed: the earlier, safe start."""
    roll_disputed: bool = False
    """Whether a weekend or holiday moves the end is disputed: the day that did not move is the safe one."""
    also: Also | None = None
    direction: Literal["after", "before"] = "after"
    """`before`: the length is counted back from the anchor (an application not earlier than seven months before)."""
    if_known_late: IsoDuration | None = None
    """With `before`: the day had passed when the anchor became known; then this long after that day."""
    when_residence: tuple[str, ...] = ()
    """Only while the person is in one of these states; empty = always."""
    when_place: tuple[str, ...] = ()
    """Only under one of these place obligations; empty = always."""
    nationalities: tuple[str, ...] = ()
    """Only for persons of these nationalities; empty = all."""
    needs: tuple[FactMatch, ...] = ()
    """All of these facts must be known, else it does not run."""
    unless: tuple[FactMatch, ...] = ()
    """None of these facts may be known: a shorter or longer period holds then."""
    latest: tuple[FactMatch, ...] = ()
    """The latest fact of each of these kinds must say so."""
    law_on: Literal["event", "today"] = "event"
    """Which day's law decides: the event's, or the day looked at (a reform that catches running cases)."""
    after_date: Literal["overdue", "gone"] = "overdue"
    """When its date has passed unmet: still runs as overdue, or gone because the law's effect has set in by itself."""
    calendar: str = "NW"
    """Land of the place where the act is due. The Land of the agency (`towards`) and of the fact go before it."""
    towards: str = ""
    """Kind of agency towards which the act is due, or `data.from` = the one that the fact names; its holidays count."""
    met_by: tuple[FactMatch, ...] = ()
    """Facts that meet it, on or after the earlier of anchor and safe anchor; where the anchor's date lies ahead (end of
    a title or approval) on or after the fact that gave this date, that fact itself excluded."""
    met_by_member: tuple[FactMatch, ...] = ()
    """Facts about the member of the household whom the anchor's fact names (`id`) that meet it, from the anchor on."""
    met_by_transition: tuple[str, ...] = ()
    void_by: tuple[FactMatch, ...] = ()
    void_by_regime: tuple[str, ...] = ()
    """It has no object once one of these benefit regimes ran before its date."""
    extendable: MoveBasis | None = None
    """An agency set the period and may extend it; None: a statutory period, which nobody extends."""
    suspendable: MoveBasis | None = None
    """The period can stand still; None: it cannot."""
    reinstates_within: IsoDuration | None = None
    """It makes up for the missed deadline of the same code, at the latest this long after that one's end."""
    special: bool = False
    """Holds in special circumstances only, beside the usual variant of the same code."""
    readings: tuple[Reading, ...] = ()
    """What a rule that is not released could mean; empty: one reading, the rule itself."""
    consequence: str = ""
    who_acts: str = "client"
    reads: tuple[str, ...] = ("case_manager",)
    """Kinds or roles that are reminded."""
    unread: str = ""
    """Why nobody is reminded, where `reads` is empty on purpose (German)."""
    lead_days: tuple[int, ...] = ()
    """Days before the date on which a reminder is due; -1 stands for the last open day of the agency.

    Empty = default of the kind.
    """
