"""What an answer changes, field by field, and what a refusal of the rules says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from process_models import handover
from process_models.catalogue import catalogue
from process_models.consent import HandoverConsent
from process_models.errors import ConsentMissing, HandoverNotPossible, KimError
from process_models.rules import HandoverRule, Informed
from process_models.work import HandoverItem

DAY, LATER = date(2022, 2, 14), date(2022, 2, 18)
COVERED = HandoverConsent(allowed=True, basis="consent")
ITEM = HandoverItem("H01", DAY, "sozialamt", "jobcenter", offered_on=DAY, offers=2)


def h01() -> HandoverRule:
    rule = catalogue().handover("H01", DAY)
    assert rule is not None
    return rule


def said(error: KimError) -> tuple[str, str | None, tuple[str, ...], str]:
    return error.detail, error.field, tuple(error.allowed), error.way_out


def test_an_offer_holds_what_the_rule_says_and_its_number() -> None:
    first = HandoverItem("H01", DAY, "sozialamt", "jobcenter", offered_on=LATER)
    assert handover.offer(h01(), DAY, LATER, COVERED) == first
    assert handover.offer(h01(), DAY, LATER, COVERED, 3) == replace(first, offers=3)


def test_a_refused_offer_says_what_is_missing_and_what_to_do() -> None:
    with pytest.raises(ConsentMissing) as refused:
        handover.offer(h01(), DAY, DAY, HandoverConsent(False, "none", ("benefits", "housing")))
    assert said(refused.value) == (
        "Übergabe H01 darf nicht angeboten werden; weder Einwilligung noch Gesetz deckt: benefits, housing.",
        "handover",
        (),
        "Einwilligung einholen und als Tatsache consent.given erfassen.",
    )
    with pytest.raises(ConsentMissing, match=r"noch Gesetz deckt: –\."):
        handover.offer(h01(), DAY, DAY, HandoverConsent(False, "none"))


def test_an_answer_changes_exactly_its_own_fields() -> None:
    received = replace(ITEM, state="received", received_on=DAY)
    accepted = replace(ITEM, state="accepted", accepted_on=LATER, received_on=LATER)
    assert handover.receive(ITEM, DAY) == received
    assert handover.accept(ITEM, LATER) == accepted
    assert handover.accept(received, LATER) == replace(accepted, received_on=DAY)
    assert handover.complete(accepted, LATER) == replace(accepted, state="completed", completed_on=LATER)
    assert handover.cancel(ITEM, LATER, "trigger_gone") == replace(
        ITEM, state="cancelled", cancelled_on=LATER, detail="trigger_gone"
    )
    assert handover.refuse(ITEM, LATER, "CAPACITY", "NO_STAFF") == replace(
        ITEM, state="refused", refused_on=LATER, reason="CAPACITY", detail="NO_STAFF"
    )
    assert handover.give_reason(ITEM, "DOC_MISSING", "EAT") == replace(ITEM, reason="DOC_MISSING", detail="EAT")
    assert handover.give_reason(ITEM, "DOC_MISSING") == replace(ITEM, reason="DOC_MISSING")


def test_a_query_counts_as_receipt_with_its_own_reason_else_that_of_before_else_the_client() -> None:
    received = replace(ITEM, state="received", received_on=LATER)
    assert handover.query(ITEM, LATER) == replace(received, reason="CLIENT_OPEN")
    assert handover.query(ITEM, LATER, "DOC_MISSING") == replace(received, reason="DOC_MISSING")
    assert handover.query(replace(ITEM, reason="CAPACITY"), LATER) == replace(received, reason="CAPACITY")


def test_passing_on_is_a_fresh_offer_to_another_kind_of_agency() -> None:
    stalled = replace(ITEM, received_on=DAY, reason="CAPACITY", level="E2")
    assert handover.forward(stalled, LATER, "sozialamt") == HandoverItem(
        "H01", DAY, "sozialamt", "sozialamt", offered_on=LATER, offers=3
    )


def test_time_is_given_to_a_day_ahead_with_a_known_reason() -> None:
    assert handover.extend(ITEM, LATER, DAY, "CAPACITY") == replace(ITEM, answer_until=LATER, reason="CAPACITY")
    for until in (DAY, date(2022, 2, 13)):
        with pytest.raises(HandoverNotPossible) as refused:
            handover.extend(ITEM, until, DAY, "CAPACITY")
        assert said(refused.value)[:2] == ("Der Tag muss in der Zukunft liegen.", "until")
    with pytest.raises(HandoverNotPossible):
        handover.extend(handover.accept(ITEM, DAY), LATER, DAY, "CAPACITY")
    with pytest.raises(HandoverNotPossible):
        handover.extend(ITEM, LATER, DAY, "NO_IDEA")  # type: ignore[arg-type]


def test_an_impossible_answer_says_what_is_possible() -> None:
    accepted = handover.accept(ITEM, DAY)
    with pytest.raises(HandoverNotPossible) as again:
        handover.accept(accepted, DAY)
    way_out = "Die Übergabe neu laden und eine der möglichen Antworten wählen."
    assert said(again.value) == (
        "H01 steht auf „accepted“: „accept“ ist nicht möglich. Diese Antwort wurde bereits gegeben.",
        "answer",
        ("complete", "cancel"),
        way_out,
    )
    with pytest.raises(HandoverNotPossible) as other:
        handover.refuse(accepted, DAY, "CAPACITY")
    assert said(other.value)[0] == "H01 steht auf „accepted“: „refuse“ ist nicht möglich."


def test_an_unknown_reason_is_refused_with_those_that_exist() -> None:
    with pytest.raises(HandoverNotPossible) as refused:
        handover.give_reason(ITEM, "NO_IDEA")  # type: ignore[arg-type]
    assert said(refused.value) == ("Unbekannter Grund „NO_IDEA“.", "reason", handover.STALL_REASONS, "")


@pytest.mark.parametrize("why", handover.TAKEN_BACK_BY_RULES)
def test_what_the_rules_took_back_may_be_offered_again_and_what_a_person_took_back_may_not(why: str) -> None:
    assert handover.may_be_offered(None)
    assert handover.may_be_offered(handover.cancel(ITEM, DAY, why))
    assert not handover.may_be_offered(handover.cancel(ITEM, DAY))
    assert not handover.may_be_offered(ITEM)
    assert not handover.may_be_offered(replace(ITEM, detail=why))


def test_a_rule_is_turned_towards_another_receiver_and_left_alone_otherwise() -> None:
    assert handover.towards(h01(), "") is h01()
    assert handover.towards(h01(), "jobcenter") is h01()
    assert handover.towards(h01(), "sozialamt") == h01().model_copy(update={"to_kind": "sozialamt"})


def test_who_is_only_told_gets_these_data_and_nothing_without_consent() -> None:
    told = handover.informing(h01(), Informed(kind="abh", categories=("residence",)))
    assert (told.to_kind, told.categories, told.basis) == ("abh", ("residence",), "consent")
    assert told == h01().model_copy(update={"to_kind": "abh", "categories": ("residence",), "basis": "consent"})
