"""Where a person stands on every axis on a day: the walk through the known facts, read at its end.

What each fact changes and what follows by law stands in `walk`. Benefits: `livelihood`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from process_models.catalogue import Catalogue
from process_models.course import Course
from process_models.facts import CLIENT, Fact
from process_models.language_axis import language_on
from process_models.plan import Standing
from process_models.rulebook import rulebook
from process_models.walk import EVENING, MORNING, Walk
from process_models.work_axis import work_on


def in_order(facts: Iterable[Fact], catalogue: Catalogue) -> list[Fact]:
    """Facts in the one order that every computation uses: effective day, order of the vocabulary, id."""
    order = rulebook(catalogue).order
    return sorted(facts, key=lambda fact: (fact.on, order.get(fact.kind, 0), fact.id))


def follow(facts: Iterable[Fact], day: date, catalogue: Catalogue) -> Course:
    """Walks through the facts that count up to the end of this day. `facts`: known ones, in any order."""
    walk = Walk(catalogue, day)
    for fact in in_order((fact for fact in facts if fact.on <= day and fact.who == CLIENT), catalogue):
        walk.advance((fact.on, MORNING))
        walk.take(fact)
    walk.advance((day, EVENING))
    return walk.course


def standing_of(course: Course, benefits: tuple[str, ...], catalogue: Catalogue) -> Standing:
    """The standing of the walk's day."""
    return Standing(
        asylum=course.asylum,
        residence=course.covered_by or course.residence,
        residence_since=course.residence_since,
        title_valid_until=course.title_until,
        fiction=course.fiction,
        benefits=benefits,
        language=language_on(course, catalogue).value,
        work=work_on(course, catalogue).value,
        place=course.place,
        kim=course.kim,
        lawful_since=course.lawful_since,
        asylum_final_on=course.finality_on,
        finality_assumed=course.finality_assumed,
        arrived_on=course.stay_since,
        accompanied_since=course.kim_opened_on,
    )
