"""Reading needs of a path, the register of offers, and the figures of needs. The opening of a file is recorded.

Whoever may not know the person is told no needs; figures have no small number in them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.offers import agency_title, kind_of
from api.caller import Caller
from api.clock import path_now, tenant_today
from api.errors import NoSuchOffer
from api.reads_figures import year_told, years_told
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.look_again import day_at
from process_models.need_rules import NeedKind
from process_models.needs import NeedFigures, ReferralState, answers
from process_models.offers import Obstacle, Standing, Wish, obstacles, standing_of
from process_models.rules import Municipality
from process_models.yearly import need_figures
from store.accounts import names_among
from store.figures import first_event_day
from store.need_tables import Need, Offer
from store.needs import Referred, detail_of, list_needs, list_referrals
from store.offers import WantedOffers, find_offer, list_offers, terms_of
from store.persons import open_key
from store.posts import languages_of
from store.scope import Scope
from store.sealing import Keyring
from store.supervisions import list_supervisions
from store.tables import Path
from store.tasks import list_open_tasks
from store.tenants import get_tenant
from store.visible import get_visible_path, may_be_named
from store.yearly import NEEDS, count_year

COLUMNS: Final = (
    *("kind", "title", "agency", "target_group", "places", "languages", "capacity", "free", "access", "cost"),
    *("contact", "link", "valid_from", "valid_until", "confirmed_on"),
)
"""Of the register as CSV."""


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """An offer and how far it can be relied on."""

    row: Offer
    kind: NeedKind | None
    agency: str
    standing: Standing
    obstacles: tuple[Obstacle, ...] = ()
    """Why it does not fit the person; only where there is one."""


@dataclass(frozen=True, slots=True)
class RegisterSeen:
    """The register of offers, as far as it was asked for."""

    today: date
    municipality: Municipality
    kinds: tuple[NeedKind, ...]
    offers: tuple[OfferSeen, ...]
    confirm_months: int

    def kind_options(self, language: str) -> tuple[tuple[str, str], ...]:
        """Kinds of needs to choose from."""
        return tuple((kind.code, kind.name(language)) for kind in self.kinds)

    @property
    def place_options(self) -> tuple[tuple[str, str], ...]:
        """Places to choose from."""
        return tuple((place, self.municipality.place_name(place)) for place in self.municipality.places)

    @property
    def agency_options(self) -> tuple[tuple[str, str], ...]:
        """Agencies to choose from."""
        return tuple((one.id, one.title) for one in self.municipality.agencies)


@dataclass(frozen=True, slots=True)
class ReferralSeen:
    """A referral and what may become of it."""

    id: str
    state: str
    reason: str
    offer: OfferSeen
    on: date
    answers: tuple[ReferralState, ...]


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need in one line, with its referrals."""

    row: Need
    kind: NeedKind | None
    overdue: bool
    referrals: tuple[ReferralSeen, ...]


@dataclass(frozen=True, slots=True)
class NeedSeen(NeedLine):
    """A need with its detail and the offers that could answer it."""

    detail: str
    offers: tuple[OfferSeen, ...]
    """Of its kind, not yet proposed; those that fit first."""


@dataclass(frozen=True, slots=True)
class SupervisionSeen:
    """Who opened the file to supervise, why and until when."""

    who: str
    reason: str
    why: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class NeedsSeen:
    """The needs of a path. `told` False: this caller may not know the person, and so no needs."""

    path: Path
    today: date
    told: bool
    needs: tuple[NeedSeen, ...]
    kinds: tuple[NeedKind, ...]
    tasks: tuple[tuple[str, str], ...] = ()
    """Open tasks of the path to choose from."""

    def kind_options(self, language: str) -> tuple[tuple[str, str], ...]:
        """Kinds of needs to choose from."""
        return tuple((kind.code, kind.name(language)) for kind in self.kinds)

    @property
    def open(self) -> tuple[NeedSeen, ...]:
        """Those that are not closed."""
        return tuple(one for one in self.needs if one.row.state == "open")


@dataclass(frozen=True, slots=True)
class NeedsInShort:
    """What the page of a path tells of its needs to those who may know the person."""

    open: tuple[NeedLine, ...]
    supervisions: tuple[SupervisionSeen, ...]


@dataclass(frozen=True, slots=True)
class NeedFiguresSeen:
    """Figures of needs in a year that is over; no small number is in them."""

    year: int
    years: tuple[int, ...]
    """Years that are over, the latest first."""
    municipality: Municipality
    kinds: Mapping[str, NeedKind]
    figures: NeedFigures


async def read_register(tools: Services, caller: Caller, wanted: WantedOffers) -> RegisterSeen:
    """The offers of the caller's tenant that were asked for."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        config, catalogue = await _rules(tools, session, caller)
        rows = await list_offers(session, scope, wanted)
    seen = tuple(_offer(row, catalogue, config, scope.today) for row in rows)
    return RegisterSeen(scope.today, config, catalogue.need_kinds, seen, config.support.confirm_months)


async def read_offer(tools: Services, caller: Caller, offer_id: str) -> OfferSeen:
    """One offer. Errors: NoSuchOffer."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        config, catalogue = await _rules(tools, session, caller)
        row = await find_offer(session, scope, offer_id)
    if row is None:
        raise NoSuchOffer("Dieses Angebot gibt es nicht.", field="offer")
    return _offer(row, catalogue, config, scope.today)


async def read_needs(tools: Services, caller: Caller, path_id: str) -> NeedsSeen:
    """The needs of a path with what could answer them. Errors: PathNotFound."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        tenant = await get_tenant(session, path.tenant_id)
        today = day_at(await path_now(session, tenant, path.id, tools.now()))
        catalogue = await tools.catalogues.of_path(session, path)
        if not await may_be_named(session, scope, path):
            return NeedsSeen(path, today, told=False, needs=(), kinds=catalogue.need_kinds)
        rows = await list_needs(session, scope, path.id)
        referrals = await list_referrals(session, scope, path.id)
        offers = await list_offers(session, scope, WantedOffers())
        language = (await languages_of(session, [path.id])).get(path.id, "")
        key = await open_key(session, tools.database.keyring, path.person_id)
        tasks = await list_open_tasks(session, scope, path.id)
    view = _View(path, today, catalogue, language, tuple(offers), tuple(referrals))
    shown = tuple(view.need(row, detail_of(row, key)) for row in rows)
    options = tuple((task.key, f"{catalogue.label('task.' + task.kind)}: {task.subject}") for task in tasks)
    return NeedsSeen(path, today, True, shown, catalogue.need_kinds, options)


async def needs_in_short(
    session: AsyncSession, keyring: Keyring, scope: Scope, path: Path, catalogue: Catalogue, today: date
) -> NeedsInShort:
    """The open needs of a path with what was proposed so far, for whoever may know its person. Errors: PersonErased."""
    rows = [row for row in await list_needs(session, scope, path.id) if row.state == "open"]
    view = _View(path, today, catalogue, "", (), tuple(await list_referrals(session, scope, path.id)))
    return NeedsInShort(tuple(view.line(row) for row in rows), await _supervisions(session, keyring, scope, path))


async def _supervisions(
    session: AsyncSession, keyring: Keyring, scope: Scope, path: Path
) -> tuple[SupervisionSeen, ...]:
    found = await list_supervisions(session, keyring, path)
    names = await names_among(session, scope, ("coordinator",), {one.account_id for one in found})
    return tuple(
        SupervisionSeen(names.get(one.account_id, ""), one.reason, one.why, one.since, one.until) for one in found
    )


async def read_need_figures(tools: Services, caller: Caller, year: int | None = None) -> NeedFiguresSeen:
    """What was needed in a year that is over (None = the latest) and what was not to be had. Errors: PeriodNotTold."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        config, catalogue = await _rules(tools, session, caller)
        today = await tenant_today(session, await get_tenant(session, caller.tenant), tools.now())
        chosen = year_told(year, today)
        counts = await count_year(session, scope, chosen, NEEDS)
        begun = await first_event_day(session, scope)
    kinds = {kind.code: kind for kind in catalogue.need_kinds}
    return NeedFiguresSeen(chosen, years_told(begun, today), config, kinds, need_figures(counts))


@dataclass(frozen=True, slots=True)
class _View:
    """What the needs of one path are shown with."""

    path: Path
    today: date
    catalogue: Catalogue
    language: str
    offers: tuple[Offer, ...]
    referrals: tuple[Referred, ...]

    @property
    def config(self) -> Municipality:
        return self.catalogue.municipality(self.path.municipality)

    def line(self, row: Need) -> NeedLine:
        overdue = row.state == "open" and row.until is not None and row.until < self.today
        mine = tuple(self._referral(one) for one in self.referrals if one.row.need_id == row.id)
        return NeedLine(row, kind_of(self.catalogue, row.kind), overdue, mine)

    def need(self, row: Need, detail: str) -> NeedSeen:
        line = self.line(row)
        known = {one.offer.row.id for one in line.referrals}
        wish = Wish(row.kind, self.path.current_place, self.language)
        fitting = (self.offer(one, wish) for one in self.offers if one.kind == row.kind and one.id not in known)
        offers = sorted(fitting, key=lambda one: (len(one.obstacles), one.standing == "stale", one.row.title))
        return NeedSeen(row, line.kind, line.overdue, line.referrals, detail, tuple(offers))

    def offer(self, row: Offer, wish: Wish) -> OfferSeen:
        seen = _offer(row, self.catalogue, self.config, self.today)
        return OfferSeen(seen.row, seen.kind, seen.agency, seen.standing, obstacles(terms_of(row), wish, self.today))

    def _referral(self, one: Referred) -> ReferralSeen:
        row = one.row
        offer = _offer(one.offer, self.catalogue, self.config, self.today)
        on = row.settled_on or row.referred_on or row.proposed_on
        return ReferralSeen(row.id, row.state, row.reason, offer, on, answers(row.state))


def _offer(row: Offer, catalogue: Catalogue, config: Municipality, today: date) -> OfferSeen:
    standing = standing_of(terms_of(row), today, config.support)
    return OfferSeen(row, kind_of(catalogue, row.kind), agency_title(config, row.agency), standing)


async def _rules(tools: Services, session: AsyncSession, caller: Caller) -> tuple[Municipality, Catalogue]:
    tenant = await get_tenant(session, caller.tenant)
    catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    return catalogue.municipality(tenant.municipality), catalogue


def csv_of(offers: Sequence[OfferSeen]) -> str:
    """The register as CSV with semicolons, as spreadsheets in Germany read it; a cell is never a formula."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    table.writerows([_cell(getattr(one.row, name)) for name in COLUMNS] for one in offers)
    return out.getvalue()


def _cell(value: object) -> str:
    text = ",".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
