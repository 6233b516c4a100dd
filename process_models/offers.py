"""Offers: whether one is still right, whom it fits, when its owner is asked. Pure; the register lies in the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from dateutil.relativedelta import relativedelta

from process_models.configuration import Support

Standing = Literal["current", "stale", "not_yet", "over"]
"""stale: nobody has said for too long that it is still right; it is shown, and marked."""
Obstacle = Literal["not_yet", "over", "place", "language", "full"]

ASK_BEFORE: Final = timedelta(days=30)
"""The owner is asked so long before an offer becomes stale or ends."""


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What decides about an offer. Empty places or languages = no limit."""

    kind: str
    places: tuple[str, ...]
    languages: tuple[str, ...]
    confirmed_on: date
    valid_from: date | None = None
    valid_until: date | None = None
    capacity: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom an offer should fit: the place and the language of counselling, each empty if it does not matter."""

    kind: str
    place: str = ""
    language: str = ""


def standing_of(offer: OfferTerms, day: date, rules: Support) -> Standing:
    """How far an offer can be relied on. The last day counts."""
    if offer.valid_until is not None and offer.valid_until < day:
        return "over"
    if offer.valid_from is not None and offer.valid_from > day:
        return "not_yet"
    return "stale" if stale_from(offer, rules) <= day else "current"


def stale_from(offer: OfferTerms, rules: Support) -> date:
    """The first day on which the offer is marked as stale."""
    return offer.confirmed_on + relativedelta(months=rules.confirm_months)


def obstacles(offer: OfferTerms, wish: Wish, day: date) -> tuple[Obstacle, ...]:
    """Why an offer does not fit; empty = it does. An offer of another kind is none of the caller's business."""
    return tuple(_obstacles(offer, wish, day))


def _obstacles(offer: OfferTerms, wish: Wish, day: date) -> Iterable[Obstacle]:
    if offer.valid_until is not None and offer.valid_until < day:
        yield "over"
    if offer.valid_from is not None and offer.valid_from > day:
        yield "not_yet"
    if wish.place and offer.places and wish.place not in offer.places:
        yield "place"
    if wish.language and offer.languages and wish.language not in offer.languages:
        yield "language"
    if offer.free == 0:
        yield "full"


def is_asked_about(offer: OfferTerms, last_asked: date | None, day: date, rules: Support) -> bool:
    """Whether the owner is to be asked today: the offer becomes stale or ends soon, and no question is fresh."""
    if offer.valid_until is not None and offer.valid_until < day:
        return False
    ends_soon = offer.valid_until is not None and offer.valid_until - ASK_BEFORE <= day
    due = stale_from(offer, rules) - ASK_BEFORE <= day or (ends_soon and offer.confirmed_on <= _soon(offer))
    fresh = last_asked is not None and last_asked + timedelta(days=rules.ask_again_days) > day
    return due and not fresh


def _soon(offer: OfferTerms) -> date:
    return (offer.valid_until or date.max) - ASK_BEFORE
