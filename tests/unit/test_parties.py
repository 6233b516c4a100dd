"""Who hands over and who receives: the pension age by year of birth, what was found out, the decision of a person."""

from __future__ import annotations

from datetime import date

import pytest

from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.parties import pension_from
from process_models.plan import PlannedHandover
from tests.unit.recognised import ARRIVAL, case_of, fact, plan_on

LAW = catalogue()
TODAY = date(2024, 6, 3)
DECIDED = fact("asylum.decided", TODAY, outcome="refugee")


@pytest.mark.parametrize(
    ("born", "first_day"),
    [
        (date(1955, 2, 11), date(2020, 12, 1)),  # 65 years and 9 months, the month runs out
        (date(1946, 12, 31), date(2012, 1, 1)),  # before the first cohort: 65 years
        (date(1947, 1, 1), date(2012, 3, 1)),
        (date(1958, 1, 31), date(2024, 2, 1)),  # 66 years
        (date(1963, 12, 15), date(2030, 11, 1)),
        (date(1964, 1, 1), date(2031, 2, 1)),  # 67 years for all later ones
        (date(1990, 5, 31), date(2057, 6, 1)),
    ],
)
def test_the_age_limit_follows_the_year_of_birth_and_is_reached_when_the_month_has_passed(
    born: date, first_day: date
) -> None:
    assert pension_from(born, "pension.age", TODAY, LAW) == first_day


def h01(*facts: Fact) -> PlannedHandover:
    plan = plan_on((*ARRIVAL, DECIDED, *facts), TODAY)
    return next(handover for handover in plan.handovers if handover.code == "H01")


def found(able: str, on: date = TODAY, id_: str = "c1") -> Fact:
    return fact("work.capacity_found", on, id_=id_, able=able)


def test_somebody_of_working_age_goes_to_the_jobcenter() -> None:
    assert (h01().to_kind, h01().receiver_unclear) == ("jobcenter", False)


def test_somebody_unable_to_work_goes_to_the_sozialamt_and_the_latest_finding_counts() -> None:
    assert h01(found("unable")).to_kind == "sozialamt"
    assert h01(found("unable", date(2024, 5, 2)), found("able", date(2024, 6, 1), "c2")).to_kind == "jobcenter"


def test_an_unclear_finding_lets_nothing_leave_until_a_person_has_chosen() -> None:
    unclear = h01(found("unclear"))
    assert (unclear.receiver_unclear, unclear.allowed) == (True, False)
    chosen = fact("handover.receiver_chosen", TODAY, handover="H01", receiver="sozialamt", reason="Gutachten")
    assert (h01(found("unclear"), chosen).to_kind, h01(found("unclear"), chosen).receiver_unclear) == (
        "sozialamt",
        False,
    )


def test_a_choice_made_for_another_handover_or_before_the_trigger_does_not_count() -> None:
    other = fact("handover.receiver_chosen", TODAY, handover="H04", receiver="sozialamt", reason="Gutachten")
    earlier = fact("handover.receiver_chosen", date(2024, 5, 2), handover="H01", receiver="sozialamt", reason="alt")
    assert h01(other).to_kind == h01(earlier).to_kind == "jobcenter"


def test_the_sender_is_the_agency_that_pays_on_the_day_of_the_trigger() -> None:
    training = fact("training.contract_signed", date(2022, 6, 13), starts=date(2022, 9, 1), until=date(2025, 8, 31))
    money = fact("benefits.granted", date(2022, 3, 18), regime="B05", from_=date(2022, 3, 1), until=date(2023, 2, 28))
    title = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))
    decided = fact("asylum.decided", date(2022, 2, 11), outcome="refugee")
    plan = plan_on((*ARRIVAL, decided, money, title, training), date(2022, 6, 13))
    assert [h.from_kind for h in plan.handovers if h.code == "H06"] == ["jobcenter"]
    assert case_of(ARRIVAL).work.handovers == ()
