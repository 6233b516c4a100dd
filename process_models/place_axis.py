"""The place axis: obligations to live somewhere, where they come from and when they end. Called by `walk`."""

from __future__ import annotations

from datetime import date

from process_models.course import Course, PlacePeriod
from process_models.facts import Fact
from process_models.rulebook import Rulebook, day_of


def oblige(course: Course, on: date, fact: Fact | None, transition: str, book: Rulebook) -> None:
    """Puts or lifts an obligation on a day, because of a transition or, without one, of a fact."""
    rule = book.place_rule(fact, transition, on, course)
    if rule is None:
        return
    if rule.to == course.place and (not course.places or course.places[-1].until is not None):
        return
    if fact is not None and fact.kind == "place.restriction_lifted" and fact.data.get("kind") != course.place:
        return
    until = day_of(fact.data.get("until")) if fact and fact.kind == "place.restricted" else None
    if until is None and rule.length is not None:
        until = book.last_day(rule.length, on)
    course.places.append(PlacePeriod(rule.to, on, until))
    course.note(rule.code, on, fact)


def lift(course: Course, on: date) -> None:
    """The obligation has ended by itself."""
    course.places.append(PlacePeriod("none", on))
