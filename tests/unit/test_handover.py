"""The two-sided contract of a handover."""

from __future__ import annotations

from datetime import date

import pytest

from process_models import handover
from process_models.catalogue import catalogue
from process_models.consent import HandoverConsent
from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.work import HandoverItem

DAY = date(2022, 2, 14)
COVERED = HandoverConsent(allowed=True, basis="consent")


def offered() -> HandoverItem:
    rule = catalogue().handover("H01", DAY)
    assert rule is not None
    return handover.offer(rule, DAY, DAY, COVERED)


def test_an_offer_without_consent_or_statute_is_refused_and_names_what_is_missing() -> None:
    rule = catalogue().handover("H01", DAY)
    assert rule is not None
    with pytest.raises(ConsentMissing, match="benefits, housing"):
        handover.offer(rule, DAY, DAY, HandoverConsent(False, "none", ("benefits", "housing")))


def test_the_sender_stays_responsible_until_acceptance() -> None:
    item = offered()
    assert handover.responsible(None, "sozialamt", "jobcenter") == "sozialamt"
    assert handover.responsible(item, "sozialamt", "jobcenter") == "sozialamt"
    assert handover.responsible(handover.receive(item, DAY), "sozialamt", "jobcenter") == "sozialamt"
    assert handover.responsible(handover.accept(item, DAY), "sozialamt", "jobcenter") == "jobcenter"


def test_receipt_given_twice_keeps_the_first_day() -> None:
    item = handover.receive(offered(), DAY)
    assert handover.receive(item, date(2022, 2, 20)).received_on == DAY


def test_accepting_twice_is_refused_and_names_what_is_possible() -> None:
    item = handover.accept(offered(), DAY)
    with pytest.raises(HandoverNotPossible, match="bereits gegeben") as refused:
        handover.accept(item, DAY)
    assert refused.value.allowed == ("complete", "cancel")


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_nothing_can_be_answered_when_all_is_over(state: str) -> None:
    item = offered()
    over = handover.cancel(item, DAY) if state == "cancelled" else handover.complete(handover.accept(item, DAY), DAY)
    for answer in (handover.receive, handover.accept, handover.complete, handover.cancel):
        with pytest.raises(HandoverNotPossible):
            answer(over, DAY)


def test_a_refusal_needs_a_known_reason() -> None:
    with pytest.raises(HandoverNotPossible, match="Grund"):
        handover.refuse(offered(), DAY, "NO_IDEA")  # type: ignore[arg-type]
    assert handover.refuse(offered(), DAY, "CAPACITY").reason == "CAPACITY"


def test_a_query_counts_as_receipt_and_means_that_the_client_has_something_to_do() -> None:
    item = handover.query(offered(), DAY)
    assert (item.state, item.reason) == ("received", "CLIENT_OPEN")


def test_a_forwarded_handover_starts_again_at_another_agency() -> None:
    item = handover.forward(handover.receive(offered(), DAY), date(2022, 2, 16), "sozialamt")
    assert (item.state, item.to_kind, item.offered_on, item.received_on) == (
        "offered",
        "sozialamt",
        date(2022, 2, 16),
        None,
    )
