"""What hangs on a change of residence: the lawful stay that counts, and the period under the AsylbLG.

Called by `walk`; nothing else changes a course.
"""

from __future__ import annotations

from datetime import date

from process_models.course import Course, Span
from process_models.deadlines import parse_length
from process_models.rules import AsylblgRule, ResidenceState

Change = tuple[ResidenceState, ResidenceState]


def count_lawful_stay(course: Course, change: Change, on: date) -> None:
    """Starts, keeps or ends the stay that counts; time of the procedure counts only once it led to a recognition."""
    old, new = change
    if new.lawful == "if_recognised":
        if not course.conditional:
            course.lawful_since = course.procedure_since = on
    elif new.lawful == "no":
        course.procedure_since = None
    if new.lawful == "yes" and old.lawful != "yes":
        course.lawful_since = on
    elif new.lawful in ("no", "disputed"):
        course.lawful_since = None
    course.conditional = new.lawful == "if_recognised"
    if new.lawful == "disputed":
        course.disputed_since = course.disputed_since or on
    elif new.lawful != "yes":
        course.disputed_since = None


def recognise(course: Course, procedure_since: date | None, on: date, *, anew: bool) -> None:
    """The stay during the procedure counts from now on, also if a title came in between.

    `anew`: the residence follows from this recognition; otherwise it only raises an earlier one.
    """
    if anew or course.recognised_on is None:
        course.recognised_on = on
    starts = [day for day in (procedure_since, course.lawful_since) if day is not None]
    course.lawful_since = min(starts, default=on)


def follow_benefits_act(course: Course, change: Change, on: date, recognises: bool) -> None:
    """Opens or ends the period under the AsylbLG; a recognition ends it only when it has become final."""
    old, new = change
    open_span = _open_span(course, on)
    if new.asylblg:
        if open_span is None and new.code == old.code:
            return
        span = open_span or _begin(course, on)
        span.served = None
        if new.code != old.code:
            span.limit = _limit(course, new, on)
    elif open_span is not None and (old.asylblg or new.is_title):
        if recognises:
            open_span.served = on
        else:
            open_span.ends, open_span.limit = on, None


def concerns(rule: AsylblgRule, course: Course) -> bool:
    """True if the rule speaks about somebody who has come this way."""
    if rule.when_residence and course.residence not in rule.when_residence:
        return False
    if rule.when_applied and course.applied_for not in rule.when_applied:
        return False
    return rule.stay_from is None or (course.stay_since is not None and rule.stay_from <= course.stay_since)


def apply_asylblg_rule(course: Course, rule: AsylblgRule, on: date) -> None:
    """Puts somebody under the AsylbLG, or out of it, because of a fact that leaves the residence as it is."""
    open_span = _open_span(course, on)
    if rule.effect == "ends":
        if open_span is not None:
            open_span.ends = on
        return
    span = open_span or (course.spans[-1] if course.spans and course.spans[-1].ends == on else _begin(course, on))
    span.ends, span.bridges_until = None, rule.bridges_until


def _begin(course: Course, on: date) -> Span:
    course.spans.append(Span(on))
    return course.spans[-1]


def _open_span(course: Course, on: date) -> Span | None:
    """The period that still runs on this day; one whose time was over has ended by then."""
    span = course.spans[-1] if course.spans and course.spans[-1].ends is None else None
    if span is not None and span.limit is not None and span.limit < on:
        span.ends = span.limit
        return None
    return span


def _limit(course: Course, state: ResidenceState, on: date) -> date | None:
    if state.asylblg_for is None:
        return None
    return max(on, (course.suspended_since or on) + parse_length(state.asylblg_for))
