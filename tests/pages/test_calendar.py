"""The deadline calendar: own and deputised paths only, filters, and a feed that names nobody and dies with its role."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from icalendar import Calendar, Event
from sqlmodel import select

from process_models.look_again import day_at
from process_models.planning import make_plan
from store.account_tables import Account
from store.accounts import list_accounts
from store.assignments import assign, deputise
from store.calendar_feeds import RESTS_AFTER
from store.calendar_tables import CalendarFeed, DeadlineDay
from store.deadline_days import law_of
from store.paths import erase_path_person, get_path, load_case
from store.plans import save_plan
from store.tables import AuditEntry, Path
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
COORDINATOR, MANAGER, COLLEAGUE = "demo-koordination", "demo-fallmanagement", "demo-fallmanagement-2"


async def planned(office: Office, path_id: str | None = None) -> Path:
    """A path with its plan, as the worker keeps it."""
    path_id = path_id or await office.start()
    async with office.database.transaction() as session:
        path = await get_path(session, path_id, None)
        plan = make_plan(await load_case(session, office.database.keyring, path_id), office.clock(), office.catalogue)
        assert plan.deadlines
        await save_plan(session, path_id, path.facts_version, plan, office.clock())
    return path


async def owner(office: Office, name: str) -> Account:
    async with office.database.reading() as session:
        found = await session.scalars(select(Account).where(Account.subject == f"{name}@{MUNICIPALITY}"))
        return found.one()


async def give(office: Office, path: Path, account: Account) -> None:
    async with office.database.transaction() as session:
        await assign(session, path, account.id, day_at(office.clock()))


async def listed(somebody: Visitor, months: int = 15) -> str:
    """Everything that the calendar lists from February 2022 on."""
    text = ""
    for number in range(months):
        month = date(2022, 2, 1) + timedelta(days=31 * number)
        text += (await somebody.open(f"/calendar?month={month:%Y-%m}")).text
    return text


async def subscribed(somebody: Visitor) -> str:
    """Makes the feed; gives the path of its address."""
    page = await somebody.open("/calendar")
    shown = await somebody.send(page, "/calendar/feed")
    assert shown.status_code == 200, shown.text
    found = re.search(r"http://127\.0\.0\.1:8000(/calendar/[0-9a-f]{64}\.ics)", shown.text)
    assert found
    return found.group(1)


async def test_a_case_manager_reads_the_month_by_agency_law_and_place(office: Office, guest: Guests) -> None:
    path = await planned(office)
    manager = await guest()
    await manager.sign_in(MANAGER, MUNICIPALITY, wanted="/calendar")
    await manager.check()
    await give(office, path, await owner(office, MANAGER))
    async with office.database.reading() as session:
        rows = list(await session.scalars(select(DeadlineDay).order_by(DeadlineDay.due_on)))  # type: ignore[arg-type]
    first = rows[0]
    await manager.open(f"/calendar?month={first.due_on:%Y-%m}")
    said = await manager.page.inner_text("main")
    assert f"{path.case_number}: {first.code}" in said
    assert first.statute in said
    await manager.check()
    await manager.open(f"/calendar?month={first.due_on:%Y-%m}&law={first.law}")
    assert first.code in await manager.page.inner_text("main")
    await manager.open(f"/calendar?month={first.due_on:%Y-%m}&place=kaarst")
    assert "In diesem Monat läuft keine Frist ab." in await manager.page.inner_text("main")
    await manager.open(f"/calendar?month={first.due_on:%Y-%m}&agency=bamf")
    assert first.agency == "bamf" or f": {first.code} " not in await manager.page.inner_text("main")
    await manager.open(f"/calendar?month={first.due_on:%Y-%m}&language=en")
    await manager.press("Make an address")
    await manager.page.get_by_text("Your address to subscribe to").wait_for()
    await manager.check()


async def test_how_a_day_was_computed_is_shown_in_its_place_and_stands_in_the_log(
    office: Office, guest: Guests
) -> None:
    path = await planned(office)
    manager = await guest()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await give(office, path, await owner(office, MANAGER))
    async with office.database.reading() as session:
        case = await load_case(session, office.database.keyring, path.id)
    deadline = make_plan(case, office.clock(), office.catalogue).deadlines[0]
    await manager.open(f"/calendar?month={deadline.due_on:%Y-%m}")
    line = manager.page.locator(f"#line-{path.id}-{deadline.key}")
    await line.get_by_role("link").click()
    await manager.page.wait_for_url("**computed=**")
    said = await line.inner_text()
    assert all(step.text in said for step in deadline.steps)
    await manager.check()
    async with office.database.reading() as session:
        rows = (await session.execute(select(AuditEntry.action, AuditEntry.subject))).all()
    assert ("path.read", path.case_number) in {(action, subject) for action, subject in rows}


async def test_a_colleagues_path_and_a_deadline_that_is_over_show_no_computation(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    manager, colleague, coordinator = visitor(), visitor(), visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await colleague.sign_in(COLLEAGUE, MUNICIPALITY)
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    path = await planned(office)
    await give(office, path, await owner(office, MANAGER))
    async with office.database.reading() as session:
        [first, *_] = await session.scalars(select(DeadlineDay).order_by(DeadlineDay.due_on))  # type: ignore[arg-type]
    line = f"/calendar?month={first.due_on:%Y-%m}&computed={path.id}"
    await colleague.open(f"{line}/{first.key}", status=404)
    assert "<details open" not in (await manager.open(f"{line}/F99")).text
    led = await coordinator.client.get(f"{line}/{first.key}", headers={"Accept": "text/html"})
    assert "<details open" not in led.text
    assert f'href="/paths/{path.id}#deadline-{first.key}"' in (await coordinator.open(line.partition("&")[0])).text


async def test_the_calendar_shows_own_and_deputised_paths_and_those_of_nobody_else(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    manager, colleague, coordinator = visitor(), visitor(), visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await colleague.sign_in(COLLEAGUE, MUNICIPALITY)
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    mine, theirs = await owner(office, MANAGER), await owner(office, COLLEAGUE)
    own, other, nobodys = await planned(office), await planned(office), await planned(office)
    await give(office, own, mine)
    await give(office, other, theirs)
    seen = await listed(manager)
    assert own.case_number in seen
    assert other.case_number not in seen
    assert nobodys.case_number not in seen
    for number in (own.case_number, other.case_number, nobodys.case_number):
        assert number in await listed(coordinator)
    today = day_at(office.clock())
    async with office.database.transaction() as session:
        await deputise(session, MUNICIPALITY, mine.id, theirs.id, (today, today))
    assert other.case_number in await listed(manager)
    feed = (await manager.client.get(await subscribed(manager))).text
    assert other.case_number in feed
    assert nobodys.case_number not in feed


async def test_a_feed_is_read_by_calendar_programs_and_names_nobody(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    path = await planned(office)
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await give(office, path, await owner(office, MANAGER))
    address = await subscribed(manager)
    reader = visitor()
    answer = await reader.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    events = [one for one in Calendar.from_ical(answer.content).walk("VEVENT") if isinstance(one, Event)]
    async with office.database.reading() as session:
        rows = {row.key: row for row in await session.scalars(select(DeadlineDay))}
        kept = str([row.model_dump() for row in await session.scalars(select(CalendarFeed))])
    window = {row.due_on for row in rows.values() if row.due_on >= day_at(office.clock()) - timedelta(days=30)}
    assert {event.start for event in events} == {day for day in window if day <= date(2023, 8, 18)}
    assert {str(event["SUMMARY"]).split(": ")[0] for event in events} == {path.case_number}
    assert {str(event["URL"]) for event in events} == {f"http://127.0.0.1:8000/paths/{path.id}"}
    for word in ("1994", "SY", "meerbusch", "Meerbusch", "refugee"):
        assert word not in answer.text
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in kept
    again = await reader.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_date_that_moves_keeps_its_identity_and_raises_its_revision(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    path = await planned(office)
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await give(office, path, await owner(office, MANAGER))
    address = await subscribed(manager)

    async def events() -> dict[str, tuple[date, int]]:
        found = Calendar.from_ical((await manager.client.get(address)).content).walk("VEVENT")
        return {str(one["UID"]): (one.start, int(one["SEQUENCE"])) for one in found if isinstance(one, Event)}

    before = await events()
    async with office.database.transaction() as session:
        row = (await session.scalars(select(DeadlineDay).where(DeadlineDay.path_id == path.id))).first()
        assert row
        row.due_on += timedelta(days=3)
    office.clock.forward(minutes=30)
    await planned(office, path.id)
    after = await events()
    assert before.keys() == after.keys()
    changed = [uid for uid in before if before[uid] != after[uid]]
    assert len(changed) == 1
    assert after[changed[0]][0] == before[changed[0]][0]
    assert after[changed[0]][1] > before[changed[0]][1]


async def test_the_address_is_shown_once_and_a_new_one_or_the_end_kills_it(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    page = await manager.open("/calendar")
    first = await manager.send(page, "/calendar/feed")
    twice = await manager.send(page, "/calendar/feed")
    [address] = set(re.findall(r"/calendar/[0-9a-f]{64}\.ics", first.text + twice.text))
    assert address not in (await manager.open("/calendar")).text
    assert (await manager.client.get(address)).status_code == 200
    other = await subscribed(manager)
    assert other != address
    assert (await manager.client.get(address)).status_code == 404
    assert (await manager.client.get(other)).status_code == 200
    page = await manager.open("/calendar")
    assert (await manager.send(page, "/calendar/feed/revoke")).status_code == 303
    assert (await manager.client.get(other)).status_code == 404


@pytest.mark.parametrize("change", ["role", "tenant", "gone"])
async def test_a_feed_dies_with_the_role_and_rests_when_its_owner_stays_away(
    office: Office, visitor: Visitors, tenant: str, change: str
) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    address = await subscribed(manager)
    async with office.database.transaction() as session:
        people = await list_accounts(session, MUNICIPALITY, "case_manager")
        [account] = [one for one in people if one.subject == f"{MANAGER}@{MUNICIPALITY}"]
        if change == "role":
            account.role = "body"
        elif change == "tenant":
            account.tenant_id = None
        else:
            assert account.last_seen_at
            account.last_seen_at -= RESTS_AFTER
    unknown = await manager.client.get(f"/calendar/{'0' * 64}.ics")
    dead = await manager.client.get(address)
    assert (dead.status_code, unknown.status_code) == (404, 404)
    assert dead.content == unknown.content


async def test_other_roles_have_no_calendar(visitor: Visitors, tenant: str) -> None:
    clerk = visitor()
    await clerk.sign_in("demo-behoerde", MUNICIPALITY)
    await clerk.open("/calendar", status=403)


@pytest.mark.parametrize("month", ["2022-13", "2022-00", "0000-01", "x"])
async def test_a_month_that_does_not_exist_is_not_shown(visitor: Visitors, tenant: str, month: str) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await manager.open(f"/calendar?month={month}", status=404)


async def test_an_erased_person_leaves_the_calendar(office: Office) -> None:
    path = await planned(office)
    async with office.database.transaction() as session:
        await erase_path_person(session, await get_path(session, path.id, None), office.clock())
        assert list(await session.scalars(select(DeadlineDay))) == []


@pytest.mark.parametrize(
    ("statute", "law"),
    [
        ("§ 81 Abs. 4 AufenthG", "AufenthG"),
        ("§ 31 Abs. 7 VwVfG; § 26 Abs. 7 SGB X", "SGB X"),
        ("§ 75 VwGO", "VwGO"),
        ("§ 67 Abs. 1 Nr. 2 AsylG (alte Fassung)", "AsylG"),
        ("§§ 2, 3 UkraineAufenthFGV", "UkraineAufenthFGV"),
        ("", ""),
    ],
)
def test_the_law_of_a_statute_is_the_last_one_that_it_cites(statute: str, law: str) -> None:
    assert law_of(statute) == law
