"""A case manager's day: the list, a path with its picture, a fact with its preview, claiming and giving back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from store.paths import load_case
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
ANNA, BJARNE = "demo-fallmanagement", "demo-fallmanagement-2"
NAME = "Ǧulšan Şerife Muñoz-Đặng"


async def begun(manager: Guest) -> str:
    """A path that a case manager began by hand; returns its address."""
    await manager.sign_in(ANNA, MUNICIPALITY, wanted="/paths")
    await manager.press("Einen Weg beginnen")
    await manager.fill("Wer vermittelt?", "mbe")
    await manager.page.get_by_label("ja", exact=True).check()
    await manager.fill("Name (freiwillig)", NAME)
    await manager.fill("Geburtstag", "1994-03-12")
    await manager.fill("Staatsangehörigkeit", "SY")
    await manager.fill("Wohnort", "meerbusch")
    await manager.press("Zielgruppe prüfen")
    await manager.page.get_by_label("Sie willigt ein.").check()
    await manager.page.get_by_label("schriftlich", exact=True).check()
    await manager.press("Weg beginnen")
    return manager.page.url.removeprefix(manager.site)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_path_begins_with_a_name_that_is_shown_right(office: Office, guest: Guests, javascript: bool) -> None:
    manager = await guest(javascript=javascript)
    address = await begun(manager)
    assert NAME in await manager.page.inner_text("h1")
    await manager.open("/paths")
    assert await manager.page.locator(f'a[href="{address}"]').count() == 1


async def test_a_fact_is_previewed_and_recorded_in_two_clicks(office: Office, guest: Guests) -> None:
    manager = await guest()
    address = await begun(manager)
    await manager.open(f"{address}/facts/new?kind=asylum.decided")
    await manager.check()
    await manager.press("Vorschau")
    assert (await manager.page.title()).startswith("Fehler: ")
    await manager.fill("Ergebnis", "refugee")
    await manager.fill("Tag, von dem an es gilt", "2022-02-11")
    await manager.press("Vorschau")
    text = await manager.page.inner_text("main")
    assert "Neue Frist" in text
    await manager.check()
    case_before = await _facts(office, address)
    await manager.press("Aufnehmen")
    assert "Die Tatsache ist aufgenommen." in await manager.page.inner_text("main")
    assert len(await _facts(office, address)) == len(case_before) + 1


async def _facts(office: Office, address: str) -> list[str]:
    async with office.database.reading() as session:
        case = await load_case(session, office.database.keyring, address.rpartition("/")[2])
    return [fact.kind for fact in case.facts]


async def test_the_page_of_a_path_is_readable_for_everybody_and_the_table_says_what_the_picture_says(
    office: Office, guest: Guests
) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    manager = await guest()
    await manager.sign_in(ANNA, MUNICIPALITY, wanted="/paths")
    await manager.open(f"/paths/{path_id}")
    boxes = await manager.page.locator(".chart rect").count()
    await manager.page.locator("details", has_text="Der Weg als Tabelle").locator("summary").click()
    rows = await manager.page.locator("details table tbody tr").count()
    assert boxes == rows > 2
    await manager.check()
    await manager.open("/paths?tab=team")
    await manager.check()
    await manager.open("/paths/new")
    await manager.check()


async def test_a_path_of_nobody_is_claimed_once_and_can_be_given_back(office: Office, visitor: Visitors) -> None:
    path_id = await office.start()
    anna, bjarne = visitor(), visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    await bjarne.sign_in(BJARNE, MUNICIPALITY)
    page, late = await anna.open(f"/paths/{path_id}"), await bjarne.open(f"/paths/{path_id}")
    assert (await anna.send(page, f"/paths/{path_id}/claim")).status_code == 303
    assert (await bjarne.send(late, f"/paths/{path_id}/claim")).status_code in (403, 404)
    await bjarne.open(f"/paths/{path_id}", status=404)
    mine = await anna.open(f"/paths/{path_id}")
    assert (await anna.send(mine, f"/paths/{path_id}/release")).status_code == 303
    await bjarne.open(f"/paths/{path_id}")


async def test_a_fact_is_taken_back_and_shown_as_such(office: Office, visitor: Visitors) -> None:
    path_id = await office.start()
    anna = visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    page = await anna.open(f"/paths/{path_id}")
    action = re.search(rf'action="(/paths/{path_id}/facts/[^"]+/retract)"', page.text)
    assert action
    assert (await anna.send(page, action.group(1))).status_code == 303
    assert "zurückgenommen" in (await anna.open(f"/paths/{path_id}")).text


async def test_a_coordinator_without_a_reason_is_asked_for_one_and_sees_nothing_of_the_file(
    office: Office, visitor: Visitors
) -> None:
    path_id = await office.start()
    coordinator = visitor()
    await coordinator.sign_in("demo-koordination", MUNICIPALITY)
    answer = await coordinator.client.get(f"/paths/{path_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/paths/{path_id}/supervision")
    page = (await coordinator.open(f"/paths/{path_id}/supervision")).text
    assert "12.03.1994" not in page
    assert "Tatsachen der Akte" not in page
