"""Speed that people notice: standing and plan of a long path, and loading all models. CPU time, after warming up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, islice
from typing import Final

from benchmarks.lives import long_life
from process_models.catalogue import catalogue, load_catalogue
from process_models.facts import Fact, known_on
from process_models.planning import make_plan
from process_models.standing import follow, in_order
from tests.unit.recognised import IN_CARE, SGB_II, at, case_of

FACTS: Final = 200
TODAY: Final = date(2026, 11, 20)
EARLIER: Final = timedelta(days=1950)
"""The recognised refugee of these tests arrives so much earlier: in January 2016."""
SETTLED: Final = date(2016, 12, 1)
TURN: Final = timedelta(days=96)
DAY: Final = timedelta(days=1)
ROUNDS: Final = 15
PLAN_SECONDS: Final = 0.05
LOAD_SECONDS: Final = 1.0


def long_path() -> tuple[Fact, ...]:
    """Exactly two hundred facts over ten years, all of them known and counting today."""
    begun = [replace(one, on=one.on - EARLIER, recorded=one.recorded - EARLIER) for one in (*IN_CARE, SGB_II)]
    return (*begun, *islice(long_life(SETTLED, TURN), FACTS - len(begun)))


def other_people() -> Iterator[tuple[Fact, ...]]:
    """The same life a day earlier each time: no date has been computed before."""
    for days in count(1):
        yield tuple(replace(one, on=one.on - days * DAY, recorded=one.recorded - days * DAY) for one in long_path())


def best_of(what: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU seconds of the quickest round; the first ones warm up, and others may use the machine at the same time."""
    seconds = []
    for _ in range(rounds):
        begun = time.process_time()
        what()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def test_standing_and_plan_of_two_hundred_facts_over_ten_years_take_fifty_milliseconds() -> None:
    case, now = case_of(long_path()), at(TODAY)
    known = known_on(case.facts, TODAY)
    assert len(known) == FACTS
    assert max(one.on for one in known) - min(one.on for one in known) > timedelta(days=10 * 365)
    plan = make_plan(case, now, catalogue())
    assert plan.standing.residence == "R12"
    assert len(plan.deadlines) > 5
    cases = iter([case_of(facts) for facts in islice(other_people(), 2 * ROUNDS)])
    standing = best_of(lambda: follow(in_order(next(cases).facts, catalogue()), TODAY, catalogue()))
    whole = best_of(lambda: make_plan(next(cases), now, catalogue()))
    assert standing + whole < PLAN_SECONDS


def test_loading_and_validating_all_models_takes_a_second() -> None:
    assert best_of(load_catalogue, rounds=5) < LOAD_SECONDS
