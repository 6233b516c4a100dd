"""What hangs on a change of residence: the lawful stay that counts, and the period under the AsylbLG.

Called by the walk in `standing`; nothing else changes a course.
"""

from __future__ import annotations

from datetime import date

from process_models.course import Course, Span
from process_models.rules import ResidenceState


def count_lawful_stay(
    course: Course, change: tuple[ResidenceState, ResidenceState], on: date, by_procedure: bool
) -> None:
    """Starts, keeps or ends the stay that counts; time before a recognition counts only if it was recognised."""
    old, new = change
    if new.lawful == "yes":
        recognised = course.conditional and by_procedure
        if recognised:
            course.recognised_on = on
        if not recognised and old.lawful != "yes":
            course.lawful_since = on
        course.conditional = False
    elif new.lawful == "if_recognised":
        if not course.conditional:
            course.lawful_since = on
        course.conditional = True
    else:
        course.lawful_since, course.conditional = None, False
    if new.lawful == "disputed":
        course.disputed_since = course.disputed_since or on
    elif new.lawful != "yes":
        course.disputed_since = None


def follow_benefits_act(
    course: Course, change: tuple[ResidenceState, ResidenceState], on: date, by_procedure: bool
) -> None:
    """Opens or ends the period under the AsylbLG; a recognition ends it only when it has become final."""
    old, new = change
    spans = course.spans
    if new.asylblg and not (spans and spans[-1].ends is None):
        spans.append(Span(on))
    elif new.asylblg and spans:
        spans[-1].served = None
    elif old.asylblg and spans and spans[-1].ends is None:
        if by_procedure and new.lawful == "yes":
            spans[-1].served = on
        else:
            spans[-1].ends = on
