"""The invented people and agencies of the simulated year: the same plan gives the same ones, of every kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from kim.simulate.year.agencies import BAD_REASON, Agencies, Asked
from kim.simulate.year.lives import SHARES, Life, Plan, lives
from process_models.catalogue import load_catalogue
from process_models.vocabulary import check_fact

CATALOGUE = load_catalogue()
PLAN = Plan(paths=400, first=date(2026, 1, 1), last=date(2026, 12, 31))
BAD = Asked("rhein-kreis-neuss", "jobcenter", "H01", date(2026, 3, 2))


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return list(lives(PLAN, CATALOGUE))


def test_the_same_plan_gives_the_same_lives_and_another_seed_gives_others(people: list[Life]) -> None:
    assert list(lives(PLAN, CATALOGUE)) == people
    assert list(lives(replace(PLAN, seed=1), CATALOGUE)) != people


def test_a_longer_list_begins_with_the_same_people(people: list[Life]) -> None:
    assert list(lives(replace(PLAN, paths=40), CATALOGUE)) == people[:40]


def test_people_live_in_three_municipalities_and_come_in_every_quarter(people: list[Life]) -> None:
    assert set(Counter(life.municipality for life in people)) == set(SHARES)
    assert set(Counter((life.starts_on.month - 1) // 3 for life in people)) == {0, 1, 2, 3}
    assert len(Counter(life.kind for life in people)) == 9


def test_everything_becomes_known_on_a_working_day_of_the_year_and_is_in_the_vocabulary(people: list[Life]) -> None:
    for life in people:
        calendar = CATALOGUE.municipality(life.municipality).product_calendar
        for day, facts in life.days:
            assert calendar.is_working_day(day)
            assert PLAN.first <= day <= PLAN.last
            for fact in facts:
                on = date.fromisoformat(fact["on"])
                assert on <= day
                check_fact(CATALOGUE, fact["fact"], on, _dated(fact.get("data", {})), date(1950, 1, 1))


def test_consents_come_late_never_or_are_withdrawn(people: list[Life]) -> None:
    withdrawn = [life for life in people if "consent.revoked" in _facts(life)]
    never = [life for life in people if "kim.opened" in _facts(life) and "P2" not in _purposes(life)]
    assert len(withdrawn) > 5
    assert len(never) > 5


def test_the_bad_interface_is_bad_until_a_decision_mends_it() -> None:
    agencies = Agencies(seed=7)
    before = [agencies.answers(BAD, number) for number in range(200)]
    agencies.improved_from = BAD.on
    after = [agencies.answers(BAD, number) for number in range(200)]
    stalls = [sum(any(one.detail == BAD_REASON[1] for one in answers) for answers in each) for each in (before, after)]
    assert stalls[0] > 80
    assert stalls[1] == 0


def test_agencies_take_longer_in_the_third_quarter() -> None:
    agencies = Agencies(seed=7)
    summer = replace(BAD, municipality="muenster", on=date(2026, 8, 3))
    spring = replace(summer, on=date(2026, 5, 4))
    took = [sum(max(one.after for one in agencies.answers(asked, n)) for n in range(300)) for asked in (spring, summer)]
    assert took[0] < took[1]


def _facts(life: Life) -> set[str]:
    return {fact["fact"] for _, facts in life.days for fact in facts}


def _purposes(life: Life) -> set[str]:
    return {fact["data"]["purpose"] for _, facts in life.days for fact in facts if fact["fact"] == "consent.given"}


def _dated(data: dict[str, object]) -> dict[str, object]:
    days = ("from", "until", "valid_until")
    return {name: date.fromisoformat(str(value)) if name in days else value for name, value in data.items()}
