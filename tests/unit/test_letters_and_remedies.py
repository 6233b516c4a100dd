"""What depends on a letter: its instruction, its way by post, its Land; objections, and deadlines that were missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from process_models.calendars import is_legal_working_day
from process_models.catalogue import Catalogue, catalogue
from process_models.facts import Fact
from process_models.plan import PlannedDeadline
from process_models.planning import make_plan
from tests.unit.recognised import ARRIVAL, IN_CARE, at, case_of, fact, plan_on

NOTICE = fact("notice.served", date(2025, 3, 31), id_="n1", from_="abh", subject="x")
BENEFITS = fact("notice.served", date(2025, 3, 31), id_="n2", from_="jobcenter", subject="x")


def running(code: str, day: date, *facts: Fact) -> list[PlannedDeadline]:
    return [planned for planned in plan_on((*IN_CARE, *facts), day).deadlines if planned.code == code]


def days(code: str, day: date, *facts: Fact) -> list[date | None]:
    return [planned.hard for planned in running(code, day, *facts)]


def obstacle(on: date, code: str, **more: Any) -> Fact:
    return fact("deadline.obstacle_ended", on, id_=f"o{on}", deadline=code, reason="sehr privat", **more)


# ---------------------------------------------------------------- making up for a missed deadline


@pytest.mark.parametrize(
    ("code", "notice", "last_day"),
    [("F08", NOTICE, date(2025, 5, 26)), ("F09", BENEFITS, date(2025, 6, 12))],
    ids=["two weeks in the administrative courts", "a month in the social courts"],
)
def test_a_missed_deadline_may_be_made_up_for_after_the_obstacle(code: str, notice: Fact, last_day: date) -> None:
    (found,) = running(code, date(2025, 5, 12), notice, obstacle(date(2025, 5, 12), code))
    assert found.hard == last_day
    assert found.steps[0].text == "Versäumt wurde die Frist bis Mittwoch, 30.04.2025"
    assert "sehr privat" not in "".join(step.text for step in found.steps)


def test_nothing_is_made_up_for_that_was_not_missed() -> None:
    assert days("F08", date(2025, 4, 14), NOTICE, obstacle(date(2025, 4, 14), "F08")) == [date(2025, 4, 30)]
    assert days("F08", date(2025, 4, 14), obstacle(date(2025, 4, 14), "F08")) == []


def test_a_deadline_that_was_met_in_time_is_not_made_up_for() -> None:
    filed = fact("notice.suit_filed", date(2025, 4, 22), notice="n1")
    assert days("F08", date(2025, 5, 12), NOTICE, filed, obstacle(date(2025, 5, 12), "F08")) == []


@pytest.mark.parametrize(
    ("ended", "last_day"),
    [
        (date(2026, 4, 16), date(2026, 4, 30)),
        (date(2026, 4, 20), date(2026, 4, 30)),
        (date(2026, 4, 30), date(2026, 4, 30)),
        (date(2026, 5, 1), None),
    ],
)
def test_a_year_after_the_missed_day_nothing_is_made_up_for(ended: date, last_day: date | None) -> None:
    assert days("F08", ended, NOTICE, obstacle(ended, "F08")) == ([last_day] if last_day else [])


def test_the_absolute_end_rolls_too_and_is_explained() -> None:
    notice = fact("notice.served", date(2023, 4, 17), id_="n1", from_="abh", subject="x")
    (found,) = running("F08", date(2024, 5, 10), notice, obstacle(date(2024, 5, 10), "F08"))
    assert found.hard == date(2024, 5, 17)
    assert is_legal_working_day(found.hard, "NW")
    assert found.steps[-1].text == "Spätestens 1 Jahr nach dem Ende der versäumten Frist: Freitag, 17.05.2024"


def test_what_was_made_up_for_meets_it_and_the_decision_stays_final_until_a_court_says_otherwise() -> None:
    rejected = (*ARRIVAL, fact("asylum.decided", date(2022, 2, 11), outcome="rejected"))
    missed = (*rejected, obstacle(date(2022, 3, 7), "F01"))
    asked = fact("deadline.reinstatement_requested", date(2022, 3, 14), deadline="F01")
    assert [d.hard for d in plan_on(missed, date(2022, 3, 7)).deadlines if d.code == "F01"] == [date(2022, 3, 21)]
    plan = plan_on((*missed, asked), date(2022, 3, 14))
    assert not [d for d in plan.deadlines if d.code == "F01"]
    assert plan.standing.asylum == "final"


# ---------------------------------------------------------------- instructions


@pytest.mark.parametrize("instruction", ["missing", "incorrect"])
@pytest.mark.parametrize(
    ("served", "last_day"), [(date(2026, 6, 11), date(2027, 6, 11)), (date(2026, 6, 12), date(2026, 9, 14))]
)
def test_without_instruction_a_suit_in_asylum_matters_has_a_year_and_since_june_2026_three_months(
    instruction: str, served: date, last_day: date
) -> None:
    facts = (*ARRIVAL, fact("asylum.decided", served, outcome="rejected", instruction=instruction))
    plan = plan_on(facts, served)
    assert [d.hard for d in plan.deadlines if d.code == "F01"] == [last_day]
    assert plan.standing.asylum_final_on == last_day


@pytest.mark.parametrize("instruction", [None, "given"])
def test_with_instruction_the_usual_time_runs(instruction: str | None) -> None:
    data = {"instruction": instruction} if instruction else {}
    facts = (*ARRIVAL, fact("asylum.decided", date(2022, 2, 11), outcome="rejected", **data))
    assert [d.hard for d in plan_on(facts, date(2022, 2, 11)).deadlines if d.code == "F01"] == [date(2022, 2, 25)]


@pytest.mark.parametrize(("agency", "code"), [("abh", "F08"), ("ebh", "F08"), ("sozialamt", "F09")])
def test_without_instruction_a_notice_may_be_fought_for_a_year(agency: str, code: str) -> None:
    notice = fact("notice.served", date(2025, 3, 31), from_=agency, subject="x", instruction="missing")
    assert days(code, date(2025, 3, 31), notice) == [date(2026, 3, 31)]


# ---------------------------------------------------------------- what meets which


def test_an_objection_meets_the_deadline_of_its_own_notice_only() -> None:
    second = fact("notice.served", date(2025, 4, 7), id_="n3", from_="sozialamt", subject="x")
    objected = fact("notice.objected", date(2025, 4, 9), notice="n2")
    assert days("F09", date(2025, 4, 9), BENEFITS, second, objected) == [date(2025, 5, 7)]
    assert days("F09", date(2025, 4, 9), BENEFITS, second) == [date(2025, 4, 30), date(2025, 5, 7)]


def test_an_objection_that_nobody_decides_may_be_sued_for_after_three_months() -> None:
    objected = fact("notice.objected", date(2025, 4, 9), notice="n2")
    (found,) = running("F11", date(2025, 4, 9), BENEFITS, objected)
    assert found.earliest == date(2025, 7, 10)
    decided = fact("notice.served", date(2025, 6, 2), id_="n4", from_="jobcenter", subject="x")
    assert running("F11", date(2025, 6, 2), BENEFITS, objected, decided) == []


# ---------------------------------------------------------------- another Land


def test_a_suit_towards_a_court_in_bavaria_has_the_holidays_of_bavaria() -> None:
    for land, last_day in ((None, date(2027, 1, 6)), ("BY", date(2027, 1, 7)), ("BE", date(2027, 1, 6))):
        data = {"land": land} if land else {}
        facts = (*ARRIVAL, fact("asylum.decided", date(2026, 12, 23), outcome="rejected", **data))
        plan = plan_on(facts, date(2026, 12, 23))
        (found,) = (d for d in plan.deadlines if d.code == "F01")
        assert (found.hard, found.calendar) == (last_day, land or "NW")
        assert plan.standing.asylum_final_on == last_day, "finality follows the same calendar"


def test_an_agency_of_another_land_has_the_holidays_of_that_land() -> None:
    """The letter asks for papers until 6 January; the agency that sent it lies in Bavaria."""
    letter = fact("notice.served", date(2025, 12, 15), from_="wohngeldstelle", subject="x", until=date(2026, 1, 6))
    for law, last_day in ((catalogue(), date(2026, 1, 6)), (law_with_office_in("BY"), date(2026, 1, 7))):
        plan = make_plan(case_of((*IN_CARE, letter)), at(date(2025, 12, 15)), law)
        assert [d.hard for d in plan.deadlines if d.code == "F35"] == [last_day]


def law_with_office_in(land: str) -> Catalogue:
    """The law with a Wohngeldstelle in another Land."""
    town = catalogue().municipality("rhein-kreis-neuss")
    agencies = tuple(
        agency.model_copy(update={"holidays": land}) if agency.kind == "wohngeldstelle" else agency
        for agency in town.agencies
    )
    return replace(catalogue(), municipalities={town.id: town.model_copy(update={"agencies": agencies})})


# ---------------------------------------------------------------- letters by post


@pytest.mark.parametrize(
    ("posted", "arrived", "hard", "safe"),
    [
        (date(2024, 12, 30), date(2024, 12, 31), date(2025, 2, 3), None),
        (date(2024, 12, 31), date(2025, 1, 2), date(2025, 2, 3), None),
        (date(2025, 1, 2), date(2025, 1, 3), date(2025, 2, 6), None),
        (date(2025, 1, 8), date(2025, 1, 9), date(2025, 2, 12), None),
        (date(2025, 1, 8), date(2025, 1, 12), date(2025, 2, 12), None),
        (date(2025, 1, 8), date(2025, 1, 13), date(2025, 2, 13), date(2025, 2, 12)),
    ],
    ids=["third day", "law of the day of posting", "fourth day", "a Sunday stays", "on the day", "proven later"],
)
def test_a_letter_by_post_counts_from_the_day_on_which_the_law_takes_it_as_received(
    posted: date, arrived: date, hard: date, safe: date | None
) -> None:
    (found,) = running("F08", arrived, fact("notice.served", arrived, from_="abh", subject="x", posted=posted))
    assert (found.hard, found.safe) == (hard, safe)
    assert found.steps[0].text.startswith("Zur Post am ")


def test_a_day_that_an_agency_has_set_does_not_depend_on_the_post() -> None:
    letter = fact(
        "notice.served", date(2025, 1, 9), from_="abh", subject="x", until=date(2025, 2, 3), posted=date(2025, 1, 8)
    )
    assert days("F35", date(2025, 1, 9), letter) == [date(2025, 2, 3)]
