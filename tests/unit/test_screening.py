"""The screening of a case: tolerance, stage 3 by decision, a person's decision, priority, agreement, impulses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from process_models.applied import carry_out
from process_models.case import Case
from process_models.catalogue import Catalogue, catalogue
from process_models.configuration import TargetGroupRule
from process_models.facts import Fact, Person
from process_models.messages import OpenTask, RaiseImpulse
from process_models.plan import Eligibility
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from process_models.rules import Release
from process_models.target_group import next_screening, screen
from tests.unit.recognised import at, rest

LAW = catalogue()
NEUSS = "rhein-kreis-neuss"
DAY = date(2023, 5, 2)


def changed(municipality: str, **update: object) -> Catalogue:
    config = LAW.municipality(municipality).model_copy(update=update)
    return replace(LAW, municipalities={**LAW.municipalities, municipality: config})


def fact(id_: str, kind: str, on: date, **data: object) -> Fact:
    return Fact(id_, kind, on, on, {name.rstrip("_"): value for name, value in data.items()})


def case_of(born: date, *facts: Fact, municipality: str = NEUSS) -> Case:
    place = LAW.municipality(municipality).places[0]
    arrival = fact("a", "person.entered", date(2022, 1, 10))
    title = fact("t", "residence.title_issued", date(2022, 4, 4), state="R25", valid_until=date(2024, 3, 4))
    return Case("p1", municipality, place, Person(born, "UA"), (arrival, title, *facts))


def screened(case: Case, day: date = DAY, law: Catalogue = LAW) -> Eligibility:
    found = make_plan(case, at(day), law).eligibility
    assert found is not None
    return found


# ---------------------------------------------------------------- configuration


def test_the_tolerance_widens_only_the_ages_that_are_meant_roughly() -> None:
    tolerant = changed(NEUSS, age_tolerance_years=2)
    for born, rule in ((date(1986, 1, 1), "N4"), (date(1985, 1, 1), "N5"), (date(2006, 1, 1), "N4")):
        assert screen(tolerant, NEUSS, born, "OTHER", DAY).rule == rule
    assert screen(LAW, NEUSS, date(1986, 1, 1), "OTHER", DAY).rule == "N5"
    assert screen(tolerant, NEUSS, date(1994, 6, 1), "GD", date(2022, 5, 31)).rule == "N1"


def test_with_a_tolerance_the_next_screening_is_asked_on_the_wider_birthday() -> None:
    born = date(1987, 5, 1)
    assert next_screening(LAW.municipality(NEUSS), born, date(2023, 1, 2)) == date(2023, 5, 1)
    tolerant = changed(NEUSS, age_tolerance_years=1).municipality(NEUSS)
    assert date(2024, 5, 1) in {next_screening(tolerant, born, date(2023, 5, 1))}


def test_stage_three_decides_nothing_before_its_decision_and_then_goes_before_the_persons_decision() -> None:
    born = date(1980, 1, 1)
    assert screen(LAW, NEUSS, born, "OTHER", DAY).rule == "N5"
    table = LAW.municipality(NEUSS).target_group
    draft = next(line for line in table if line.code == "N7")
    assert draft.release.state == "draft"
    assert draft.release.banner
    decided = {
        "release": Release(state="released", by="Lenkungsgruppe", on=date(2023, 4, 19)),
        "valid_from": date(2023, 6, 1),
        "age_from": 36,
        "age_to": 45,
    }
    lines: tuple[TargetGroupRule, ...] = tuple(
        line.model_copy(update=decided) if line.code == "N7" else line for line in table
    )
    law = changed(NEUSS, target_group=lines)
    assert screen(law, NEUSS, born, "OTHER", date(2023, 5, 31)).rule == "N5"
    assert screen(law, NEUSS, born, "OTHER", date(2023, 6, 1)).rule == "N7"
    assert next_screening(law.municipality(NEUSS), born, date(2023, 5, 2)) == date(2023, 6, 1)


# ---------------------------------------------------------------- a person decides


BY_HAND = fact("h", "kim.screened", date(2023, 3, 6), result="eligible", reason="Begründung")


def test_a_person_replaces_the_answer_of_the_line_that_leaves_it_to_them() -> None:
    found = screened(case_of(date(1980, 1, 1), BY_HAND))
    assert (found.result, found.rule, found.by_hand) == ("eligible", "N5", True)


def test_what_the_municipality_does_not_leave_to_a_person_stays() -> None:
    young = case_of(date(2010, 1, 1), BY_HAND)
    assert (screened(young).result, screened(young).by_hand) == ("not_eligible", False)
    open_to_it = changed(NEUSS, override=("manual", "not_eligible"))
    assert screened(young, law=open_to_it).by_hand


def test_the_decision_of_a_person_ends_with_the_line_that_it_replaced() -> None:
    turning = case_of(date(1987, 5, 2), BY_HAND)  # N4 when decided, N5 from the 36th birthday on
    assert (screened(turning).result, screened(turning).by_hand) == ("manual", False)


# ---------------------------------------------------------------- priority, agreement, impulses


def referral(**data: object) -> Fact:
    told: dict[str, object] = {"by": "mbe", "wants": True, "criteria": [], **data}
    return fact("r", "kim.referred", date(2023, 3, 6), **told)


@pytest.mark.parametrize(
    ("managed", "priority", "agreed"),
    [
        ({"case_management": "none"}, True, ()),
        ({"case_management": "jobcenter"}, False, ("jobcenter",)),
        ({}, False, ()),
    ],
)
def test_who_fled_and_has_nobody_goes_first_and_who_has_somebody_is_agreed_about(
    managed: dict[str, object], priority: bool, agreed: tuple[str, ...]
) -> None:
    found = screened(case_of(date(1990, 1, 1), referral(**managed)))
    assert (found.rule, found.priority, found.coordinate_with) == ("N4", priority, agreed)


def test_the_task_to_agree_is_opened_once_and_closes_when_nobody_has_to_agree_any_more() -> None:
    case, done = rest(case_of(date(1990, 1, 1), referral(case_management="mbe")), at(DAY))
    assert [a.key for a in done if isinstance(a, OpenTask)] == ["coordinate:mbe"]
    assert rest(case, at(DAY, 13))[1] == []


BARRIER = referral(criteria=["M1", "M4"])


def test_a_barrier_of_the_system_is_one_impulse_about_an_interface() -> None:
    case, done = rest(case_of(date(1990, 1, 1), BARRIER, municipality="muenster"), at(DAY))
    raised = [action for action in done if isinstance(action, RaiseImpulse)]
    assert [(a.code, a.body, a.from_kind, a.to_kind) for a in raised] == [("M4", "verfahren", "mbe", "ki")]
    assert case.work.agenda == {"verfahren:M4"}
    assert rest(case, at(date(2023, 6, 1)))[1] == []


def test_no_impulse_comes_from_a_municipality_without_it_or_from_somebody_who_declines() -> None:
    elsewhere = case_of(date(1990, 1, 1), BARRIER)
    declines = case_of(date(1990, 1, 1), referral(criteria=["M4"], wants=False), municipality="muenster")
    for case in (elsewhere, declines):
        plan = make_plan(case, at(DAY), LAW)
        assert not [a for a in reconcile(case, plan, at(DAY), LAW) if isinstance(a, RaiseImpulse)]


def test_an_impulse_carried_out_twice_is_one() -> None:
    case = case_of(date(1990, 1, 1), BARRIER, municipality="muenster")
    impulse = RaiseImpulse(code="M4", from_kind="mbe", to_kind="ki", on=DAY)
    once, drafts = carry_out(case, impulse, LAW)
    twice, again = carry_out(once, impulse, LAW)
    assert (len(drafts), again, twice) == (1, (), once)
