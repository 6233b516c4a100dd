"""The decision tables of the three municipalities, line by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.catalogue import catalogue
from process_models.errors import UnknownMunicipality
from process_models.target_group import Circumstances, Referral, TargetStatus, age_on, next_screening, screen

LAW = catalogue()
NEUSS = "rhein-kreis-neuss"
DAYS = st.dates(min_value=date(2021, 1, 27), max_value=date(2027, 12, 31))


def born_for(age: int, day: date) -> date:
    """Somebody who is exactly this old on the day, half a year after the birthday."""
    return date(day.year - age, day.month, 1) - timedelta(days=150)


@pytest.mark.parametrize(
    ("day", "age", "status", "result", "rule"),
    [
        ("2021-07-13", 27, "GE", "not_eligible", "N1"),
        ("2022-02-11", 27, "OTHER", "eligible", "N2"),
        ("2022-06-01", 30, "GD", "eligible", "N3"),
        ("2022-12-31", 20, "GD", "not_eligible", "N1"),
        ("2023-01-01", 20, "GD", "eligible", "N4"),
        ("2023-05-01", 36, "OTHER", "manual", "N5"),
        ("2021-03-01", 16, "OTHER", "not_eligible", "N6"),
        ("2021-03-01", 11, "GE", "manual", "N5"),
        ("2024-03-01", 35, "OTHER", "eligible", "N4"),
        ("2022-03-01", 36, "GE", "manual", "N5"),
        ("2024-03-01", 17, "GD", "not_eligible", "N6"),
        ("2024-03-01", 12, "GD", "not_eligible", "N6"),
    ],
)
def test_the_table_of_neuss_decides_as_the_domain_sheet_says(
    day: str, age: int, status: TargetStatus, result: str, rule: str
) -> None:
    on = date.fromisoformat(day)
    found = screen(LAW, NEUSS, born_for(age, on), status, on)
    assert (found.result, found.rule) == (result, rule)


def test_young_gestattete_are_referred_to_durchstarten_and_minors_to_the_youth_service() -> None:
    day = date(2021, 7, 13)
    assert screen(LAW, NEUSS, date(1994, 3, 12), "GE", day).refer_to == "durchstarten"
    assert screen(LAW, NEUSS, date(2006, 3, 12), "GE", day).refer_to == "jmd"


def test_recognition_alone_brings_the_same_person_into_the_target_group_on_the_same_day() -> None:
    day, born = date(2022, 2, 11), date(1994, 3, 12)
    assert screen(LAW, NEUSS, born, "GE", day).result == "not_eligible"
    assert screen(LAW, NEUSS, born, "OTHER", day).result == "eligible"


def test_18_to_27_lasts_until_the_eve_of_the_28th_birthday() -> None:
    born = date(1994, 3, 12)
    assert screen(LAW, NEUSS, born, "GE", date(2022, 3, 11)).rule == "N1"
    assert screen(LAW, NEUSS, born, "GE", date(2022, 3, 12)).rule == "N3"


def test_stage_three_does_not_act_before_the_steering_group_has_decided() -> None:
    assert all(rule.code != "N7" for rule in LAW.released(LAW.municipality(NEUSS).target_group))


@given(day=DAYS, age=st.integers(min_value=0, max_value=99), status=st.sampled_from(["GD", "GE", "OTHER"]))
def test_the_table_of_neuss_has_a_line_for_everybody(day: date, age: int, status: TargetStatus) -> None:
    assert screen(LAW, NEUSS, born_for(age, day), status, day).rule.startswith("N")


@given(day=DAYS, age=st.integers(min_value=0, max_value=60), status=st.sampled_from(["GD", "GE", "OTHER"]))
def test_the_answer_changes_only_on_a_day_that_was_foretold(day: date, age: int, status: TargetStatus) -> None:
    config = LAW.municipality(NEUSS)
    born = born_for(age, day)
    turning = next_screening(config, born, day) or date(2100, 1, 1)
    eve = min(turning - timedelta(days=1), day + timedelta(days=3000))
    assert screen(LAW, config, born, status, day) == screen(LAW, config, born, status, eve)


@pytest.mark.parametrize(
    ("referral", "result", "rule", "refer_to"),
    [
        (None, "not_eligible", "M0", "mbe"),
        (Referral("mbe", wants=False), "not_eligible", "M0", None),
        (Referral("mbe", wants=True), "manual", "M0", None),
        (Referral("mbe", wants=True, criteria=frozenset({"M1"})), "eligible", "M1", None),
        (Referral("mbe", wants=True, criteria=frozenset({"M4", "M3"})), "eligible", "M3", None),
        (Referral("mbe", wants=False, criteria=frozenset({"M4"})), "not_eligible", "M0", None),
    ],
)
def test_the_table_of_muenster_asks_for_referral_wish_and_criteria(
    referral: Referral | None, result: str, rule: str, refer_to: str | None
) -> None:
    found = screen(LAW, "muenster", date(1980, 1, 1), "OTHER", date(2022, 3, 1), Circumstances(referral))
    assert (found.result, found.rule, found.refer_to) == (result, rule, refer_to)


def test_young_people_without_referral_are_sent_to_the_youth_service_in_muenster() -> None:
    assert screen(LAW, "muenster", date(2002, 1, 1), "GE", date(2022, 3, 1)).refer_to == "jmd"


@pytest.mark.parametrize(
    ("since", "rule"), [(None, "L1"), (date(2022, 3, 14), "L1"), (date(2019, 11, 1), "L2"), (date(2019, 11, 16), "L1")]
)
def test_the_hochsauerlandkreis_takes_newcomers_of_three_years_first_and_others_too(
    since: date | None, rule: str
) -> None:
    day = date(2022, 11, 16)
    found = screen(LAW, "hochsauerlandkreis", date(1955, 2, 11), "OTHER", day, Circumstances(stay_since=since))
    assert (found.result, found.rule) == ("eligible", rule)


def test_a_municipality_without_a_table_is_open_to_all() -> None:
    config = LAW.municipality(NEUSS).model_copy(update={"target_group": ()})
    assert screen(LAW, config, date(1950, 1, 1), "OTHER", date(2022, 1, 1)).result == "eligible"


def test_where_no_line_matches_a_person_decides() -> None:
    lines = LAW.municipality(NEUSS).target_group[:1]
    config = LAW.municipality(NEUSS).model_copy(update={"target_group": lines})
    assert screen(LAW, config, date(1950, 1, 1), "OTHER", date(2022, 1, 1)).result == "manual"


def test_an_unknown_municipality_is_refused_with_all_that_are_configured() -> None:
    with pytest.raises(UnknownMunicipality) as refused:
        screen(LAW, "rhein-kreis-neus", date(1994, 3, 12), "GE", date(2022, 1, 1))
    assert NEUSS in refused.value.allowed
    assert NEUSS in refused.value.detail


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1994, 3, 12), date(2022, 3, 11), 27),
        (date(1994, 3, 12), date(2022, 3, 12), 28),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
    ],
)
def test_a_year_of_life_is_complete_on_the_birthday_itself(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
