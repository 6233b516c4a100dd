"""Who acts for a young person: the person, the guardian, or both, by matter and age.

The ages stand in `law/family.yaml`. What follows from them for a consent is asked in `consent`, for tasks in
`family_tasks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from process_models.catalogue import Catalogue
from process_models.deadlines import birthday
from process_models.family_rules import CapacityRule, CapacitySubject
from process_models.plan import Capacity
from process_models.target_group import age_on

ADULT: Final = 18
"""Age from which a person is shown without a list of who acts for them."""


def capacities_of(born: date, day: date, catalogue: Catalogue) -> tuple[Capacity, ...]:
    """Who is asked for a person on this day, one line a matter."""
    reached = _reached(catalogue, age_on(born, day), day)
    return tuple(
        Capacity(subject=rule.subject, acts=rule.acts, rule=rule.code, statute=rule.statute) for rule in reached
    )


def is_minor(born: date, day: date) -> bool:
    """Under age on this day; the birthday itself counts."""
    return age_on(born, day) < ADULT


def rule_for(subject: CapacitySubject, born: date, day: date, catalogue: Catalogue) -> CapacityRule | None:
    """The rule that says who acts in a matter; None if the law of the day has none."""
    found = _reached(catalogue, age_on(born, day), day)
    return next((rule for rule in found if rule.subject == subject), None)


@lru_cache(maxsize=4096)
def next_birthdays(born: date, catalogue: Catalogue) -> tuple[date, ...]:
    """The birthdays on which somebody else is asked, or a task is set."""
    return tuple(birthday(born, age) for age in _ages(catalogue))


def _reached(catalogue: Catalogue, age: int, day: date) -> tuple[CapacityRule, ...]:
    best: dict[CapacitySubject, CapacityRule] = {}
    for rule in catalogue.in_force(catalogue.capacities, day):
        if rule.age <= age and (rule.subject not in best or rule.age > best[rule.subject].age):
            best[rule.subject] = rule
    return tuple(best.values())


@lru_cache(maxsize=8)
def _ages(catalogue: Catalogue) -> tuple[int, ...]:
    def all_ages() -> Iterable[int]:
        yield from (rule.age for rule in catalogue.released(catalogue.capacities))
        yield from (rule.at_age for rule in catalogue.released(catalogue.family_tasks) if rule.at_age is not None)

    return tuple(sorted({age for age in all_ages() if age > 0}))
