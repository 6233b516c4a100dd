"""What every page owes its guests, shown on the pages of the shell in a real browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import pytest

from api.pages.navigation import NAVIGATION, Entry, Group, entries_for
from api.permissions import PERMISSIONS, ROLES
from tests.pages.browser import Guest, walk_by_keyboard

Guests = Callable[..., Awaitable[Guest]]
PUBLIC_PAGES = ("/", "/sign-in", "/help", "/glossary", "/accessibility", "/privacy", "/nowhere-at-all", "/l/unknown")


@pytest.mark.parametrize("address", PUBLIC_PAGES)
async def test_a_public_page_is_accessible_narrow_and_walkable(guest: Guests, address: str) -> None:
    somebody = await guest()
    await somebody.open(address)
    await somebody.check()


async def test_the_walk_begins_with_the_skip_link_which_leads_to_the_content(guest: Guests) -> None:
    somebody = await guest()
    await somebody.open("/help")
    assert (await walk_by_keyboard(somebody.page))[0] == "Zum Inhalt springen"
    await somebody.open("/help")
    await somebody.page.keyboard.press("Tab")
    await somebody.page.keyboard.press("Enter")
    assert await somebody.page.evaluate("document.activeElement.id") == "content"


async def test_a_form_with_errors_is_accessible_and_its_summary_leads_to_the_field(guest: Guests) -> None:
    somebody = await guest()
    await somebody.sign_in("demo-fallmanagement", wanted="/deputies")
    await somebody.check()
    await somebody.fill("Erster Tag", "2022-02-20")
    await somebody.press("Eintragen")
    page = somebody.page
    assert (await page.title()).startswith("Fehler: ")
    assert await page.evaluate("document.activeElement.className") == "summary"
    await somebody.check()
    assert await page.get_by_label("Erster Tag", exact=True).input_value() == "2022-02-20"
    await page.locator(".summary a").last.click()
    assert page.url.endswith("#f-until")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_form_works_with_and_without_javascript_and_names_are_shown_right(
    guest: Guests, javascript: bool
) -> None:
    somebody, colleague = await guest(javascript=javascript), await guest()
    await colleague.sign_in("demo-fallmanagement-2")
    await somebody.sign_in("demo-fallmanagement", wanted="/deputies")
    await somebody.fill("Wer vertritt?", "Bjarne Beispielmann")
    await somebody.fill("Erster Tag", "2022-02-14")
    await somebody.fill("Letzter Tag", "2022-02-20")
    await somebody.press("Eintragen")
    text = await somebody.page.inner_text("main")
    assert "Die Vertretung ist eingetragen." in text
    assert "Ǧulšan Şerife Muñoz-Đặng" in text
    await somebody.press("Beenden Ǧulšan Şerife Muñoz-Đặng")
    assert "Die Vertretung ist beendet." in await somebody.page.inner_text("main")
    somebody.assert_quiet()


def _flat(shown: Iterable[Entry | Group]) -> list[Entry]:
    return [entry for one in shown for entry in (one.entries if isinstance(one, Group) else (one,))]


def test_no_role_sees_more_than_seven_entries_at_once_and_each_reaches_every_place_that_it_may_open() -> None:
    for role in ROLES:
        shown = entries_for(role)
        assert len(shown) <= 7, role
        assert not any(isinstance(one, Group) and len(one.entries) < 2 for one in shown), role
        reached = [entry.permission for entry in _flat(shown)]
        assert reached == [entry.permission for entry in _flat(NAVIGATION) if role in PERMISSIONS[entry.permission]], (
            role
        )


async def test_a_group_of_the_navigation_opens_by_keyboard_and_says_where_one_is(guest: Guests) -> None:
    somebody = await guest(javascript=True)
    await somebody.sign_in("demo-koordination", wanted="/workload")
    navigation = somebody.page.get_by_role("navigation", name="Hauptnavigation")
    assert await navigation.locator("summary[aria-current=true]").inner_text() == "Team"
    await somebody.check()
    await navigation.get_by_text("Team").focus()
    await somebody.page.keyboard.press("Enter")
    assert await navigation.locator("a[aria-current=page]").inner_text() == "Auslastung"
    await somebody.check()
    await navigation.get_by_text("Steuerung").focus()
    await somebody.page.keyboard.press("Space")
    assert not await navigation.get_by_role("link", name="Auslastung").is_visible()  # one group is open at a time
    await navigation.get_by_role("link", name="Gremien").click()
    await somebody.page.wait_for_url("**/bodies")


async def test_the_language_is_chosen_by_a_link_and_kept(guest: Guests) -> None:
    somebody = await guest()
    await somebody.open("/help")
    await somebody.press("English")
    assert await somebody.page.locator("html").get_attribute("lang") == "en"
    await somebody.open("/privacy")
    assert await somebody.page.locator("html").get_attribute("lang") == "en"
    await somebody.check()


async def test_every_letter_of_the_fonts_comes_from_here(guest: Guests) -> None:
    somebody = await guest()
    await somebody.open("/")
    await somebody.page.evaluate("async () => { await document.fonts.ready }")
    loaded = await somebody.page.evaluate("() => [...document.fonts].map(font => font.status)")
    assert "loaded" in loaded
    assert "error" not in loaded
    somebody.assert_quiet()


FAULTS = {
    "too little contrast": "document.querySelector('h1').style.color = '#bbb'",
    "too little contrast in a picture": """document.querySelector('main').innerHTML +=
        '<svg role="img" aria-label="x"><text y="20" fill="#800">x</text></svg>'""",
    "a field without a name": "document.querySelector('main').innerHTML += '<input>'",
    "no ring around the focus": """document.querySelectorAll('a').forEach(one => {
        one.style.outline = 'none'; one.style.boxShadow = 'none' })""",
    "too wide": "document.querySelector('h1').style.minWidth = '700px'",
    "a foreign server": """document.querySelector('main').innerHTML +=
        '<img alt="" src="http://elsewhere.invalid/x.png">'""",
}


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_check_finds(guest: Guests, fault: str, javascript: bool) -> None:
    somebody = await guest(javascript=javascript)
    await somebody.open("/help")
    await somebody.page.evaluate(f"() => {{ {FAULTS[fault]} }}")
    with pytest.raises(AssertionError):
        await somebody.check()


async def test_on_paper_there_is_the_content_alone(guest: Guests) -> None:
    somebody = await guest()
    await somebody.sign_in("demo-fallmanagement", wanted="/deputies")
    await somebody.page.emulate_media(media="print")
    for hidden in ("header", "footer", "form", ".skip"):
        assert not await somebody.page.locator(hidden).first.is_visible(), hidden
    assert await somebody.page.locator("h1").is_visible()
    ground = await somebody.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
