"""Who is told without having to answer: whom a handover informs, and who has to erase after a revocation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models import handover
from process_models.applied import notices_of, stands
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.messages import TellAgency
from process_models.work import OpenWork
from tests.unit.recognised import IN_CARE, SGB_II, at, case_of, rest, with_facts

OFFERED = date(2022, 2, 14)
LATER = date(2022, 2, 16)


def consent(id_: str, recipient: str, *categories: str, on: date = OFFERED) -> Fact:
    data = {"consent": id_, "purpose": "P2", "recipient": recipient, "categories": [*categories], "form": "written"}
    return Fact(id_, "consent.given", on, on, data)


def revoked(id_: str, on: date) -> Fact:
    return Fact(f"{id_}-{on}", "consent.revoked", on, on, {"consent": id_})


ABH = consent("k5", "abh", "residence", "benefits")


def tellings(case: Case, day: date) -> tuple[Case, list[tuple[str, str]]]:
    case, done = rest(case, at(day))
    return case, [(action.kind, action.recipient) for action in done if isinstance(action, TellAgency)]


def accepted(case: Case, on: date) -> Case:
    item = case.work.handover("H01")
    assert item is not None
    return replace(case, work=case.work.with_handover(handover.accept(item, on)))


def test_nobody_is_informed_without_a_consent_of_their_own() -> None:
    assert tellings(case_of(IN_CARE), OFFERED)[1] == []
    partly = consent("k5", "abh", "residence")
    assert tellings(case_of((*IN_CARE, partly)), OFFERED)[1] == []


def test_whoever_consent_covers_is_informed_once() -> None:
    case, told = tellings(case_of((*IN_CARE, ABH)), OFFERED)
    assert told == [("information", "abh")]
    assert tellings(case, LATER)[1] == []


def test_a_consent_that_comes_after_the_offer_informs_then() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    late = consent("k6", "krankenkasse", "benefits", on=LATER)
    assert tellings(with_facts(case, late), LATER)[1] == [("information", "krankenkasse")]


def test_after_a_refusal_nobody_is_informed_any_more() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    item = case.work.handover("H01")
    assert item is not None
    case = replace(case, work=case.work.with_handover(handover.refuse(item, LATER, "DOC_MISSING")))
    assert tellings(with_facts(case, ABH), LATER)[1] == []


def test_an_open_offer_is_withdrawn_and_not_also_asked_to_erase() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    case, told = tellings(with_facts(case, revoked("k2", LATER)), LATER)
    assert told == []
    assert [item.state for item in case.work.handovers] == ["cancelled"]


def test_a_receiver_who_accepted_is_asked_to_erase_once_and_stays_responsible() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    case = with_facts(accepted(case, OFFERED), revoked("k2", LATER))
    case, told = tellings(case, LATER)
    assert told == [("erasure", "jobcenter")]
    assert [item.state for item in case.work.handovers] == ["accepted"]
    assert tellings(case, date(2022, 2, 17))[1] == []


def test_a_second_consent_to_the_same_receiver_keeps_what_was_told() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    second = consent("k7", "jobcenter", "residence", "benefits", "housing")
    assert tellings(with_facts(accepted(case, OFFERED), second, revoked("k2", LATER)), LATER)[1] == []


def test_whoever_was_informed_is_asked_to_erase_again_after_a_second_revocation() -> None:
    case, _ = tellings(case_of((*IN_CARE, ABH)), OFFERED)
    case, told = tellings(with_facts(case, revoked("k5", LATER)), LATER)
    assert told == [("erasure", "abh")]
    again = (consent("k8", "abh", "residence", "benefits", on=LATER), revoked("k8", date(2022, 2, 17)))
    assert tellings(with_facts(case, *again), date(2022, 2, 17))[1] == [("erasure", "abh")]


def test_the_request_to_erase_is_made_after_the_end_of_the_path_too() -> None:
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    end, after = date(2022, 3, 21), date(2022, 3, 22)
    case, _ = tellings(with_facts(accepted(case, OFFERED), SGB_II, Fact("c", "kim.closed", end, end, {})), end)
    assert tellings(with_facts(case, revoked("k2", after)), after)[1] == [("erasure", "jobcenter")]


def test_a_late_message_about_a_handover_that_is_over_informs_nobody() -> None:
    tell = TellAgency(
        handover="H01", trigger_on=date(2022, 2, 11), number=1, kind="information", recipient="abh", on=OFFERED
    )
    case, _ = tellings(case_of(IN_CARE), OFFERED)
    assert stands(case.work, tell)
    assert not stands(accepted(case, OFFERED).work, tell.model_copy(update={"number": 2}))
    assert not stands(OpenWork(), tell)
    assert [draft.recipient for draft in notices_of("p1", tell, catalogue())] == ["abh"]
