"""Offers: relied on while somebody confirms them, fitting or not for reasons, their owners asked in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.configuration import Support
from process_models.offers import OfferTerms, Wish, is_asked_about, obstacles, stale_from, standing_of

DAY = date(2026, 11, 2)
RULES = Support()
OFFER = OfferTerms("language", ("neuss",), ("ar", "uk"), confirmed_on=DAY)
days = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def test_an_offer_is_stale_after_the_months_of_the_configuration_and_not_a_day_before() -> None:
    first = stale_from(OFFER, RULES)
    assert first == date(2027, 5, 2)
    assert standing_of(OFFER, first - timedelta(days=1), RULES) == "current"
    assert standing_of(OFFER, first, RULES) == "stale"


def test_the_last_day_of_an_offer_counts() -> None:
    ending = replace(OFFER, valid_from=DAY, valid_until=DAY)
    assert standing_of(ending, DAY - timedelta(days=1), RULES) == "not_yet"
    assert standing_of(ending, DAY, RULES) == "current"
    assert standing_of(ending, DAY + timedelta(days=1), RULES) == "over"


@pytest.mark.parametrize(
    ("offer", "wish", "expected"),
    [
        (OFFER, Wish("language", "neuss", "ar"), ()),
        (OFFER, Wish("language"), ()),
        (OFFER, Wish("language", "kaarst", "fa"), ("place", "language")),
        (replace(OFFER, places=(), languages=()), Wish("language", "kaarst", "fa"), ()),
        (replace(OFFER, free=0), Wish("language", "neuss"), ("full",)),
        (replace(OFFER, valid_until=DAY - timedelta(days=1)), Wish("language"), ("over",)),
    ],
)
def test_why_an_offer_does_not_fit_is_said(offer: OfferTerms, wish: Wish, expected: tuple[str, ...]) -> None:
    assert obstacles(offer, wish, DAY) == expected


def test_the_owner_is_asked_a_month_before_and_again_when_nobody_answers() -> None:
    due = stale_from(OFFER, RULES) - timedelta(days=30)
    assert not is_asked_about(OFFER, None, due - timedelta(days=1), RULES)
    assert is_asked_about(OFFER, None, due, RULES)
    assert not is_asked_about(OFFER, due, due + timedelta(days=20), RULES)
    assert is_asked_about(OFFER, due, due + timedelta(days=21), RULES)


def test_an_offer_that_ends_soon_is_asked_about_once_its_owner_may_know_what_follows() -> None:
    ending = replace(OFFER, confirmed_on=DAY - timedelta(days=60), valid_until=DAY + timedelta(days=30))
    assert is_asked_about(ending, None, DAY, RULES)
    assert not is_asked_about(ending, None, DAY - timedelta(days=1), RULES)
    assert not is_asked_about(
        replace(ending, confirmed_on=DAY + timedelta(days=1)), None, DAY + timedelta(days=2), RULES
    )


@given(days, st.one_of(st.none(), days), days)
def test_nobody_is_asked_about_what_is_over_and_nothing_becomes_stale_unasked(
    confirmed: date, until: date | None, day: date
) -> None:
    offer = replace(OFFER, confirmed_on=confirmed, valid_until=until)
    standing = standing_of(offer, day, RULES)
    if standing == "over":
        assert not is_asked_about(offer, None, day, RULES)
    if standing == "stale":
        assert is_asked_about(offer, None, day, RULES)
