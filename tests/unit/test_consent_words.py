"""Every part of a decision about consent: who is asked, for whom, on which basis, and what it says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from process_models.consent import (
    Consent,
    ConsentDecision,
    ConsentQuestion,
    HandoverConsent,
    check_consent,
    check_handover,
    consents_of,
    revoked_on,
)
from process_models.rules import HandoverRule
from tests.unit.test_consent import DAY, K1, K2, LAW, ask, fact, given

NEXT = DAY + timedelta(days=1)


def h01(**other: object) -> HandoverRule:
    rule = LAW.handover("H01", DAY)
    assert rule is not None
    return rule.model_copy(update=other)


def h12() -> HandoverRule:
    return next(rule for rule in LAW.handovers if rule.basis == "statute" and rule.holds_on(DAY) and rule.categories)


def test_a_consent_is_kept_as_it_was_given() -> None:
    [kept] = consents_of([given(purpose="P2", recipient="jobcenter", categories=["work"], until=NEXT)], DAY)
    assert kept == Consent("k2", "client", "P2", "jobcenter", frozenset({"work"}), DAY, NEXT, "written")
    [bare] = consents_of([fact("consent.given", consent="k", purpose="P1")], DAY)
    assert (bare.form, bare.categories, bare.until, bare.given_by) == ("", frozenset(), None, None)


def test_the_last_day_of_a_consent_counts_and_the_next_does_not() -> None:
    until_today = given(purpose="P1", until=DAY)
    assert len(consents_of([until_today], DAY)) == 1
    assert consents_of([until_today], NEXT) == ()


def test_a_revocation_of_what_was_never_given_changes_nothing() -> None:
    assert len(consents_of([K1, fact("consent.revoked", NEXT, consent="unknown")], NEXT)) == 1


def test_given_and_revoked_on_one_day_is_revoked_in_whatever_order_it_was_written_down() -> None:
    revoked = fact("consent.revoked", DAY, consent="k1")
    assert consents_of([revoked, K1], DAY) == consents_of([K1, revoked], DAY) == ()


def test_a_refusal_ends_consents_of_the_same_person_and_purpose_alone() -> None:
    wife = given(consent="k9", purpose="P2", recipient="jobcenter", categories=["work"], who="wife")
    refusal = fact("consent.refused", NEXT, purpose="P2", recipient="jobcenter")
    assert {held.id for held in consents_of([K1, K2, wife, refusal], NEXT)} == {"k1", "k9"}


def test_two_consents_that_cover_are_both_named() -> None:
    second = given(consent="k3", purpose="P2", recipient="jobcenter", categories=["benefits"])
    decision = ask([K2, second])
    assert decision.consent_ids == ("k2", "k3")
    assert "k2, k3" in decision.reason


def test_a_purpose_without_recipient_covers_everybody_or_the_one_it_names() -> None:
    asked = ConsentQuestion("P1", "jobcenter", None, DAY)
    assert check_consent(LAW, [K1], asked).allowed
    named = given(consent="k1", purpose="P1", recipient="jobcenter")
    assert check_consent(LAW, [named], asked).allowed
    assert check_consent(LAW, [named], ConsentQuestion("P1", None, None, DAY)).allowed
    assert not check_consent(LAW, [named], ConsentQuestion("P1", "sozialamt", None, DAY)).allowed


def test_a_purpose_that_the_law_does_not_know_asks_for_recipient_and_category() -> None:
    strange = given(consent="k7", purpose="P9", recipient=None, categories=[])
    assert not check_consent(LAW, [strange], ConsentQuestion("P9", None, None, DAY)).allowed
    without_category = given(consent="k7", purpose="P9", recipient="jobcenter", categories=[])
    assert not check_consent(LAW, [without_category], ConsentQuestion("P9", "jobcenter", None, DAY)).allowed


def test_what_is_not_covered_rests_on_nothing() -> None:
    decision = ask([])
    assert (decision.allowed, decision.basis, decision.consent_ids) == (False, "none", ())


@pytest.mark.parametrize("change", [{"basis": "none"}, {"categories": ()}])
def test_a_rule_without_basis_or_categories_lets_nothing_leave(change: dict[str, object]) -> None:
    rule = h01(**change)
    assert check_handover(LAW, [K1, K2], rule, DAY) == HandoverConsent(False, "none", rule.categories)


def test_a_handover_on_consent_names_the_consents_it_rests_on_or_what_is_missing() -> None:
    assert check_handover(LAW, [K1, K2], h01(), DAY) == HandoverConsent(True, "consent", (), ("k2",))
    partly = given(purpose="P2", recipient="jobcenter", categories=["residence"])
    assert check_handover(LAW, [partly], h01(), DAY) == HandoverConsent(False, "none", ("benefits", "housing"), ("k2",))


def test_where_a_rule_asks_for_consent_a_statute_does_not_help() -> None:
    rule = h12()
    facts = [fact(need.fact) for basis in LAW.statutory_bases for need in basis.needs]
    assert check_handover(LAW, facts, rule, DAY).basis == "statute"
    assert check_handover(LAW, facts, rule.model_copy(update={"basis": "consent"}), DAY) == HandoverConsent(
        False, "none", rule.categories
    )


def test_a_statute_counts_from_the_day_of_its_facts_and_says_which_it_is() -> None:
    rule = h12()
    question = ConsentQuestion(rule.purpose, rule.to_kind, rule.categories[0], DAY)
    today = [fact(need.fact, DAY) for basis in LAW.statutory_bases for need in basis.needs]
    decision = check_consent(LAW, today, question)
    assert (decision.allowed, decision.basis, decision.consent_ids) == (True, "statute", ())
    assert any(basis.statute in decision.reason for basis in LAW.statutory_bases)


def test_a_decision_without_more_has_no_consents_and_no_words() -> None:
    assert ConsentDecision(False, "none") == ConsentDecision(False, "none", (), "")


def test_what_was_not_given_by_the_day_does_not_count() -> None:
    later = given(on=date(2022, 3, 1), purpose="P2", recipient="jobcenter", categories=["benefits"])
    assert consents_of([later], date(2022, 3, 1))
    assert not check_consent(LAW, [], ConsentQuestion("P2", "jobcenter", "benefits", DAY)).allowed


def test_the_day_on_which_a_consent_to_this_receiver_ended_is_the_latest_one_up_to_today() -> None:
    revoked = fact("consent.revoked", NEXT, consent="k2")
    refused = fact("consent.refused", date(2022, 3, 1), purpose="P2", recipient="jobcenter")
    ended = [K1, K2, revoked, refused]
    assert revoked_on(ended, "P2", "jobcenter", DAY) is None
    assert revoked_on(ended, "P2", "jobcenter", NEXT) == NEXT
    assert revoked_on(ended, "P2", "jobcenter", date(2022, 3, 1)) == date(2022, 3, 1)
    assert revoked_on(ended, "P2", "sozialamt", date(2022, 3, 1)) is None
    assert revoked_on(ended, "P3", "jobcenter", date(2022, 3, 1)) is None
    assert revoked_on([refused], "P2", "jobcenter", date(2022, 3, 1)) is None


def test_a_revocation_ends_only_what_it_names_and_a_consent_to_everybody_names_everybody() -> None:
    to_all = given(consent="k5", purpose="P4")
    other = fact("consent.revoked", NEXT, consent="k1")
    assert revoked_on([K1, to_all, other], "P4", "jobcenter", NEXT) is None
    assert revoked_on([to_all, fact("consent.revoked", NEXT, consent="k5")], "P4", "jobcenter", NEXT) == NEXT
    refused_to_all = fact("consent.refused", NEXT, purpose="P4")
    assert revoked_on([to_all, refused_to_all], "P4", "jobcenter", NEXT) == NEXT


def test_a_statute_does_not_cover_what_only_consent_may_and_consent_fills_what_a_statute_leaves_out() -> None:
    rule = h12()
    stranger = rule.model_copy(update={"to_kind": "kurstraeger"})
    facts = [fact(need.fact) for basis in LAW.statutory_bases for need in basis.needs]
    assert check_handover(LAW, facts, stranger, DAY) == HandoverConsent(False, "none", rule.categories)
    filled = given(purpose=rule.purpose, recipient="kurstraeger", categories=list(rule.categories))
    assert check_handover(LAW, [*facts, filled], stranger, DAY) == HandoverConsent(True, "consent", (), ("k2",))
    assert check_handover(LAW, facts, rule, DAY) == HandoverConsent(True, "statute")
