"""The work axis: whether work is forbidden, needs a permission, is allowed or free; by residence, place and waiting.

The table stands in `law/work.yaml`; where it says nothing the residence state decides.
"""

from __future__ import annotations

from datetime import date

from process_models.catalogue import Catalogue
from process_models.course import AxisValue, Course
from process_models.dated import over_on
from process_models.deadlines import parse_length
from process_models.rulebook import rulebook
from process_models.rules import WorkRule


def work_on(course: Course, catalogue: Catalogue) -> AxisValue:
    """The value of the course's day."""
    book, day = rulebook(catalogue), course.day
    rule = next((rule for rule in book.work_rules.get(course.residence, ()) if _concerns(rule, course)), None)
    if rule is None:
        value = book.state(course.residence, day).work
        return AxisValue("permitted" if value == "consent_needed" and course.work_permitted else value)
    over = _over_on(rule, course, catalogue)
    waits = over is not None and day < over
    value = rule.before if waits or (over is None and _has_wait(rule)) else rule.to
    if course.work_permitted and rule.permission and value in ("forbidden", "consent_needed"):
        value = "permitted"
    return AxisValue(value, over if waits else None)


def _concerns(rule: WorkRule, course: Course) -> bool:
    if not rule.holds_on(course.day) or (rule.when_place and course.place not in rule.when_place):
        return False
    return not rule.when_applied or (course.applied_for in rule.when_applied and course.certificate_on is not None)


def _has_wait(rule: WorkRule) -> bool:
    return rule.wait is not None or bool(rule.wait_months)


def _over_on(rule: WorkRule, course: Course, catalogue: Catalogue) -> date | None:
    since = {
        "registered": course.registered_on,
        "stay": course.stay_since,
        "suspended": course.suspended_since,
    }[rule.wait_since]
    if since is None:
        return None
    if rule.wait_months:
        return over_on(rule.wait_months, since, catalogue)
    return since + parse_length(rule.wait) if rule.wait else None
