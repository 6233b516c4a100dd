"""Shapes of the rules about families: who acts for a young person, and what a birthday, a birth or a separation asks.

Only shapes live here. Applying them: `capacity` and `family_tasks`.
"""

from __future__ import annotations

from typing import Literal

from process_models.rule_base import FactMatch, Rule, Slug

CapacitySubject = Literal["consent", "applications", "residence", "naturalisation"]
Actor = Literal["person", "guardian"]


class CapacityRule(Rule):
    """From an age on: who acts for a person in a matter. Of each matter the rule of the highest age reached holds."""

    subject: CapacitySubject
    age: int
    acts: tuple[Actor, ...]
    """All of them are asked."""
    purposes: tuple[str, ...] = ()
    """For consent: the purposes that it holds for."""


class FamilyTask(Rule):
    """A task for the case management that family life sets: a birthday, a birth, an arrival, a separation.

    It is set from that day on while case management goes on, once for each person whose matter it is.
    """

    task: Slug
    """Kind of the task."""
    of: Literal["member", "client", "everyone"] = "member"
    """Whose matter it is: that of the member, of the person of the path, or of both."""
    at_age: int | None = None
    """The birthday that sets it."""
    by: tuple[FactMatch, ...] = ()
    """Facts about the household that set it; they name the member."""
    lacks: str = ""
    """Purpose of consent: set while no consent to it covers the member, and anew when somebody else is asked. For the
    person of the path only while somebody consented, but not everybody who is asked at that age.
    """
    ages: tuple[int, int] | None = None
    """Only if the member is between these ages on the day, both included."""
    relations: tuple[str, ...] = ()
    """Only for members of these relations; empty = all."""
    when_residence: tuple[str, ...] = ()
    """Only while the person whose matter it is stands in one of these states; empty = always."""
    when_client_residence: tuple[str, ...] = ()
    """Only while the person of the path stands in one of these states; empty = always."""
    done_by: tuple[FactMatch, ...] = ()
    """Facts about the person whose matter it is after which it is done; a path of their own ends it too."""
