"""The walk through a life: leaving and coming back, an unknown address, rights without an end, obligations that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta

from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.standing import follow
from tests.unit.recognised import ARRIVAL, RECOGNISED, fact, plan_on

ENTERED = fact("person.entered", date(2021, 1, 11))
SKILLED = fact("residence.title_issued", date(2021, 1, 18), state="R22", valid_until=date(2029, 1, 17))
DULDUNG = fact("residence.duldung_issued", date(2021, 3, 1), state="R06")
LEFT = fact("abroad.left", date(2025, 1, 3))


def residence(facts: Sequence[Fact], day: date) -> str:
    return plan_on(facts, day).standing.residence


def place(facts: Sequence[Fact], day: date) -> str:
    return plan_on(facts, day).standing.place


def test_six_months_abroad_end_a_title_on_the_day_after_the_last_one() -> None:
    facts = (ENTERED, SKILLED, LEFT)
    assert residence(facts, date(2025, 7, 3)) == "R22"
    assert residence(facts, date(2025, 7, 4)) == "R36"


def test_who_comes_back_in_time_keeps_the_title() -> None:
    facts = (ENTERED, SKILLED, LEFT, fact("abroad.returned", date(2025, 7, 3)))
    assert residence(facts, date(2025, 7, 4)) == "R22"


@pytest.mark.parametrize("state", ["R11", "R12", "R31", "R32"])
def test_no_absence_ends_these_rights_by_itself(state: str) -> None:
    path = (
        *ARRIVAL,
        fact("asylum.decided", date(2022, 2, 11), outcome="refugee"),
        fact("residence.title_issued", date(2022, 4, 20), id_="t1", state="R12", valid_until=date(2028, 4, 19)),
        fact("residence.title_issued", date(2022, 4, 21), id_="t2", state=state, valid_until=date(2028, 4, 19)),
        LEFT,
    )
    assert residence(path, date(2026, 1, 3)) == state


def test_a_duldung_ends_with_the_departure() -> None:
    plan = plan_on((ENTERED, DULDUNG, LEFT), date(2025, 1, 3))
    assert (plan.standing.residence, plan.standing.benefits, plan.gaps) == ("R36", (), ())


def test_a_new_entry_begins_a_new_stay() -> None:
    facts = (ENTERED, DULDUNG, LEFT, fact("person.entered", date(2026, 2, 2), id_="again"))
    course = follow(facts, date(2026, 2, 2), catalogue())
    assert (course.residence, course.stay_since, course.gone) == ("R00", date(2026, 2, 2), False)


def test_without_a_new_entry_nothing_leads_out_of_the_departure() -> None:
    later = fact("residence.duldung_issued", date(2025, 5, 5), id_="later", state="R06")
    plan = plan_on((ENTERED, DULDUNG, LEFT, later), date(2025, 5, 5))
    assert plan.standing.residence == "R36"
    assert "neue Einreise" in plan.facts_without_effect[0].sentence


def test_a_lost_right_of_somebody_abroad_is_a_departure_and_no_duty_to_leave() -> None:
    lost = fact("residence.lost", date(2025, 2, 3))
    assert residence((ENTERED, SKILLED, LEFT, lost), date(2025, 2, 3)) == "R36"
    assert residence((ENTERED, SKILLED, lost), date(2025, 2, 3)) == "R05"


def test_an_unknown_address_covers_what_goes_on_underneath() -> None:
    unknown = fact("place.address_unknown", date(2022, 2, 14))
    known = fact("place.address_known", date(2022, 6, 1))
    assert residence((*RECOGNISED, unknown), date(2022, 3, 1)) == "R37"
    standing = plan_on((*RECOGNISED, unknown, known), date(2022, 6, 1)).standing
    assert (standing.residence, standing.asylum_final_on) == ("R10", date(2022, 2, 25))


def test_a_new_assignment_finds_the_address_too() -> None:
    unknown = fact("place.address_unknown", date(2021, 9, 6))
    assigned = fact("place.assigned", date(2021, 10, 4), id_="p2", place="kaarst")
    standing = plan_on((*ARRIVAL, unknown, assigned), date(2021, 10, 4)).standing
    assert (standing.residence, standing.place, standing.benefits) == ("R03", "zuweisung", ("B02",))


def test_the_day_on_the_card_of_an_unlimited_title_ends_nothing() -> None:
    settled = fact("residence.title_issued", date(2024, 2, 5), id_="ne", state="R31", valid_until=date(2025, 2, 4))
    plan = plan_on((ENTERED, SKILLED, settled), date(2025, 3, 1))
    assert (plan.standing.residence, plan.standing.title_valid_until) == ("R31", None)
    assert "permit_expired" not in plan.warnings


def test_who_need_not_live_in_a_facility_is_bound_to_the_district_for_three_months() -> None:
    lodged = fact("asylum.lodged", date(2023, 5, 8))
    facts = (fact("person.entered", date(2023, 5, 2)), lodged)
    assert [place(facts, day) for day in (date(2023, 8, 8), date(2023, 8, 9))] == ["gestattung_district", "none"]


def test_an_assignment_ends_with_a_title_that_has_no_obligation_of_its_own() -> None:
    duldung = fact("residence.duldung_issued", date(2022, 4, 4), state="R06")
    rejected = fact("asylum.decided", date(2022, 2, 11), outcome="rejected")
    title = fact("residence.title_issued", date(2028, 4, 3), state="R17", valid_until=date(2030, 4, 2))
    facts = (*ARRIVAL, rejected, duldung, title)
    assert [place(facts, day) for day in (date(2028, 4, 2), date(2028, 4, 3))] == ["zuweisung", "none"]


def test_an_admission_from_abroad_binds_to_the_land_for_three_years_once() -> None:
    admitted = fact("residence.title_issued", date(2021, 2, 1), state="R28", valid_until=date(2024, 1, 31))
    facts = (ENTERED, admitted)
    in_time = fact("residence.title_issued", date(2024, 1, 29), id_="l", state="R28", valid_until=date(2027, 1, 28))
    assert [place((*facts, in_time), day) for day in (date(2024, 2, 1), date(2024, 2, 2))] == ["p12a_land", "none"]


def test_nothing_binds_a_citizen_to_a_place() -> None:
    facts = (
        *RECOGNISED,
        fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19)),
        fact("naturalisation.certificate_handed_over", date(2024, 12, 2)),
    )
    assert [place(facts, day) for day in (date(2024, 12, 1), date(2024, 12, 2))] == ["p12a_land", "none"]


def test_a_recognition_beside_a_title_makes_the_procedure_count() -> None:
    ban = (
        *ARRIVAL,
        fact("asylum.decided", date(2022, 2, 11), outcome="ban_60"),
        fact("asylum.suit_filed", date(2022, 2, 20)),
        fact("residence.title_issued", date(2022, 4, 20), state="R14", valid_until=date(2026, 4, 19)),
    )
    judged = fact("asylum.judgment", date(2024, 3, 4), outcome="refugee", final=True)
    before, after = (plan_on((*ban, judged), day).standing for day in (date(2024, 3, 3), date(2024, 3, 4)))
    assert (before.residence, before.lawful_since) == ("R14", date(2022, 4, 20))
    assert (after.residence, after.lawful_since) == ("R14", date(2021, 5, 11))


def test_a_short_interruption_of_a_title_has_two_readings() -> None:
    course = follow((ENTERED, SKILLED), date(2024, 1, 1), catalogue())
    course.history += [("R05", date(2024, 2, 1)), ("R22", date(2024, 3, 1))]
    assert course.held_since(("R22",)) == date(2024, 3, 1)
    assert course.held_since(("R22",), relativedelta(months=12)) == date(2021, 1, 18)
    assert course.held_since(("R22",), relativedelta(days=28)) == date(2024, 3, 1)
    assert course.held_since(("R22", "R05")) == date(2021, 1, 18)
    assert course.held_since(("R12",)) is None


def test_rules_of_place_and_income_are_told_like_transitions() -> None:
    facts = (*ARRIVAL, fact("place.moved", date(2022, 1, 10), place="neuss"), fact("work.ended", date(2022, 1, 11)))
    fired = [one.code for one in follow(facts, date(2022, 1, 11), catalogue()).fired]
    assert fired == ["T00", "PL00", "T01", "PL00", "T02", "T03", "T28", "T29"]
