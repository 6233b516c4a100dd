"""Being abroad: since when, until when nothing is lost, and what is left behind. Called by `walk`."""

from __future__ import annotations

from typing import Final

from process_models.course import Course
from process_models.facts import Fact
from process_models.rulebook import Rulebook, day_of

_EXTENDED: Final = "deadline.extended"


def follow_absence(course: Course, fact: Fact, book: Rulebook) -> None:
    """What one fact changes: somebody leaves, comes back, or may stay abroad longer."""
    if fact.kind == "abroad.left":
        rule = book.derived_transition("absence", fact.on, course)
        course.abroad_since = fact.on
        course.abroad_until = book.last_day(rule.after, fact.on) if rule and rule.after else None
    elif fact.kind in ("abroad.returned", "person.entered"):
        course.abroad_since = course.abroad_until = None
    elif fact.kind == _EXTENDED and course.abroad_until is not None:
        rule = book.derived_transition("absence", fact.on, course)
        if rule is not None and fact.data.get("deadline") == rule.deadline:
            course.abroad_until = day_of(fact.data.get("until")) or course.abroad_until


def leave_for_good(course: Course) -> None:
    """Nothing of the stay is left: a later entry begins a new one."""
    course.stay_since = course.suspended_since = course.registered_on = None
    course.lapsed = None
