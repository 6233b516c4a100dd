"""What naturalisation asks for: listed with every forecast as met, not met or unknown; nothing is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from process_models.catalogue import catalogue
from process_models.facts import Fact, Person
from process_models.plan import Condition, Forecast
from process_models.planning import make_plan
from tests.unit.recognised import IN_CARE, SGB_II, at, case_of, fact, plan_on

LAW = catalogue()
TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2028, 4, 19))
SETTLED = (*IN_CARE, SGB_II, TITLE)
TODAY = date(2026, 5, 11)


def forecast(facts: Sequence[Fact], day: date) -> Forecast:
    """The only forecast of naturalisation."""
    (only,) = [found for found in plan_on(facts, day).forecasts if found.goal == "naturalisation"]
    return only


def conditions(facts: Sequence[Fact], day: date) -> Mapping[str, Condition]:
    return {condition.code: condition for condition in forecast(facts, day).conditions}


def states(facts: Sequence[Fact], day: date, *codes: str) -> list[str]:
    found = conditions(facts, day)
    return [found[code].state for code in codes]


def work(on: date, hours: int) -> Fact:
    return fact("work.started", on, id_=f"work-{on}", hours_per_week=hours, livelihood_secured=False)


def granted(from_: date, until: date, **more: Any) -> Fact:
    return fact("benefits.granted", from_, id_=f"b05-{from_}", regime="B05", from_=from_, until=until, **more)


def test_everything_that_nobody_recorded_is_unknown() -> None:
    found = conditions(SETTLED, TODAY)
    assert {code for code, condition in found.items() if condition.state == "unknown"} >= {
        "NC02",
        "NC03",
        "NC04",
        "NC06",
        "NC07",
        "NC08",
        "NC09",
        "NC10",
    }
    assert all(condition.title and condition.statute for condition in found.values())


def test_the_years_are_met_on_the_day_of_the_forecast() -> None:
    before, on = (conditions(SETTLED, TODAY + timedelta(days=n))["NC01"] for n in (-1, 0))
    assert (before.state, before.on) == ("unmet", TODAY)
    assert (on.state, on.on) == ("met", TODAY)


def test_what_was_recorded_meets_its_condition_since_its_day() -> None:
    facts = (
        *SETTLED,
        fact("identity.clarified", date(2023, 1, 16)),
        fact("language.passed", date(2023, 4, 28), level="B1"),
        fact("civic_test.passed", date(2023, 4, 28)),
    )
    found = conditions(facts, TODAY)
    assert [(found[code].state, found[code].on) for code in ("NC02", "NC08", "NC09")] == [
        ("met", date(2023, 1, 16)),
        ("met", date(2023, 4, 28)),
        ("met", date(2023, 4, 28)),
    ]
    assert states((*SETTLED, fact("language.passed", date(2023, 4, 28), level="A2")), TODAY, "NC08") == ["unknown"]


def test_benefits_stand_against_it_and_income_for_it() -> None:
    benefits = granted(date(2026, 1, 1), date(2026, 12, 31))
    assert states((*SETTLED, benefits), TODAY, "NC06") == ["unmet"]
    income = fact("work.started", date(2024, 2, 1), hours_per_week=39, livelihood_secured=True)
    assert states((*SETTLED, income), TODAY, "NC06") == ["met"]


@pytest.mark.parametrize(("began", "state"), [(date(2024, 10, 11), "met"), (date(2024, 10, 12), "unmet")])
def test_full_time_work_in_twenty_of_the_last_months_excuses_benefits(began: date, state: str) -> None:
    facts = (*SETTLED, granted(date(2026, 1, 1), date(2026, 12, 31)), work(began, 39))
    assert states(facts, TODAY, "NC06") == [state]
    part_time = (*SETTLED, granted(date(2026, 1, 1), date(2026, 12, 31)), work(date(2020, 1, 1), 20))
    assert states(part_time, TODAY, "NC06") == ["unmet"]


def test_full_time_work_ends_with_the_next_change_of_work() -> None:
    facts = (
        *SETTLED,
        granted(date(2026, 1, 1), date(2026, 12, 31)),
        work(date(2023, 1, 2), 39),
        fact("work.ended", date(2025, 6, 30)),
    )
    assert states(facts, TODAY, "NC06") == ["unmet"]


def test_a_review_of_the_recognition_stands_against_it_until_it_is_closed() -> None:
    opened = fact("asylum.revocation_opened", date(2026, 1, 12))
    assert states((*SETTLED, opened), TODAY, "NC12") == ["unmet"]
    closed = fact("asylum.revocation_closed", date(2026, 4, 13), outcome="upheld")
    assert states((*SETTLED, opened, closed), TODAY, "NC12") == ["met"]


def test_only_the_law_of_the_day_is_asked() -> None:
    old, new = conditions(SETTLED, date(2024, 6, 26)), conditions(SETTLED, date(2024, 6, 27))
    assert ("NC13" in old, "NC04" in old) == (True, False)
    assert ("NC13" in new, "NC04" in new) == (False, True)


def test_marriage_is_asked_only_on_the_route_of_spouses() -> None:
    married = fact("family.married", date(2024, 3, 4), spouse="german")
    assert "NC14" not in conditions(SETTLED, date(2025, 3, 4))
    found = forecast((*SETTLED, married), date(2025, 3, 4))
    assert (found.rule, found.on) == ("NA5", date(2026, 3, 4))
    (marriage,) = [condition for condition in found.conditions if condition.code == "NC14"]
    assert (marriage.state, marriage.on) == ("unmet", date(2026, 3, 4))


def test_who_is_under_sixteen_is_not_asked_for_commitment_language_and_test() -> None:
    boy, girl = date(2012, 5, 12), date(2010, 5, 11)
    facts = (*SETTLED, *(replace(each, who=who) for who in ("son", "daughter") for each in SETTLED))
    case = replace(case_of(facts), household=(Person(boy, "SY", "son"), Person(girl, "SY", "daughter")))
    plans = make_plan(case, at(TODAY), LAW).members
    asked = {plan.id: {c.code for found in plan.forecasts for c in found.conditions} for plan in plans}
    assert asked["daughter"] - asked["son"] == {"NC03", "NC04", "NC08", "NC09", "NC11"}


@pytest.mark.parametrize("state", ["R14", "R15", "R18", "R21", "R23", "R25"])
def test_from_a_title_of_the_negative_list_nothing_is_forecast(state: str) -> None:
    entered = fact("person.entered", date(2021, 1, 11))
    title = fact("residence.title_issued", date(2021, 1, 18), state=state, valid_until=date(2027, 1, 17))
    goals = [found.goal for found in plan_on((entered, title), date(2024, 1, 15)).forecasts]
    assert "naturalisation" not in goals


def test_routes_constants_and_waiting_times_say_the_same_years() -> None:
    for day in (date(2024, 6, 26), date(2024, 6, 27), date(2025, 10, 29), date(2025, 10, 30), TODAY):
        years = LAW.constant("stag.years", day)
        routes = LAW.in_force(LAW.naturalisation_routes, day)
        general = [route.years for route in routes if not route.requires]
        shorter = [route.years for route in routes if route.requires and not route.spouse_of_german]
        assert general == [years]
        assert set(shorter) <= set(LAW.constant("stag.shorter_years", day))
        waiting = LAW.deadline("F48", day)
        assert waiting is not None
        assert waiting.length == f"P{years}Y"
