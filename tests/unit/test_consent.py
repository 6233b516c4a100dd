"""Consent or statute: purpose, recipient, category and day must all be covered, and a revocation counts at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from process_models.catalogue import catalogue
from process_models.consent import ConsentDecision, ConsentQuestion, check_consent, check_handover, consents_of
from process_models.facts import Fact, known_on
from process_models.rules import HandoverRule

LAW = catalogue()
DAY = date(2022, 2, 14)
H01 = "H01"


def fact(kind: str, on: date = DAY, who: str = "client", **data: Any) -> Fact:
    return Fact(id=f"{kind}-{on}-{len(data)}", kind=kind, on=on, recorded=on, data=data, who=who)


def given(**data: Any) -> Fact:
    on = data.pop("on", DAY)
    who = data.pop("who", "client")
    return fact("consent.given", on, who, **{"consent": "k2", "form": "written", **data})


K1 = given(consent="k1", purpose="P1")
K2 = given(purpose="P2", recipient="jobcenter", categories=["residence", "benefits", "housing"])


def ask(
    facts: list[Fact], purpose: str = "P2", recipient: str | None = "jobcenter", category: str | None = "benefits"
) -> ConsentDecision:
    return check_consent(LAW, facts, ConsentQuestion(purpose, recipient, category, DAY))


def test_a_consent_covers_its_purpose_recipient_and_category() -> None:
    decision = ask([K1, K2])
    assert (decision.allowed, decision.basis, decision.consent_ids) == (True, "consent", ("k2",))
    assert "k2" in decision.reason


@pytest.mark.parametrize(
    ("purpose", "recipient", "category"),
    [
        ("P2", "sozialamt", "benefits"),
        ("P2", "jobcenter", "health"),
        ("P3", "jobcenter", "benefits"),
        ("P3", None, None),
        ("P2", None, "benefits"),
        ("P9", "jobcenter", "benefits"),
    ],
)
def test_a_consent_covers_nothing_else(purpose: str, recipient: str | None, category: str | None) -> None:
    decision = ask([K1, K2], purpose, recipient, category)
    assert (decision.allowed, decision.basis) == (False, "none")


def test_without_any_consent_nothing_is_allowed_and_the_reason_says_why() -> None:
    assert ask([K1]).reason == "Es gibt keine Einwilligung für diesen Zweck."
    assert ask([K2], recipient="ebh").reason == "Keine Einwilligung nennt diesen Empfänger."
    assert ask([K2], category="health").reason == "Keine Einwilligung nennt diese Daten."


def test_categories_left_out_cover_none() -> None:
    assert not ask([given(purpose="P2", recipient="jobcenter")]).allowed
    assert not ask([given(purpose="P2", recipient="jobcenter")], category=None).allowed


def test_a_handover_consent_without_recipient_covers_nobody() -> None:
    assert not ask([given(purpose="P2", categories=["benefits"])]).allowed


def test_the_named_discussion_of_a_case_needs_no_recipient() -> None:
    assert ask([given(consent="k3", purpose="P3")], "P3", None, None).allowed


def test_a_consent_does_not_count_before_it_is_given() -> None:
    assert not ask([given(purpose="P2", recipient="jobcenter", categories=["benefits"], on=date(2022, 2, 15))]).allowed


@pytest.mark.parametrize(
    ("until", "allowed"), [(DAY, True), (date(2022, 2, 13), False), ("2022-02-14", True), ("2022-02-13", False)]
)
def test_a_consent_counts_to_the_end_of_its_last_day(until: date | str, allowed: bool) -> None:
    held = given(purpose="P2", recipient="jobcenter", categories=["benefits"], until=until, on=date(2022, 1, 1))
    assert ask([held]).allowed is allowed


def test_a_revocation_counts_on_its_own_day() -> None:
    assert not ask([K2, fact("consent.revoked", consent="k2")]).allowed


def test_a_revocation_ends_only_the_consent_that_it_names() -> None:
    assert ask([K1, K2, fact("consent.revoked", consent="k1")]).allowed


def test_a_consent_given_again_after_its_revocation_counts_again() -> None:
    earlier = given(purpose="P2", recipient="jobcenter", categories=["benefits"], on=date(2022, 1, 1))
    revoked = fact("consent.revoked", date(2022, 1, 5), consent="k2")
    assert ask([revoked, K2, earlier]).allowed


def test_a_later_refusal_of_the_same_purpose_and_recipient_ends_the_consent() -> None:
    assert not ask([K2, fact("consent.refused", purpose="P2", recipient="jobcenter")]).allowed
    assert ask([K2, fact("consent.refused", purpose="P2", recipient="ebh")]).allowed


def test_a_retracted_revocation_was_never_made() -> None:
    revoked = fact("consent.revoked", consent="k2")
    taken_back = fact("fact.retracted", fact=revoked.id)
    assert ask(list(known_on([K2, revoked, taken_back], DAY))).allowed


def test_a_consent_of_the_spouse_is_not_a_consent_of_the_client() -> None:
    hers = given(purpose="P2", recipient="jobcenter", categories=["benefits"], who="wife")
    assert not ask([hers]).allowed
    question = ConsentQuestion("P2", "jobcenter", "benefits", DAY, who="wife")
    assert check_consent(LAW, [hers], question).allowed


def test_a_statute_allows_the_transfer_after_an_assignment_without_consent() -> None:
    assigned = fact("place.assigned", date(2021, 7, 6), place="meerbusch")
    decision = ask([assigned], recipient="sozialamt", category="residence")
    assert (decision.allowed, decision.basis) == (True, "statute")
    assert "§ 50 AsylG" in decision.reason


def test_the_statute_allows_nothing_before_the_assignment_and_no_other_data() -> None:
    assert not ask([], recipient="sozialamt", category="residence").allowed
    assigned = fact("place.assigned", date(2021, 7, 6), place="meerbusch")
    assert not ask([assigned], recipient="sozialamt", category="health").allowed


def test_the_valid_consents_of_a_day_are_listed_in_the_order_in_which_they_were_given() -> None:
    assert [held.id for held in consents_of([K2, K1], DAY)] == ["k2", "k1"]
    assert consents_of([K2, K1], date(2022, 2, 13)) == ()


def test_a_handover_may_leave_when_every_category_is_covered() -> None:
    rule = LAW.handover(H01, DAY)
    assert rule is not None
    answer = check_handover(LAW, [K2], rule, DAY)
    assert (answer.allowed, answer.basis, answer.missing, answer.consent_ids) == (True, "consent", (), ("k2",))


def test_several_consents_may_cover_a_handover_together() -> None:
    rule = LAW.handover(H01, DAY)
    assert rule is not None
    one = given(consent="ka", purpose="P2", recipient="jobcenter", categories=["residence"])
    other = given(consent="kb", purpose="P2", recipient="jobcenter", categories=["benefits", "housing"])
    assert check_handover(LAW, [one, other], rule, DAY).consent_ids == ("ka", "kb")


def test_a_handover_names_the_categories_that_nobody_consented_to() -> None:
    rule = LAW.handover(H01, DAY)
    assert rule is not None
    partly = given(purpose="P2", recipient="jobcenter", categories=["benefits"])
    answer = check_handover(LAW, [partly], rule, DAY)
    assert (answer.allowed, answer.basis, answer.missing) == (False, "none", ("residence", "housing"))


ASSIGNED = fact("place.assigned", date(2021, 7, 6), place="meerbusch")


def by_statute(**changes: Any) -> HandoverRule:
    rule = LAW.handover("H02", DAY)
    assert rule is not None
    return rule.model_copy(update=changes)


def test_a_handover_by_statute_needs_no_consent() -> None:
    answer = check_handover(LAW, [ASSIGNED], by_statute(), DAY)
    assert (answer.allowed, answer.basis, answer.consent_ids) == (True, "statute", ())


def test_a_statute_allows_nothing_before_the_facts_that_it_asks_for() -> None:
    other = fact("place.assigned", date(2021, 7, 6), who="wife", place="meerbusch")
    for facts in ([], [other], [fact("place.assigned", date(2022, 3, 1), place="meerbusch")]):
        answer = check_handover(LAW, facts, by_statute(), DAY)
        assert (answer.allowed, answer.basis, answer.missing) == (False, "none", ("identity", "residence"))


def test_a_statute_that_does_not_name_the_receiver_or_the_data_lets_nothing_leave() -> None:
    assert not check_handover(LAW, [ASSIGNED], by_statute(to_kind="jobcenter"), DAY).allowed
    answer = check_handover(LAW, [ASSIGNED], by_statute(categories=("identity", "health")), DAY)
    assert (answer.allowed, answer.missing) == (False, ("health",))


def test_a_consent_may_cover_what_the_statute_leaves_out() -> None:
    given_for_it = given(purpose="P2", recipient="jobcenter", categories=["identity", "residence"])
    answer = check_handover(LAW, [ASSIGNED, given_for_it], by_statute(to_kind="jobcenter"), DAY)
    assert (answer.allowed, answer.basis, answer.consent_ids) == (True, "consent", ("k2",))


def test_a_revocable_consent_does_not_stand_in_for_the_statute() -> None:
    also = given(purpose="P2", recipient="sozialamt", categories=["identity", "residence"])
    assert check_handover(LAW, [ASSIGNED, also], by_statute(), DAY).basis == "statute"


@pytest.mark.parametrize("changes", [{"basis": "none"}, {"categories": ()}, {"basis": "consent", "categories": ()}])
def test_a_handover_without_basis_or_categories_never_leaves(changes: dict[str, Any]) -> None:
    assert not check_handover(LAW, [ASSIGNED, K2], by_statute(**changes), DAY).allowed
