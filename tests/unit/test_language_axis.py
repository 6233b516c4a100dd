"""Rights to a language course: who has one, until when, and what is left when nobody used it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.language_axis import language_on
from process_models.standing import follow
from tests.unit.recognised import ARRIVAL, RECOGNISED, fact, plan_on

TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))
REFUGEE = (*RECOGNISED, TITLE)


def language(facts: Sequence[Fact], day: date) -> str:
    return plan_on(facts, day).standing.language


def titled(state: str, on: date) -> tuple[Fact, ...]:
    """Somebody who came with this title."""
    return fact("person.entered", on), fact("residence.title_issued", on, state=state)


@pytest.mark.parametrize("state", ["R22", "R24", "R26", "R28"])
def test_these_titles_give_a_claim_for_one_year(state: str) -> None:
    facts = titled(state, date(2024, 3, 4))
    assert language(facts, date(2025, 3, 4)) == "entitled"
    assert language(facts, date(2025, 3, 5)) == "may_be_admitted"


@pytest.mark.parametrize("state", ["R21", "R23"])
def test_these_titles_give_neither_claim_nor_admission(state: str) -> None:
    assert language(titled(state, date(2024, 3, 4)), date(2024, 3, 4)) == "none"


def test_temporary_protection_opens_the_admission_only() -> None:
    assert language(titled("R25", date(2024, 3, 4)), date(2024, 3, 4)) == "may_be_admitted"


def test_a_claim_exists_once() -> None:
    longer = fact("residence.title_issued", date(2025, 4, 1), state="R12", valid_until=date(2028, 3, 31))
    assert language((*REFUGEE, longer), date(2025, 4, 2)) == "may_be_admitted"


def test_a_registration_in_time_keeps_the_claim_for_the_year_in_which_the_course_must_begin() -> None:
    registered = fact("language.registered", date(2023, 4, 20))
    assert language((*REFUGEE, registered), date(2024, 4, 20)) == "entitled"
    assert language((*REFUGEE, registered), date(2024, 4, 21)) == "may_be_admitted"


def test_a_registration_after_the_claim_has_ended_brings_nothing_back() -> None:
    late = fact("language.registered", date(2023, 4, 21))
    assert language((*REFUGEE, late), date(2023, 4, 22)) == "may_be_admitted"


def test_who_was_prevented_without_fault_keeps_the_claim_until_the_day_that_the_agency_names() -> None:
    longer = fact("deadline.extended", date(2023, 4, 3), deadline="F19", until=date(2023, 10, 20), reason="Elternzeit")
    assert language((*REFUGEE, longer), date(2023, 10, 20)) == "entitled"
    assert language((*REFUGEE, longer), date(2023, 10, 21)) == "may_be_admitted"


def test_an_admission_that_nobody_used_falls_back_after_a_year_or_on_the_day_it_names() -> None:
    admitted = fact("language.entitled", date(2021, 9, 1), by="admission")
    assert language((*ARRIVAL, admitted), date(2022, 9, 1)) == "entitled"
    assert language((*ARRIVAL, admitted), date(2022, 9, 2)) == "may_be_admitted"
    short = fact("language.entitled", date(2021, 9, 1), by="admission", until=date(2021, 12, 31))
    assert language((*ARRIVAL, short), date(2022, 1, 1)) == "may_be_admitted"


def test_the_right_to_a_vocational_course_lapses_after_three_months_without_registration() -> None:
    facts = (*titled("R21", date(2024, 3, 4)), fact("language.vocational_entitled", date(2024, 5, 6)))
    assert language(facts, date(2024, 8, 6)) == "entitled"
    assert language(facts, date(2024, 8, 7)) == "none"
    registered = fact("language.vocational_registered", date(2024, 8, 6))
    assert language((*facts, registered), date(2025, 8, 7)) == "entitled"


def test_a_duty_stays_and_a_course_and_an_examination_go_before_it() -> None:
    duty = fact("language.entitled", date(2022, 5, 2), by="duty")
    began = fact("language.course_started", date(2022, 6, 13))
    a2, b1 = (
        fact("language.passed", on, id_=level, level=level)
        for level, on in (("A2", date(2022, 12, 1)), ("B1", date(2023, 4, 28)))
    )
    facts = (*REFUGEE, duty, began, a2, b1)
    days = (date(2022, 5, 2), date(2022, 6, 13), date(2022, 12, 2), date(2023, 4, 28), date(2026, 5, 1))
    assert [language(facts, day) for day in days] == ["obliged", "in_course", "in_course", "passed", "passed"]


def test_while_admissions_are_stopped_nothing_but_a_right_in_hand_helps() -> None:
    days = (date(2026, 2, 8), date(2026, 2, 9), date(2026, 7, 28))
    facts = titled("R25", date(2024, 3, 4))
    assert [language(facts, day) for day in days] == ["may_be_admitted", "none", "none"]
    admitted = fact("language.entitled", date(2026, 1, 12), by="admission")
    assert language((*facts, admitted), date(2026, 6, 1)) == "entitled"


def test_where_nobody_knows_whether_there_are_admissions_the_plan_says_so() -> None:
    facts = titled("R25", date(2024, 3, 4))
    assert "rule_not_released" not in plan_on(facts, date(2026, 7, 28)).warnings
    plan = plan_on(facts, date(2026, 7, 29))
    assert (plan.standing.language, "rule_not_released" in plan.warnings) == ("none", True)
    passed = fact("language.passed", date(2026, 7, 1), level="B1")
    assert "rule_not_released" not in plan_on((*facts, passed), date(2026, 7, 29)).warnings


def test_the_day_on_which_a_right_ends_is_looked_at_without_any_news() -> None:
    course = follow(REFUGEE, date(2023, 4, 1), catalogue())
    assert language_on(course, catalogue()).changes_on == date(2023, 4, 21)
