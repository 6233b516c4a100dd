"""The register of offers: added, corrected, confirmed, ended by the office, or by the owner through the link of a mail.

Whether an offer fits somebody says `process_models.offers`. Nothing here is about a person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from api.acts.writing import Sent, Writing, keep_sent, sent_before
from api.errors import NoSuchOffer
from api.problems import WrongAt, place_of, sentence_of
from api.schemas import Request, Slug
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid
from process_models.look_again import day_at
from process_models.need_rules import NeedKind
from process_models.rules import Municipality
from store import audit
from store.links import hash_token
from store.need_tables import Offer
from store.offers import add_offer, confirm_offer, correct_offer, find_offer, find_upkeep
from store.tenants import get_tenant

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, StringConstraints(max_length=1000)]
Web = Annotated[str, StringConstraints(max_length=300, pattern=r"^(https://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+)?$")]


class OfferTermsIn(Request):
    """What its owner says about an offer. Contact is an office, never a person."""

    title: Annotated[Line, StringConstraints(min_length=3)]
    target_group: Line = ""
    places: tuple[Slug, ...] = ()
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], ...] = ()
    capacity: Annotated[int, Field(ge=1, le=100_000)] | None = None
    free: Annotated[int, Field(ge=0, le=100_000)] | None = None
    access: Text = ""
    cost: Line = ""
    contact: Line = ""
    link: Web = ""
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> OfferTermsIn:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise WrongAt("Der letzte Tag liegt vor dem ersten.", "valid_until")
        if self.capacity is not None and self.free is not None and self.free > self.capacity:
            raise WrongAt("Es können nicht mehr Plätze frei sein, als es gibt.", "free")
        return self


class OfferIn(OfferTermsIn):
    """An offer as the office writes it into the register."""

    kind: Slug
    agency: Slug


class OfferReceipt(BaseModel):
    """What was written about an offer."""

    id: str
    version: int


OfferAct = Callable[[Writing], Awaitable[OfferReceipt]]


@dataclass(frozen=True, slots=True)
class UpkeepSeen:
    """What the owner of an offer sees behind the link of the mail."""

    offer: Offer
    kind: NeedKind | None
    agency: str
    place_options: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    """Codes of those of the municipality."""
    place_words: str
    until: date
    """The last day of the link."""


def put_into_register(wanted: OfferIn) -> OfferAct:
    """The act that adds an offer. Errors: FactInvalid for an unknown kind, agency or place."""

    async def act(writing: Writing) -> OfferReceipt:
        check_offer(writing.catalogue, _config(writing), wanted, kind=wanted.kind, agency=wanted.agency)
        today = day_at(writing.wall)
        row = await add_offer(writing.session, writing.tenant.id, _columns(wanted), today, writing.wall)
        return await _done(writing, "offer.added", row)

    return act


def correct(offer_id: str, wanted: OfferIn) -> OfferAct:
    """The act that corrects an offer, which confirms it. Errors: NoSuchOffer, FactInvalid."""

    async def act(writing: Writing) -> OfferReceipt:
        row = await _offer(writing, offer_id)
        check_offer(writing.catalogue, _config(writing), wanted, kind=wanted.kind, agency=wanted.agency)
        await correct_offer(writing.session, row, _columns(wanted), day_at(writing.wall))
        return await _done(writing, "offer.corrected", row)

    return act


def confirm(offer_id: str) -> OfferAct:
    """The act that notes that an offer is right as it stands. Errors: NoSuchOffer."""

    async def act(writing: Writing) -> OfferReceipt:
        row = await _offer(writing, offer_id)
        await confirm_offer(writing.session, row, day_at(writing.wall))
        return await _done(writing, "offer.confirmed", row)

    return act


def end(offer_id: str) -> OfferAct:
    """The act that ends an offer with today. Errors: NoSuchOffer."""

    async def act(writing: Writing) -> OfferReceipt:
        row = await _offer(writing, offer_id)
        today = day_at(writing.wall)
        await correct_offer(writing.session, row, _ended(today), today)
        return await _done(writing, "offer.ended", row)

    return act


async def see_upkeep(tools: Services, token: str) -> UpkeepSeen:
    """The offer behind a link. Changes nothing. Errors: LinkInvalid, the same for unknown, answered and expired."""
    async with tools.database.reading() as session:
        upkeep, offer = await find_upkeep(session, token, day_at(tools.now()))
        config, catalogue = await _rules(tools, session, offer)
    return UpkeepSeen(
        offer,
        kind_of(catalogue, offer.kind),
        agency_title(config, offer.agency),
        tuple((place, config.place_name(place)) for place in config.places),
        config.languages,
        ", ".join(config.place_name(place) for place in offer.places) or "–",
        upkeep.expires_on,
    )


async def answer_upkeep(
    tools: Services, token: str, answer: str, given: Mapping[str, Any], sent: Sent | None = None
) -> str:
    """What the owner says: confirmed, corrected (with `given`, see `OfferTermsIn`) or ended. Returns the title.

    The same form sent twice acts once and gets the same answer. Errors: LinkInvalid, FactInvalid with the field,
    IdempotencyConflict.
    """
    async with tools.database.transaction() as session:
        today, actor = day_at(tools.now()), f"owner:{hash_token(token)}"
        if await sent_before(session, actor, sent):
            return (await find_upkeep(session, token, today, answered=True))[1].title
        upkeep, offer = await find_upkeep(session, token, today)
        config, catalogue = await _rules(tools, session, offer)
        if answer == "confirmed":
            await confirm_offer(session, offer, today)
        elif answer == "ended":
            await correct_offer(session, offer, _ended(today), today)
        elif answer == "corrected":
            terms = _read(given)
            check_offer(catalogue, config, terms)
            await correct_offer(session, offer, _columns(terms), today)
        else:
            raise FactInvalid("Diese Antwort gibt es hier nicht.", allowed=("confirmed", "corrected", "ended"))
        upkeep.answer, upkeep.answered_on = answer, today
        session.add(upkeep)
        what = (f"offer.{answer}", offer.id, None, offer.tenant_id, tools.now())
        await audit.record(session, offer.agency, "agency", *what)
        await keep_sent(session, actor, sent, {"offer": offer.id})
        return offer.title


def kind_of(catalogue: Catalogue, code: str) -> NeedKind | None:
    """The kind of need of this code; None for one that the rules no longer have."""
    return next((kind for kind in catalogue.need_kinds if kind.code == code), None)


def agency_title(config: Municipality, agency: str) -> str:
    """What an agency of the configuration is called; else its id."""
    return next((one.title for one in config.agencies if one.id == agency), agency)


def _read(given: Mapping[str, Any]) -> OfferTermsIn:
    try:
        return OfferTermsIn.model_validate(given)
    except ValidationError as error:
        finding = error.errors()[0]
        raise FactInvalid(sentence_of(finding), field=place_of(finding)) from None


def check_offer(
    catalogue: Catalogue, config: Municipality, wanted: OfferTermsIn, kind: str | None = None, agency: str | None = None
) -> None:
    """Errors: FactInvalid for a kind, agency or place that rules and configuration do not know."""
    kinds = tuple(one.code for one in catalogue.need_kinds)
    agencies = tuple(one.id for one in config.agencies)
    if kind is not None and kind not in kinds:
        raise FactInvalid("Diese Art von Bedarf gibt es nicht.", field="kind", allowed=kinds)
    if agency is not None and agency not in agencies:
        raise FactInvalid("Diese Stelle steht nicht in der Konfiguration.", field="agency", allowed=agencies)
    if not set(wanted.places) <= set(config.places):
        raise FactInvalid(
            "Diesen Ort kennt die Konfiguration der Kommune nicht.", field="places", allowed=config.places
        )


def _columns(wanted: OfferTermsIn) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in wanted}


def _ended(today: date) -> dict[str, Any]:
    """It is over from today; one that had not begun never does."""
    return {"valid_until": today - timedelta(days=1)}


def _config(writing: Writing) -> Municipality:
    return writing.catalogue.municipality(writing.tenant.municipality)


async def _rules(tools: Services, session: Any, offer: Offer) -> tuple[Municipality, Catalogue]:
    tenant = await get_tenant(session, offer.tenant_id)
    catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    return catalogue.municipality(tenant.municipality), catalogue


async def _offer(writing: Writing, offer_id: str) -> Offer:
    row = await find_offer(writing.session, writing.call.scope, offer_id, lock=True)
    if row is None:
        raise NoSuchOffer("Dieses Angebot gibt es nicht.", field="offer")
    return row


async def _done(writing: Writing, action: str, row: Offer) -> OfferReceipt:
    call = writing.call
    await audit.record(writing.session, call.actor, call.role, action, row.id, None, row.tenant_id, writing.wall)
    return OfferReceipt(id=row.id, version=row.version)
