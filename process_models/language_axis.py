"""The language axis: rights and duties to take part in a course, how long they last, and what is left without them.

The walk records what happens (`note`); the value of a day is read here. The table itself stands in `law/language.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.course import DAY, AxisValue, Course, CourseRight
from process_models.facts import Fact
from process_models.rulebook import Rulebook, day_of, matches, rulebook
from process_models.rules import LanguageRule

_ORDER: Final = ("none", "may_be_admitted", "entitled", "obliged", "in_course", "passed")
_EXTENDED: Final = "deadline.extended"


def note(course: Course, fact: Fact, book: Rulebook) -> None:
    """What one fact changes: a right, a registration that keeps it, the beginning of a course, an examination."""
    for rule in book.languages.get(fact.kind, ()):
        if rule.holds_on(fact.on) and rule.by is not None and matches(rule.by, fact):
            _begin(course, rule, fact.on, day_of(fact.data.get("until")), book)
            break
    if fact.kind in book.keeping_courses:
        course.course_rights = [_kept(right, fact, book) for right in course.course_rights]
    elif fact.kind == _EXTENDED:
        course.course_rights = [_extended(right, fact, book) for right in course.course_rights]


def claim(course: Course, on: date, book: Rulebook) -> None:
    """The claim that comes with a title: with the first one that gives it, once."""
    for rule in book.course_claims:
        given = any(right.rule == rule.code for right in course.course_rights)
        if course.residence in rule.when_residence and rule.holds_on(on) and not given:
            _begin(course, rule, on, None, book)


def language_on(course: Course, catalogue: Catalogue) -> AxisValue:
    """The value of the course's day."""
    day = course.day
    if course.course_passed or course.course_began:
        return AxisValue("passed" if course.course_passed else "in_course")
    rights = [right for right in course.course_rights if right.until is None or day <= right.until]
    values = [right.to for right in rights] + [rule.to for rule in _open(course, catalogue)]
    ends = [right.until + DAY for right in rights if right.until is not None]
    return AxisValue(max(values, key=_ORDER.index, default="none"), min(ends, default=None))


def admission_unsettled(course: Course, catalogue: Catalogue) -> bool:
    """True if nothing but an admission would help, and no released rule says whether there are admissions today."""
    book = rulebook(catalogue)
    waits = any(
        rule.needs is not None and catalogue.find_constant(rule.needs.constant, course.day) is None
        for rule in _for_state(book.course_openings, course)
    )
    return waits and language_on(course, catalogue).value == "none"


def _begin(course: Course, rule: LanguageRule, on: date, until: date | None, book: Rulebook) -> None:
    if rule.to == "passed":
        course.course_passed = True
    elif rule.to == "in_course":
        course.course_began = True
    else:
        last = until or (book.last_day(rule.validity, on) if rule.validity else None)
        course.course_rights.append(CourseRight(rule.to, rule.code, on, last))


def _kept(right: CourseRight, fact: Fact, book: Rulebook) -> CourseRight:
    """A registration in time keeps the right, for as long as the start of the course may then wait."""
    rule = book.language_rule(right.rule)
    if right.until is None or fact.on > right.until or not any(matches(match, fact) for match in rule.kept_by):
        return right
    return replace(right, until=book.last_day(rule.kept_for, fact.on) if rule.kept_for else None)


def _extended(right: CourseRight, fact: Fact, book: Rulebook) -> CourseRight:
    until = day_of(fact.data.get("until"))
    if until is None or fact.data.get("deadline") not in book.language_rule(right.rule).deadlines:
        return right
    return replace(right, until=until)


def _open(course: Course, catalogue: Catalogue) -> Iterable[LanguageRule]:
    """What the residence state opens beside every right: admission, where the law of the day has any."""
    for rule in _for_state(rulebook(catalogue).course_openings, course):
        found = catalogue.find_constant(rule.needs.constant, course.day) if rule.needs else None
        if rule.needs is None or (found is not None and found.value == rule.needs.value):
            yield rule


def _for_state(rules: Iterable[LanguageRule], course: Course) -> Iterable[LanguageRule]:
    return (rule for rule in rules if course.residence in rule.when_residence and rule.holds_on(course.day))
