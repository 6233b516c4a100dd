"""Needs and offers in the records: sealed, linked, counted; on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.yearly import YearCount
from store.database import Database
from store.need_figures import paths_without
from store.need_tables import Need, Offer, Referral
from store.needs import (
    NewNeed,
    add_need,
    detail_of,
    end_need,
    find_referral,
    keep_referral,
    list_needs,
    list_referrals,
    propose_offer,
)
from store.offers import WantedOffers, add_offer, confirm_offer, correct_offer, list_offers
from store.paths import create_path, erase_path_person
from store.persons import open_key
from store.scope import Scope
from store.tables import Path, PathEvent
from store.yearly import NEEDS, count_year
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, TENANT

OFFICE = Scope(TENANT, "case_manager", DAY)
NEED = NewNeed("housing", "zu sechst in einem Zimmer in der Kranichgasse", "now", DAY, DAY)
COURSE = {"kind": "language", "title": "Deutsch am Abend", "agency": "kurstraeger-rkn", "places": ["neuss", "kaarst"]}


async def _offer(session: AsyncSession, **changes: object) -> Offer:
    return await add_offer(session, TENANT, COURSE | changes, DAY, NOW)


async def test_the_detail_of_a_need_is_sealed_and_opens_with_the_key_of_the_person(
    database: Database, path: Path
) -> None:
    async with database.transaction() as session:
        row = await add_need(session, KEYRING, path, NEED, "me", NOW)
    async with database.reading() as session:
        [found] = await list_needs(session, OFFICE, path.id)
        assert detail_of(found, await open_key(session, KEYRING, path.person_id)) == NEED.detail
        assert b"Kranichgasse" not in found.sealed_detail
        assert (found.id, found.place, found.state) == (row.id, path.current_place, "open")


async def test_a_referral_is_proposed_once_and_its_way_stands_in_the_event_log(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        need = await add_need(session, KEYRING, path, replace(NEED, kind="language"), "me", NOW)
        offer = await _offer(session)
        first = await propose_offer(session, need, offer, DAY)
        assert (await propose_offer(session, need, offer, DAY)).id == first.id
        referred = await find_referral(session, OFFICE, need.id, first.id)
        assert referred is not None
        await keep_referral(session, path, need, referred, "referred", "", DAY)
        await keep_referral(session, path, need, referred, "taken_up", "", DAY + timedelta(days=9))
        await end_need(session, path, need, "met", "", DAY + timedelta(days=9))
    async with database.reading() as session:
        [line] = await list_referrals(session, OFFICE, path.id)
        assert (line.row.state, line.row.referred_on, line.offer.title) == ("taken_up", DAY, "Deutsch am Abend")
        events = await session.scalars(
            select(PathEvent).where(col(PathEvent.activity).startswith("need_")).order_by(col(PathEvent.id))
        )
        told = [(one.activity, one.code, one.agency, one.days) for one in events]
    assert told == [
        ("need_recorded", "language", "", None),
        ("need_referred", "language", "kurstraeger-rkn", 0),
        ("need_met", "language", "", 9),
    ]


async def test_what_could_not_be_met_is_counted_by_place_kind_and_reason(database: Database) -> None:
    async with database.transaction() as session:
        for place, reason in (("neuss", "capacity"), ("neuss", "capacity"), ("kaarst", "distance")):
            path = await create_path(session, KEYRING, replace(NEW_PATH, place=place), NOW)
            need = await add_need(session, KEYRING, path, NEED, "me", NOW)
            await end_need(session, path, need, "unmet", reason, DAY)
    async with database.reading() as session:
        counts = await count_year(session, OFFICE, DAY.year, NEEDS)
        assert YearCount("need_unmet", "housing", "capacity", "neuss", 0, 2) in counts
        assert YearCount("need_unmet", "housing", "distance", "kaarst", 0, 1) in counts
        assert sum(one.count for one in counts if one.activity == "need_recorded") == 3
        assert await paths_without(session, TENANT, "housing", "capacity", DAY) == 2
        assert await paths_without(session, TENANT, "housing", "capacity", DAY + timedelta(days=1)) == 0
        assert await count_year(session, replace(OFFICE, tenant_id="elsewhere"), DAY.year, NEEDS) == []
        assert await count_year(session, OFFICE, DAY.year - 1, NEEDS) == []


async def test_an_erased_person_has_no_needs_but_the_counts_stay(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        need = await add_need(session, KEYRING, path, NEED, "me", NOW)
        await propose_offer(session, need, await _offer(session, kind="housing"), DAY)
        await end_need(session, path, need, "unmet", "capacity", DAY)
        await erase_path_person(session, path, NOW)
    async with database.reading() as session:
        assert list(await session.scalars(select(Need))) == []
        assert list(await session.scalars(select(Referral))) == []
        assert await paths_without(session, TENANT, "housing", "capacity", DAY) == 1


async def test_offers_are_found_by_kind_place_language_and_words_and_not_when_they_are_over(database: Database) -> None:
    async with database.transaction() as session:
        await _offer(session)
        await _offer(session, title="Deutsch überall", places=[], languages=["ar"])
        await _offer(session, title="Vorbei", valid_until=DAY - timedelta(days=1))
        await _offer(session, title="Wohnungslotsen 100 %", kind="housing")
    async with database.reading() as session:

        async def titles(**wanted: object) -> set[str]:
            return {one.title for one in await list_offers(session, OFFICE, WantedOffers(**wanted))}  # type: ignore[arg-type]

        assert await titles(kind="language") == {"Deutsch am Abend", "Deutsch überall"}
        assert await titles(kind="language", over=True) == {"Deutsch am Abend", "Deutsch überall", "Vorbei"}
        assert await titles(place="neuss", kind="language") == {"Deutsch am Abend", "Deutsch überall"}
        assert await titles(place="meerbusch", kind="language") == {"Deutsch überall"}
        assert await titles(language="uk", kind="language") == {"Deutsch am Abend"}
        assert await titles(words="lotsen 100 %") == {"Wohnungslotsen 100 %"}
        assert await titles(words="%") == {"Wohnungslotsen 100 %"}


async def test_an_offer_is_confirmed_by_a_correction_too(database: Database) -> None:
    later = DAY + timedelta(days=200)
    async with database.transaction() as session:
        row = await _offer(session)
        await correct_offer(session, row, {"capacity": 18}, later)
        assert (row.capacity, row.confirmed_on, row.version) == (18, later, 1)
        await confirm_offer(session, row, date(2023, 1, 1))
        assert (row.confirmed_on, row.version) == (date(2023, 1, 1), 2)


@pytest.mark.parametrize(
    ("known_on", "counts"), [(date(2022, 3, 31), date(2022, 1, 10)), (date(2022, 4, 1), date(2022, 4, 1))]
)
async def test_a_need_recorded_late_adds_to_no_quarter_that_was_over(
    database: Database, known_on: date, counts: date
) -> None:
    async with database.transaction() as session:
        path = await create_path(session, KEYRING, NEW_PATH, NOW)
        need = await add_need(
            session, KEYRING, path, replace(NEED, since=date(2022, 1, 10), known_on=known_on), "me", NOW
        )
        assert need.since == date(2022, 1, 10)
    async with database.reading() as session:
        assert list(await session.scalars(select(PathEvent.happened_on))) == [counts]
