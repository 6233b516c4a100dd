"""What follows from a revocation, told beforehand: offers, requests to erase, what goes on, open dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models import handover
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.revocation import Concerned, Consequences, consequences_of
from process_models.settling import settle
from tests.unit.recognised import ARRIVAL, CASE_CONSENT, IN_CARE, at, case_of, fact

OFFERED = date(2022, 2, 14)
LATER = date(2022, 2, 16)


def open_case(*facts: Fact) -> Case:
    return settle(case_of((*IN_CARE, *facts)), at(OFFERED), catalogue()).case


def foreseen(case: Case, consent: str) -> Consequences:
    return consequences_of(case, consent, at(LATER), catalogue())


def test_the_offer_ends_and_its_date_is_handed_over_while_case_management_goes_on() -> None:
    found = foreseen(open_case(), "k2")
    assert found.taken_back == (Concerned("H01", "jobcenter"),)
    assert found.deadlines == (("H01", date(2022, 3, 31)),)
    assert (found.asked_to_erase, found.goes_on, found.case_management_stops) == ((), (), False)


def test_what_was_accepted_goes_on_and_its_receiver_is_asked_to_erase() -> None:
    case = open_case()
    item = case.work.handover("H01")
    assert item is not None
    case = replace(case, work=case.work.with_handover(handover.accept(item, OFFERED)))
    found = foreseen(case, "k2")
    assert (found.taken_back, found.asked_to_erase) == ((), (Concerned("H01", "jobcenter"),))
    assert found.goes_on == (Concerned("H01", "jobcenter"),)


def test_without_its_own_consent_case_management_stops_and_every_open_date_is_handed_over() -> None:
    found = foreseen(open_case(), "k1")
    assert found.case_management_stops
    assert found.taken_back == (Concerned("H01", "jobcenter"),)
    assert {code for code, _ in found.deadlines} == {"F01", "F17", "F32"}


def test_what_rests_on_a_statute_goes_on() -> None:
    early = (
        replace(CASE_CONSENT, on=date(2021, 6, 1), recorded=date(2021, 6, 1)),
        fact("kim.opened", date(2021, 6, 1)),
    )
    case = settle(case_of((*ARRIVAL, *early)), at(date(2021, 7, 6)), catalogue()).case
    found = consequences_of(case, "k1", at(date(2021, 7, 7)), catalogue())
    assert found.goes_on == (Concerned("H02", "sozialamt"), Concerned("H02b", "abh"))
    assert found.taken_back == ()


def test_foreseeing_changes_nothing_and_an_unknown_consent_has_no_consequences() -> None:
    case = open_case()
    foreseen(case, "k2")
    assert case == open_case()
    found = foreseen(case, "k77")
    assert (found.taken_back, found.deadlines, found.case_management_stops) == ((), (), False)
