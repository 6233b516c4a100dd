"""Shapes of deadlines: what a YAML entry of the section `deadlines` may say.

Only shapes live here. Computing dates: `deadlines`. What runs for a path: `running_deadlines`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from process_models.rule_base import DeadlineKind, FactMatch, IsoDuration, Rule, Shape


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


class DeadlineRule(Rule):
    """A deadline or period F01 to F59."""

    kind: DeadlineKind
    length: IsoDuration | None = None
    """None: the anchor's date itself is the date (an expiry printed on a paper), or `until` gives it."""
    until: date | None = None
    round_to: Literal["", "month_end"] = ""
    age: int | None = None
    """With anchor `birthday`: the birthday on which the period ends."""
    wait_from: Literal["event", "possession"] = "event"
    anchor: Anchor
    safe_anchor: Anchor | None = None
    """Where the start is disputed: the earlier, safe start."""
    direction: Literal["after", "before"] = "after"
    """`before`: the length is counted back from the anchor (an application not earlier than seven months before)."""
    when_residence: tuple[str, ...] = ()
    """Only while the person is in one of these states; empty = always."""
    needs: tuple[FactMatch, ...] = ()
    """All of these facts must be known, else it does not run."""
    law_on: Literal["event", "today"] = "event"
    """Which day's law decides: the event's, or the day looked at (a reform that catches running cases)."""
    after_date: Literal["overdue", "gone"] = "overdue"
    """When its date has passed unmet: still runs as overdue, or gone because the law's effect has set in by itself."""
    calendar: str = "NW"
    met_by: tuple[FactMatch, ...] = ()
    """Facts that meet it, on or after the earlier of anchor and safe anchor; where the anchor's date lies ahead (end of
    a title or approval) on or after the fact that gave this date, that fact itself excluded."""
    met_by_member: tuple[FactMatch, ...] = ()
    """Facts about the member of the household whom the anchor's fact names (`id`) that meet it, from the anchor on."""
    met_by_transition: tuple[str, ...] = ()
    void_by: tuple[FactMatch, ...] = ()
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
