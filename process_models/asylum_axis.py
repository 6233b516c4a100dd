"""The asylum procedure: its points, the decision that counts, and the last day on which it can be fought.

Called by `walk`; what a final decision does to the residence stands there.
"""

from __future__ import annotations

from datetime import date

from process_models.course import Course
from process_models.deadline_starts import land_of
from process_models.deadlines import Beginning, compute_from
from process_models.facts import Fact
from process_models.rulebook import Rulebook, matches


def follow_procedure(course: Course, fact: Fact, book: Rulebook) -> None:
    """What one fact changes in the procedure: its point, the decision that counts, the day on which that is final."""
    if fact.kind in ("asylum.sought", "asylum.decided"):
        course.final_on, course.finality_recorded = None, False
    if fact.kind == "asylum.final":
        _confirm_finality(course, fact)
        return
    step = book.first(book.asylum_steps, fact)
    if step and course.asylum not in step.unless:
        course.asylum = step.to
    if fact.kind in ("asylum.decided", "asylum.judgment"):
        course.decision = fact
    if fact.kind == "asylum.lodged":
        course.lodged_on = fact.on
    if fact.kind == "asylum.decided":
        course.pending_final = _last_day_for_suit(fact, book)
    elif fact.kind in ("asylum.suit_filed", "asylum.withdrawn"):
        course.pending_final = None
    elif fact.kind == "asylum.judgment" and fact.data.get("final"):
        course.pending_final, course.finality_recorded = fact.on, True


def _confirm_finality(course: Course, fact: Fact) -> None:
    course.finality_recorded = True
    if course.pending_final is None and course.final_on is None:
        course.pending_final = fact.on


def _last_day_for_suit(fact: Fact, book: Rulebook) -> date | None:
    key = ("suit", fact.on, *sorted(fact.data.items()))
    if key not in book.computed:
        book.computed[key] = _compute_last_day_for_suit(fact, book)
    last: date | None = book.computed[key]
    return last


def _compute_last_day_for_suit(fact: Fact, book: Rulebook) -> date | None:
    days = [
        computed.hard
        for rule in book.suits
        if rule.holds_on(fact.on) and rule.anchor.fact and matches(rule.anchor.fact, fact)
        if (computed := compute_from(rule, Beginning(fact.on, land=land_of(fact, rule, {})))).hard is not None
    ]
    return min(days, default=None)
