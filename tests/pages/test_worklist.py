"""The worklist: what is late first, whose it is, filters that are kept, deputies by day, the search in the header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from store.account_tables import Account
from store.assignments import assign, deputise
from store.database import Database
from store.filter_tables import WorkFilter
from store.tables import Path
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
ANNA, BJARNE, COORDINATOR = "demo-fallmanagement", "demo-fallmanagement-2", "demo-koordination"


async def account_of(database: Database, person: str) -> str:
    """The id of a demo person who has signed in."""
    async with database.reading() as session:
        query = select(Account).where(col(Account.subject) == f"{person}@{MUNICIPALITY}")
        return (await session.scalars(query)).one().id


async def given_to(office: Office, person: str, days: int | None) -> Path:
    """A path of this person whose next deadline comes in so many days; None = it has none."""
    path_id, today = await office.start(), office.clock().date()
    owner = await account_of(office.database, person)
    due = None if days is None else today + timedelta(days=days)
    async with office.database.transaction() as session:
        await session.execute(update(Path).where(col(Path.id) == path_id).values(next_due_on=due))
        path = await session.get(Path, path_id, populate_existing=True)
        assert path is not None
        await assign(session, path, owner, today)
    return path


async def test_what_is_late_stands_first_and_each_number_is_a_link_to_its_list(
    office: Office, visitor: Visitors
) -> None:
    anna = visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    free, later, soon, late = [await given_to(office, ANNA, days) for days in (None, 30, 3, -2)]
    shown = (await anna.open("/paths")).text
    places = [shown.index(path.case_number) for path in (late, soon, later, free)]
    assert places == sorted(places)
    assert "1 Weg mit überfälliger Frist" in shown
    only_late = (await anna.open("/paths?tab=mine&due=overdue")).text
    assert [path.case_number in only_late for path in (late, soon, later, free)] == [True, False, False, False]
    only_soon = (await anna.open("/paths?tab=mine&due=soon")).text
    assert [path.case_number in only_soon for path in (late, soon, later, free)] == [False, True, False, False]


async def test_a_filter_is_kept_under_a_name_opened_by_its_link_and_deleted(office: Office, guest: Guests) -> None:
    anna = await guest(javascript=False)
    await anna.sign_in(ANNA, MUNICIPALITY, wanted="/paths")
    await anna.fill("Frist", "overdue")
    await anna.press("Filtern")
    await anna.fill("Name des Filters", "Đringend & spät")
    await anna.press("Filter speichern")
    assert "Der Filter „Đringend & spät“ ist gespeichert." in await anna.page.inner_text("main")
    await anna.open("/paths")
    await anna.press("Đringend & spät")
    assert "due=overdue" in anna.page.url
    await anna.press("Löschen Đringend & spät")
    assert "Der Filter ist gelöscht." in await anna.page.inner_text("main")
    assert await anna.page.get_by_text("Gespeicherte Filter").count() == 0


async def test_nobody_sees_or_deletes_the_filters_of_others(office: Office, visitor: Visitors) -> None:
    anna, bjarne = visitor(), visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    await bjarne.sign_in(BJARNE, MUNICIPALITY)
    await anna.send(await anna.open("/paths?due=soon"), "/paths/filters", {"name": "Nur meiner"})
    async with office.database.reading() as session:
        kept = (await session.scalars(select(WorkFilter))).one()
    assert "Nur meiner" not in (await bjarne.open("/paths")).text
    page = await bjarne.open("/paths?due=soon")
    own_form = {**_keys(page.text), "name": "x"}
    answer = await bjarne.client.post(f"/paths/filters/{kept.id}/end", data=own_form, headers=bjarne.headers)
    assert answer.status_code == 404
    assert "Nur meiner" in (await anna.open("/paths")).text


def _keys(text: str) -> dict[str, str]:
    form = text.split('action="/paths/filters"')[1]
    return {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "once")}


async def test_a_name_that_is_too_long_stays_in_its_field(office: Office, visitor: Visitors) -> None:
    anna = visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    answer = await anna.send(await anna.open("/paths?due=soon"), "/paths/filters", {"name": "n" * 41})
    assert answer.status_code == 422
    assert f'value="{"n" * 41}"' in answer.text
    assert 'id="e-name"' in answer.text


async def test_a_deputy_has_the_paths_from_the_first_day_to_the_last_and_not_a_day_longer(
    office: Office, visitor: Visitors
) -> None:
    today = office.clock().date()
    await visitor().sign_in(ANNA, MUNICIPALITY)
    await visitor().sign_in(BJARNE, MUNICIPALITY)
    path = await given_to(office, ANNA, 3)
    ids = [await account_of(office.database, person) for person in (BJARNE, ANNA)]
    async with office.database.transaction() as session:
        await deputise(session, MUNICIPALITY, *ids, (today + timedelta(days=1), today + timedelta(days=2)))
    seen = []
    for _ in range(4):
        bjarne = visitor()
        await bjarne.sign_in(BJARNE, MUNICIPALITY)  # anew each day: a session lasts ten hours
        seen.append(path.case_number in (await bjarne.open("/paths?tab=mine")).text)
        await bjarne.open(f"/paths/{path.id}", 200 if seen[-1] else 404)
        office.clock.forward(days=1)
    assert seen == [False, True, True, False]


async def test_a_path_of_nobody_is_claimed_from_the_list(office: Office, guest: Guests) -> None:
    path_id = await office.start()
    anna = await guest()
    await anna.sign_in(ANNA, MUNICIPALITY, wanted="/paths")
    await anna.check()
    await anna.press("Zum Team")
    await anna.check()
    await anna.page.get_by_role("button", name="Übernehmen").click()
    assert anna.page.url.endswith(f"/paths/{path_id}")
    await anna.open("/paths")
    assert await anna.page.locator(f'a[href="/paths/{path_id}"]').count() == 1


@pytest.mark.parametrize("typed", ["KIM-{}-{}", "kim-{}-{}", "{}{}", " {} {} "])
async def test_a_case_number_is_found_however_it_is_typed(office: Office, visitor: Visitors, typed: str) -> None:
    anna = visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    path = await given_to(office, ANNA, None)
    _, first, second = path.case_number.split("-")
    answer = await anna.client.get("/search", params={"case_number": typed.format(first, second)})
    assert answer.headers["location"] == f"/paths/{path.id}"


async def test_unknown_and_forbidden_case_numbers_look_the_same(office: Office, visitor: Visitors) -> None:
    anna, bjarne = visitor(), visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    await bjarne.sign_in(BJARNE, MUNICIPALITY)
    path = await given_to(office, ANNA, None)
    pages = [await bjarne.open(f"/search?case_number={number}", 404) for number in (path.case_number, "KIM-2222-2222")]
    assert pages[0].text.replace(path.case_number, "…") == pages[1].text.replace("KIM-2222-2222", "…")


async def test_the_search_stands_on_every_page_of_who_may_open_paths(office: Office, guest: Guests) -> None:
    path_id = await office.start()
    coordinator = await guest()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY, wanted="/help")
    async with office.database.reading() as session:
        path = await session.get(Path, path_id)
    assert path is not None
    await coordinator.fill("Aktenzeichen suchen", path.case_number)
    await coordinator.press("Weg öffnen")
    assert coordinator.page.url.endswith(f"/paths/{path_id}/supervision")  # whose file it is not says why first
    await coordinator.fill("Aktenzeichen suchen", "KIM-2222-2222")
    await coordinator.press("Weg öffnen")
    await coordinator.check()
