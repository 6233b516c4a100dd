"""Where a person stands: what follows from facts and from the passing of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from process_models.facts import Fact
from tests.unit.recognised import ARRIVAL, DECISION, IN_CARE, RECOGNISED, SGB_II, fact, plan_on

TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))
APPLICATION = fact("residence.applied", date(2025, 2, 10), state="R12")
SETTLED = (*IN_CARE, SGB_II, TITLE)


def test_benefits_change_from_the_facility_to_the_municipality_with_the_assignment() -> None:
    assert plan_on(ARRIVAL, date(2021, 7, 5)).standing.benefits == ("B01",)
    assert plan_on(ARRIVAL, date(2021, 7, 6)).standing.benefits == ("B02",)


def test_a_decision_becomes_final_on_the_last_day_for_a_suit_which_may_still_come_on_that_day() -> None:
    last = date(2022, 2, 25)
    before, on, after = (plan_on(RECOGNISED, last + timedelta(days=n)).standing for n in (-1, 0, 1))
    assert (before.asylum, before.finality_assumed, before.asylum_final_on) == ("decided", True, last)
    assert (on.asylum, on.finality_assumed, on.asylum_final_on) == ("final", True, last)
    assert (after.asylum, after.finality_assumed, after.asylum_final_on) == ("final", False, last)


def test_a_recorded_finality_is_not_assumed() -> None:
    last = date(2022, 2, 25)
    assert not plan_on((*RECOGNISED, fact("asylum.final", last)), last).standing.finality_assumed


def test_a_suit_in_time_keeps_the_decision_open_and_the_benefits_running() -> None:
    facts = (*RECOGNISED, fact("asylum.suit_filed", date(2022, 2, 25)))
    standing = plan_on(facts, date(2022, 6, 1)).standing
    assert (standing.asylum, standing.asylum_final_on) == ("in_court", None)
    assert standing.benefits == ("B02",)


def test_a_suit_after_the_last_day_changes_nothing() -> None:
    facts = (*RECOGNISED, fact("asylum.suit_filed", date(2022, 3, 1)))
    assert plan_on(facts, date(2022, 3, 2)).standing.asylum == "final"


def test_a_recorded_finality_only_confirms_the_derived_one() -> None:
    confirmed = (*RECOGNISED, fact("asylum.final", date(2022, 3, 7)))
    assert plan_on(confirmed, date(2022, 3, 10)).standing.asylum_final_on == date(2022, 2, 25)


def test_a_rejection_ends_the_permission_to_stay_only_when_it_is_final() -> None:
    rejected = (*ARRIVAL, fact("asylum.decided", date(2022, 2, 11), outcome="rejected"))
    assert plan_on(rejected, date(2022, 2, 24)).standing.residence == "R03"
    assert plan_on(rejected, date(2022, 2, 25)).standing.residence == "R05"


def test_asylum_benefits_end_with_the_month_of_finality() -> None:
    assert plan_on(RECOGNISED, date(2022, 2, 28)).standing.benefits == ("B02",)
    assert plan_on(RECOGNISED, date(2022, 3, 1)).standing.benefits == ()


def test_a_title_before_finality_ends_asylum_benefits_with_its_month() -> None:
    facts = (*RECOGNISED, fact("asylum.suit_filed", date(2022, 2, 20)), TITLE)
    assert plan_on(facts, date(2022, 4, 30)).standing.benefits == ("B02",)
    assert plan_on(facts, date(2022, 5, 1)).standing.benefits == ()


def test_analogous_benefits_begin_after_the_months_of_the_law_of_that_day() -> None:
    assert plan_on(ARRIVAL, date(2022, 11, 9)).standing.benefits == ("B02",)
    assert plan_on(ARRIVAL, date(2022, 11, 10)).standing.benefits == ("B03",)


def test_an_application_in_time_lets_the_title_go_on_from_the_day_after_its_end() -> None:
    last, after = (plan_on((*SETTLED, APPLICATION), day).standing for day in (date(2025, 4, 19), date(2025, 4, 20)))
    assert (last.residence, last.fiction) == ("R12", "none")
    assert (after.residence, after.fiction) == ("R12", "p81_4")


def test_a_title_without_application_ends_the_day_after_its_last_day() -> None:
    assert plan_on(SETTLED, date(2025, 4, 19)).standing.residence == "R12"
    assert plan_on(SETTLED, date(2025, 4, 20)).standing.residence == "R05"


def test_a_refusal_after_expiry_ends_the_fiction_and_the_title() -> None:
    facts = (*SETTLED, APPLICATION, fact("residence.refused", date(2025, 6, 1)))
    standing = plan_on(facts, date(2025, 6, 1)).standing
    assert (standing.residence, standing.fiction) == ("R05", "none")


def test_the_place_obligation_after_recognition_lasts_three_years() -> None:
    assert plan_on(SETTLED, date(2025, 2, 11)).standing.place == "p12a_land"
    assert plan_on(SETTLED, date(2025, 2, 12)).standing.place == "none"


def test_lawful_stay_counts_from_registration_once_recognised() -> None:
    assert plan_on(SETTLED, date(2022, 5, 1)).standing.lawful_since == date(2021, 5, 11)


def test_lawful_stay_without_recognition_counts_from_the_title_only() -> None:
    facts = (*ARRIVAL, fact("residence.title_issued", date(2022, 4, 20), state="R14", valid_until=date(2023, 4, 19)))
    assert plan_on(facts, date(2022, 5, 1)).standing.lawful_since == date(2022, 4, 20)


def test_work_that_secures_the_livelihood_counts_as_self_sufficient_until_it_ends() -> None:
    work = (
        *SETTLED,
        fact("work.started", date(2023, 3, 1), hours_per_week=39, livelihood_secured=True),
        fact("work.ended", date(2023, 9, 30)),
    )
    assert plan_on(work, date(2023, 9, 30)).standing.benefits == ("B13",)
    assert plan_on(work, date(2023, 10, 1)).standing.benefits == ()


def test_naturalisation_closes_the_case() -> None:
    facts = (*SETTLED, fact("naturalisation.certificate_handed_over", date(2024, 12, 2)))
    plan = plan_on(facts, date(2024, 12, 2))
    assert (plan.standing.residence, plan.standing.kim, plan.may_end) == ("R35", "closed", True)
    assert plan.look_again_at is None


def test_without_the_consent_to_case_management_the_case_waits() -> None:
    facts = (*IN_CARE, fact("consent.revoked", date(2022, 2, 16), consent="k1"))
    assert plan_on(facts, date(2022, 2, 15)).standing.kim == "active"
    assert plan_on(facts, date(2022, 2, 16)).standing.kim == "waiting_consent"


@pytest.mark.parametrize(
    ("recorded", "seen"), [(date(2022, 2, 20), "R03"), (date(2022, 2, 12), "R10"), (date(2022, 2, 11), "R10")]
)
def test_a_fact_counts_from_its_day_but_is_seen_only_when_recorded(recorded: date, seen: str) -> None:
    late = Fact(DECISION.id, DECISION.kind, DECISION.on, recorded, DECISION.data)
    assert plan_on((*ARRIVAL, late), date(2022, 2, 15)).standing.residence == seen


def test_dates_in_data_may_be_iso_texts_as_the_records_keep_them() -> None:
    as_text = Fact("t", "residence.title_issued", TITLE.on, TITLE.on, {"state": "R12", "valid_until": "2025-04-19"})
    facts = (*IN_CARE, SGB_II, as_text)
    assert plan_on(facts, date(2023, 1, 1)).standing.title_valid_until == date(2025, 4, 19)
