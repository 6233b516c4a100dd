"""Who pays and when: what is derived of the AsylbLG, what displaces it, and what is known about its end beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from process_models.benefit_period import BenefitPeriod, without_days_of
from process_models.catalogue import catalogue
from process_models.explain import shown_path
from process_models.facts import Fact
from tests.unit.recognised import ARRIVAL, RECOGNISED, case_of, fact, plan_on

REJECTED = (
    fact("asylum.sought", date(2022, 1, 10)),
    fact("asylum.lodged", date(2022, 1, 19)),
    fact("place.assigned", date(2022, 3, 14), place="kaarst"),
    fact("asylum.decided", date(2023, 1, 9), outcome="rejected"),
    fact("residence.duldung_issued", date(2023, 2, 6), state="R06"),
)
DEPARTURE_IMPOSSIBLE = fact("residence.title_issued", date(2023, 7, 3), state="R15", valid_until=date(2025, 1, 2))
UKRAINE = (
    fact("person.entered", date(2024, 1, 15)),
    fact("residence.applied", date(2024, 1, 22), state="R25"),
)
FICTION = fact("residence.fiction_certificate_issued", date(2024, 2, 5))


def benefits(facts: Sequence[Fact], day: date) -> tuple[str, ...]:
    return plan_on(facts, day).standing.benefits


def test_eighteen_months_after_the_suspension_asylum_benefits_end_with_the_month() -> None:
    facts = (*REJECTED, DEPARTURE_IMPOSSIBLE)
    assert benefits(facts, date(2024, 8, 31)) == ("B03",)
    assert benefits(facts, date(2024, 9, 1)) == ()


def test_that_end_is_known_from_the_day_of_the_title() -> None:
    facts = (*REJECTED, DEPARTURE_IMPOSSIBLE)
    assert plan_on(facts, date(2024, 8, 1)).gaps == ()
    assert [gap.starts_on for gap in plan_on(facts, date(2024, 8, 2)).gaps] == [date(2024, 9, 1)]


def test_a_prolonged_title_does_not_begin_the_eighteen_months_anew() -> None:
    longer = fact("residence.title_issued", date(2024, 10, 7), state="R15", valid_until=date(2025, 10, 6))
    assert benefits((*REJECTED, DEPARTURE_IMPOSSIBLE, longer), date(2024, 10, 8)) == ()


def test_a_new_duldung_after_the_eighteen_months_begins_asylum_benefits_again() -> None:
    back = fact("residence.duldung_issued", date(2025, 1, 3), state="R06")
    assert benefits((*REJECTED, DEPARTURE_IMPOSSIBLE, back), date(2025, 1, 2)) == ()
    assert benefits((*REJECTED, DEPARTURE_IMPOSSIBLE, back), date(2025, 1, 3)) == ("B03",)


def test_a_title_after_more_than_eighteen_months_ends_them_with_its_month() -> None:
    late = fact("residence.title_issued", date(2024, 11, 4), state="R15", valid_until=date(2025, 5, 3))
    assert benefits((*REJECTED, late), date(2024, 11, 30)) == ("B03",)
    assert benefits((*REJECTED, late), date(2024, 12, 1)) == ()


def test_who_applied_for_temporary_protection_is_under_the_asylblg_until_the_month_of_the_certificate_ends() -> None:
    assert benefits(UKRAINE, date(2024, 1, 21)) == ()
    assert benefits(UKRAINE, date(2024, 3, 31)) == ("B02",)
    assert benefits((*UKRAINE, FICTION), date(2024, 2, 29)) == ("B02",)
    assert benefits((*UKRAINE, FICTION), date(2024, 3, 1)) == ()


def test_a_title_for_temporary_protection_ends_them_too_if_no_certificate_was_recorded() -> None:
    title = fact("residence.title_issued", date(2024, 3, 18), state="R25", valid_until=date(2025, 3, 4))
    assert benefits((*UKRAINE, title), date(2024, 3, 31)) == ("B02",)
    assert benefits((*UKRAINE, title), date(2024, 4, 1)) == ()


@pytest.mark.parametrize(
    ("entered", "told"), [(date(2025, 3, 31), False), (date(2025, 4, 1), True), (date(2026, 8, 1), True)]
)
def test_a_law_that_is_not_in_force_is_told_to_those_it_would_concern(entered: date, told: bool) -> None:
    applied = fact("residence.applied", date(2026, 8, 3), state="R25")
    plan = plan_on((fact("person.entered", entered), applied), date(2026, 9, 1))
    assert ("rule_not_released" in plan.warnings) is told
    assert plan.standing.benefits == ("B02",)


def test_reduced_benefits_pay_in_place_of_the_usual_ones() -> None:
    reduced = fact("benefits.granted", date(2023, 5, 2), regime="B04", from_=date(2023, 5, 1), until=date(2023, 7, 31))
    days = (date(2023, 4, 30), date(2023, 5, 2), date(2023, 7, 31), date(2023, 8, 1))
    assert [benefits((*REJECTED, reduced), day) for day in days] == [("B02",), ("B04",), ("B04",), ("B03",)]
    assert "benefit_overlap" not in plan_on((*REJECTED, reduced), date(2023, 6, 1)).warnings


def test_analogous_benefits_begin_at_once_in_a_later_period_for_those_who_had_them() -> None:
    facts = (*REJECTED, DEPARTURE_IMPOSSIBLE, fact("residence.duldung_issued", date(2024, 12, 2), state="R06"))
    assert benefits(facts, date(2024, 2, 26)) == ("B03",)
    assert benefits(facts, date(2024, 12, 2)) == ("B03",)


def test_a_later_law_takes_analogous_benefits_from_nobody_who_had_them() -> None:
    early = (
        fact("asylum.sought", date(2022, 5, 2)),
        fact("asylum.lodged", date(2022, 5, 11)),
        fact("place.assigned", date(2022, 7, 4), place="kaarst"),
    )
    assert benefits(early, date(2024, 6, 1)) == ("B03",)


def test_a_new_period_under_the_asylblg_is_judged_by_its_own_law() -> None:
    facts = (
        fact("person.entered", date(2022, 5, 2)),
        fact("residence.title_issued", date(2022, 6, 1), state="R26", valid_until=date(2024, 6, 30)),
    )
    assert benefits(facts, date(2024, 7, 1)) == ("B02",)
    assert benefits(facts, date(2025, 5, 1)) == ("B02",)
    assert benefits(facts, date(2025, 5, 2)) == ("B03",)


def test_days_of_another_period_are_cut_out() -> None:
    period = BenefitPeriod("B02", date(2024, 1, 1), date(2024, 12, 31), derived=True)
    other = BenefitPeriod("B04", date(2024, 3, 1), date(2024, 5, 31))
    left = [(each.starts, each.ends) for each in without_days_of(period, other)]
    assert left == [(date(2024, 1, 1), date(2024, 2, 29)), (date(2024, 6, 1), date(2024, 12, 31))]
    later = BenefitPeriod("B04", date(2025, 1, 1))
    assert list(without_days_of(period, later)) == [period]
    assert list(without_days_of(period, BenefitPeriod("B04", date(2023, 1, 1)))) == []


def test_a_gap_is_told_with_those_who_could_pay_and_what_starts_them() -> None:
    plan = plan_on(RECOGNISED, date(2022, 3, 2))
    assert [(each.code, each.title, each.agency) for each in plan.could_pay][:1] == [
        ("B05", "Arbeitslosengeld II", "jobcenter")
    ]
    assert plan.could_pay[0].starts.startswith("Antrag")
    assert plan_on(RECOGNISED, date(2022, 1, 3)).could_pay == ()


def test_what_temporal_shows_of_a_gap_is_its_days_alone() -> None:
    details = shown_path(case_of(RECOGNISED), plan_on(RECOGNISED, date(2022, 3, 2)), catalogue()).details
    assert "### Leistungslücken\n- ab 01.03.2022\n" in details


def test_every_state_under_the_asylblg_can_be_paid_by_one_of_its_regimes() -> None:
    law = catalogue()
    derived = {regime.code for regime in law.benefit_regimes if regime.asylblg}
    states = [state for state in law.residence_states if state.asylblg and state.code != "R09"]
    assert [state.code for state in states if not set(state.benefits) & derived] == []
    assert benefits(ARRIVAL, date(2021, 7, 5)) == ("B01",)
