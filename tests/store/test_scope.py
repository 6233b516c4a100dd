"""Who sees what: one filter. Whoever may not get a thing finds it by no list, search, count or export.

The expected sight is told a second time here, in Python over a made-up office, and compared with every query.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from process_models.errors import PathNotFound
from process_models.work import TaskItem
from store.account_tables import Account
from store.accounts import Appointment, keep_account
from store.assignments import assign, deputise, end_deputy, find_deputy, release
from store.body_items import put_on_agenda
from store.database import Database
from store.handovers import save_item
from store.need_tables import Need, Offer
from store.needs import find_need, list_needs
from store.notices import list_failed_notices, make_notice
from store.offers import WantedOffers, add_offer, find_offer, list_offers
from store.paths import create_path
from store.plans import list_stalled, save_plan
from store.post_tables import Supervision
from store.scope import SEES, Scope
from store.tables import ConsentEvidence, Handover, Path
from store.tasks import list_open_tasks, open_task
from store.tenants import create_tenant
from store.visible import (
    Wanted,
    agenda_items,
    count_visible_paths,
    export_visible_paths,
    find_visible_path,
    get_visible_path,
    list_visible_paths,
    may_be_named,
    reason_to_open,
)
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, TENANT, body_item, item, notice, plan

OTHER = "hochsauerlandkreis"
PLACES = ("meerbusch", "neuss", "kaarst")
AGENCIES = ("jobcenter-neuss", "sozialamt-meerbusch")
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


@dataclass
class Made:
    """A path of the made-up office and what is known about it."""

    path: Path
    owner: str | None = None
    on_agenda: bool = False
    consented: bool = False
    supervised: bool = False
    """The coordinating unit has said why it opens the file, and may still look."""


@dataclass
class MadeOffice:
    """People and paths of two tenants."""

    people: dict[str, Account] = field(default_factory=dict)
    paths: list[Made] = field(default_factory=list)
    stands_in: set[tuple[str, str]] = field(default_factory=set)
    """Who stands in for whom today."""


async def _office(session: AsyncSession, dice: random.Random) -> MadeOffice:
    office = MadeOffice()
    await create_tenant(session, OTHER, OTHER, now=NOW)
    for name in ("anna", "bjarne", "cem"):
        who = Appointment("test", name, name, "case_manager", TENANT)
        office.people[name] = await keep_account(session, who, NOW)
    otti = Appointment("test", "otti", "otti", "coordinator", TENANT)
    office.people["otti"] = await keep_account(session, otti, NOW)
    for tenant in (TENANT, OTHER):
        await add_offer(session, tenant, {"kind": "health", "title": tenant, "agency": "x"}, DAY, NOW)
    for _ in range(12):
        office.paths.append(await _path(session, dice, office))
    for absent, deputy in (("anna", "bjarne"), ("bjarne", "cem"), ("cem", "anna")):
        since, until = dice.choice([(YESTERDAY, TOMORROW), (DAY, DAY), (TOMORROW, TOMORROW), (YESTERDAY, YESTERDAY)])
        await deputise(session, TENANT, office.people[deputy].id, office.people[absent].id, (since, until))
        if since <= DAY <= until:
            office.stands_in.add((deputy, absent))
    return office


async def _path(session: AsyncSession, dice: random.Random, office: MadeOffice) -> Made:
    tenant = dice.choice([TENANT, TENANT, TENANT, OTHER])
    new = replace(NEW_PATH, tenant_id=tenant, municipality=tenant, place=dice.choice(PLACES))
    made = Made(await create_path(session, KEYRING, new, NOW))
    await _assign(session, dice, office, made)
    await _surroundings(session, dice, office, made)
    return made


async def _assign(session: AsyncSession, dice: random.Random, office: MadeOffice, made: Made) -> None:
    owners = dice.choices(["anna", "bjarne", "cem", None], k=2)
    for day, owner in zip((YESTERDAY, DAY), owners, strict=True):
        if owner is None:
            await release(session, made.path.id, day)
        else:
            await assign(session, made.path, office.people[owner].id, day)
    made.owner = owners[1]


async def _surroundings(session: AsyncSession, dice: random.Random, office: MadeOffice, made: Made) -> None:
    path = made.path
    await save_plan(session, path.id, 1, plan(stalled_since=dice.choice([DAY, YESTERDAY])), NOW)
    await open_task(session, path, TaskItem("ask:H01", "ask", "H01", DAY))
    await save_item(session, path, item(), dice.choice(AGENCIES))
    failed = await make_notice(session, notice(path), NOW)
    assert failed is not None
    failed.status = "permanent-failure"
    if dice.random() < 0.5:
        made.on_agenda = True
        new = replace(body_item(f"fall:{path.id}"), body="fall", tenant_id=path.tenant_id, path_id=path.id)
        await put_on_agenda(session, new)
    if dice.random() < 0.7:
        revoked = dice.choice([None, DAY, TOMORROW])
        recipient = dice.choice([None, "ag_fallebene", "jobcenter"])
        who = dice.choice(["client", "client", "wife"])
        made.consented = recipient != "jobcenter" and revoked != DAY and who == "client"
        session.add(_consent(path, recipient=recipient, revoked_on=revoked, who=who))
    session.add(_need(path))
    if dice.random() < 0.4:
        since, until = dice.choice([(DAY, DAY), (YESTERDAY, TOMORROW), (YESTERDAY, YESTERDAY), (TOMORROW, TOMORROW)])
        made.supervised = since <= DAY <= until
        opened = {"since": since, "until": until, "account_id": office.people["otti"].id, "reason": "complaint"}
        session.add(Supervision(tenant_id=path.tenant_id, path_id=path.id, sealed_why=b"x", **opened))
    await session.flush()


def _need(path: Path) -> Need:
    columns = {"kind": "health", "urgency": "now", "since": DAY, "place": path.place, "recorded_by": "x"}
    return Need(tenant_id=path.tenant_id, path_id=path.id, sealed_detail=b"x", **columns)


def _consent(path: Path, **changes: object) -> ConsentEvidence:
    columns = {"ref": "k3", "purpose": "P3", "form": "written", "given_on": DAY, **changes}
    return ConsentEvidence(path_id=path.id, **columns)


def _callers(office: MadeOffice) -> dict[str, Scope]:
    """One caller of each kind; the name tells what to expect."""
    own = {name: Scope(TENANT, "case_manager", DAY, office.people[name].id) for name in ("anna", "bjarne", "cem")}
    bodies = {f"body-{kind}": Scope(TENANT, "body", DAY, "x", body=kind) for kind in ("fall", "verfahren", "lenkung")}
    return (
        own
        | bodies
        | {
            "anna-in-neuss": replace(own["anna"], municipalities=("neuss",)),
            "token": Scope(TENANT, "case_manager", DAY),
            "body-token": Scope(TENANT, "body", DAY),
            "coordinator": Scope(TENANT, "coordinator", DAY, "x"),
            "supervisor": Scope(TENANT, "coordinator", DAY, office.people["otti"].id),
            "coordinator-of-two-places": Scope(TENANT, "coordinator", DAY, "x", municipalities=("neuss", "kaarst")),
            "coordinator-of-all": Scope(TENANT, "coordinator", DAY, "x", municipalities=(TENANT,)),
            "coordinator-elsewhere": Scope(OTHER, "coordinator", DAY, "x"),
            "auditor": Scope(TENANT, "auditor", DAY),
            "clerk": Scope(TENANT, "clerk", DAY, "x", agency=AGENCIES[0]),
            "clerk-without-agency": Scope(TENANT, "clerk", DAY, "x"),
            "land": Scope(TENANT, "land", DAY, "x"),
            "admin": Scope(None, "admin", DAY, "x"),
            "nobody": Scope(TENANT, "agency", DAY),
            "of-no-tenant": Scope(None, "coordinator", DAY),
        }
    )


_OF_TENANT = ("token", "coordinator", "supervisor", "coordinator-of-all", "coordinator-elsewhere", "auditor")


def _named(name: str, scope: Scope, office: MadeOffice, made: Made) -> bool:
    """Whether this caller may know who it is: case managers, the AG Fallebene with consent, supervision that asked."""
    seen = _expected(name, office, made)
    with_consent = name == "body-fall" and made.consented
    return seen and (scope.role == "case_manager" or with_consent or (name == "supervisor" and made.supervised))


def _expected(name: str, office: MadeOffice, made: Made) -> bool:
    """Whether this caller sees this path: the rule of the domain in plain words."""
    of_tenant = made.path.tenant_id == (OTHER if name == "coordinator-elsewhere" else TENANT)
    person = name.partition("-in-")[0]
    if person in ("anna", "bjarne", "cem"):
        mine = made.owner in (None, person) or (person, made.owner) in office.stands_in
        return of_tenant and mine and (person == name or made.path.current_place == "neuss")
    if name == "coordinator-of-two-places":
        return of_tenant and made.path.current_place in ("neuss", "kaarst")
    if name == "body-fall":
        return of_tenant and made.on_agenda
    return of_tenant and name in _OF_TENANT


async def _got(session: AsyncSession, scope: Scope, office: MadeOffice) -> set[str]:
    got = set()
    for made in office.paths:
        try:
            got.add((await get_visible_path(session, scope, made.path.id)).id)
        except PathNotFound:
            continue
    return got


@pytest.mark.parametrize("seed", range(6))
async def test_get_list_search_count_and_export_agree_for_every_caller(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    async with database.transaction() as session:
        office = await _office(session, dice)
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            expected = {made.path.id for made in office.paths if _expected(name, office, made)}
            assert await _got(session, scope, office) == expected, name
            assert {path.id for path in await list_visible_paths(session, scope)} == expected, name
            assert await _paged(session, scope) == expected, name
            assert await count_visible_paths(session, scope) == len(expected), name
            assert {path.id async for path in export_visible_paths(session, scope)} == expected, name
            found = [await find_visible_path(session, scope, made.path.case_number) for made in office.paths]
            assert {path.id for path in found if path} == expected, name
            for made in office.paths:
                wanted = Wanted(case_number=made.path.case_number.lower()[4:8])
                assert {path.id for path in await list_visible_paths(session, scope, wanted)} <= expected, name
                assert await count_visible_paths(session, scope, wanted) == len(
                    await list_visible_paths(session, scope, wanted)
                )


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_around_a_path_shows_it_to_who_may_not_get_it(database: Database, seed: int) -> None:
    dice = random.Random(1000 + seed)
    async with database.transaction() as session:
        office = await _office(session, dice)
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            visible = {made.path.id for made in office.paths if _expected(name, office, made)}
            assert {path.id for path, _row in await list_stalled(session, scope)} == visible, name
            assert {task.path_id for task in await list_open_tasks(session, scope)} == visible, name
            assert {one.path_id for one in await list_failed_notices(session, scope)} == visible, name
            handovers = set(await session.scalars(select(Handover.path_id).where(scope.handovers())))
            assert handovers == (await _of_agency(session) if name == "clerk" else visible), name


async def test_only_case_managers_name_a_person_the_ag_fallebene_with_consent_and_supervision_with_a_reason(
    database: Database,
) -> None:
    dice = random.Random(7)
    async with database.transaction() as session:
        office = await _office(session, dice)
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            for made in office.paths:
                assert await may_be_named(session, scope, made.path) == _named(name, scope, office, made), name
    assert {made.consented for made in office.paths if made.on_agenda} == {True, False}
    assert {made.supervised for made in office.paths if made.path.tenant_id == TENANT} == {True, False}


@pytest.mark.parametrize("seed", range(3))
async def test_needs_are_seen_only_by_who_accompanies_the_person_and_by_supervision_with_a_reason(
    database: Database, seed: int
) -> None:
    dice = random.Random(2000 + seed)
    async with database.transaction() as session:
        office = await _office(session, dice)
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            told = {made.path.id for made in office.paths if _named(name, scope, office, made)}
            expected = told if scope.role in ("case_manager", "coordinator") else set()
            assert set(await session.scalars(select(Need.path_id).where(scope.needs()))) == expected, name
            assert await _with_needs(session, scope, office) == expected, name


async def _with_needs(session: AsyncSession, scope: Scope, office: MadeOffice) -> set[str]:
    found = set()
    for made in office.paths:
        [row] = await session.scalars(select(Need).where(Need.path_id == made.path.id))
        one = await find_need(session, scope, made.path.id, row.id)
        assert [need.id for need in await list_needs(session, scope, made.path.id)] == ([row.id] if one else [])
        found |= {made.path.id} if one else set()
    return found


async def test_offers_of_the_own_tenant_are_found_by_who_works_with_them(database: Database) -> None:
    async with database.transaction() as session:
        office = await _office(session, random.Random(4))
        rows = list(await session.scalars(select(Offer)))
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            works = scope.tenant_id and scope.role in ("case_manager", "coordinator", "body", "clerk")
            expected = {scope.tenant_id} if works else set()
            assert {one.title for one in await list_offers(session, scope, WantedOffers())} == expected, name
            got = [await find_offer(session, scope, one.id) for one in rows]
            assert {one.title for one in got if one} == expected, name


async def test_the_audit_learns_why_a_path_of_others_is_opened(database: Database) -> None:
    async with database.transaction() as session:
        office = await _office(session, random.Random(3))
        made = office.paths[0]
        callers = _callers(office)
        expected = {"anna": "", "bjarne": "deputy", "coordinator": "supervision", "body-fall": "body", "token": ""}
        await assign(session, made.path, office.people["anna"].id, DAY)
        for name, reason in expected.items():
            assert await reason_to_open(session, callers[name], made.path, DAY) == reason
        await release(session, made.path.id, DAY)
        assert await reason_to_open(session, callers["anna"], made.path, DAY) == "nobody"


async def test_members_see_the_agenda_of_their_own_body_only(database: Database) -> None:
    async with database.transaction() as session:
        office = await _office(session, random.Random(5))
        await put_on_agenda(session, body_item())
    expected = {"body-fall": (True, False), "body-verfahren": (False, True), "body-lenkung": (False, False)}
    others = {"coordinator": (True, True), "body-token": (True, True), "clerk": (False, False), "land": (False, False)}
    async with database.reading() as session:
        for name, (fall, verfahren) in (expected | others).items():
            scope = _callers(office)[name]
            assert bool(await agenda_items(session, scope, "fall")) == fall, name
            assert bool(await agenda_items(session, scope, "verfahren")) == verfahren, name


async def test_mails_of_the_bodies_are_seen_by_who_coordinates(database: Database) -> None:
    async with database.transaction() as session:
        office = await _office(session, random.Random(5))
        of_body = replace(notice(office.paths[0].path, "body"), path_id=None, tenant_id=TENANT)
        made = await make_notice(session, of_body, NOW)
        assert made is not None
        made.status = "unclear"
    async with database.reading() as session:
        for name, scope in _callers(office).items():
            seen = made.id in {one.id for one in await list_failed_notices(session, scope)}
            assert seen == (SEES.get(scope.role) == "tenant" and scope.tenant_id == TENANT), name


async def test_a_deputising_that_was_ended_shows_nothing_any_more(database: Database) -> None:
    async with database.transaction() as session:
        office = await _office(session, random.Random(1))
        anna, bjarne = office.people["anna"].id, office.people["bjarne"].id
        for made in office.paths:
            await assign(session, made.path, anna, DAY)
        row = await deputise(session, TENANT, bjarne, anna, (YESTERDAY, TOMORROW))
        scope = Scope(TENANT, "case_manager", DAY, bjarne)
        assert await count_visible_paths(session, scope) > 0
        found = await find_deputy(session, TENANT, row.id)
        assert found is not None
        await end_deputy(session, found, DAY)
        others = await session.scalars(select(Account.id))
        assert bjarne in set(others)
        for earlier in await _deputies(session, bjarne):
            await end_deputy(session, earlier, DAY)
        assert await count_visible_paths(session, scope) == 0


def test_every_role_has_its_sight() -> None:
    from api.permissions import ROLES

    assert set(SEES) == set(ROLES)


async def _paged(session: AsyncSession, scope: Scope) -> set[str]:
    seen: list[Path] = []
    while page := await list_visible_paths(session, scope, Wanted(after=seen[-1].case_number if seen else "", limit=3)):
        seen += page
    assert len(seen) == len({path.id for path in seen})
    return {path.id for path in seen}


async def _of_agency(session: AsyncSession) -> set[str]:
    query = select(Handover.path_id).where(Handover.tenant_id == TENANT, Handover.to_agency == AGENCIES[0])
    return set(await session.scalars(query))


async def _deputies(session: AsyncSession, account_id: str) -> list[object]:
    from store.assignments import list_deputies

    return [one for one in await list_deputies(session, TENANT, DAY) if one.account_id == account_id]
