"""The start of a path: the target group before anything is kept, the consent in the client's language, its refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from store.tables import Path, Person
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.test_paths import ANNA, NAME
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(office: Office) -> None:
    office.clock.now = NOW


async def typed(manager: Guest, **other: str) -> None:
    """The first step, filled in for a young refugee with a Duldung."""
    said = {
        "Wer vermittelt?": "mbe",
        "Name (freiwillig)": NAME,
        "Geburtstag": "2001-03-12",
        "Staatsangehörigkeit": "SY",
        "Was gilt heute? (freiwillig)": "R06",
        "Das gilt seit (freiwillig)": "2024-02-01",
        "Sprache des Einwilligungstextes": "ar",
    } | other
    await manager.page.get_by_label("ja", exact=True).first.check()
    for label, value in said.items():
        await manager.fill(label, value)


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_deciding_rule_is_shown_before_anything_is_kept_and_the_path_begins_with_its_consent(
    office: Office, guest: Guests, javascript: bool
) -> None:
    manager = await guest(javascript=javascript)
    await manager.sign_in(ANNA, MUNICIPALITY, wanted="/paths/new")
    await typed(manager, Wohnort="meerbusch")
    await manager.press("Zielgruppe prüfen")
    text = await manager.page.inner_text("main")
    assert "Die Person gehört zur Zielgruppe." in text
    assert "Regel N4" in text
    assert await office.count(Path) == await office.count(Person) == 0
    arabic = manager.page.locator('.sheet[lang="ar"]')
    assert await arabic.get_attribute("dir") == "rtl"
    assert await arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert "Maschinell übersetzt und nicht geprüft" in text
    if javascript:
        await manager.check()
    await manager.page.get_by_label("Sie willigt ein.").check()
    await manager.page.get_by_label("schriftlich", exact=True).check()
    await manager.fill("Nachweis (freiwillig)", "KIM-2026-0007")
    await manager.press("Weg beginnen")
    page = await manager.page.inner_text("main")
    assert NAME in page
    assert "2026-11-kreis" in page
    assert "KIM-2026-0007" in page
    assert "P1 Case Management und Fallakte" in page


async def test_a_refusal_keeps_nothing_and_says_that_there_is_no_disadvantage(office: Office, guest: Guests) -> None:
    manager = await guest()
    await manager.sign_in(ANNA, MUNICIPALITY, wanted="/paths/new")
    await typed(manager, Wohnort="meerbusch")
    await manager.press("Zielgruppe prüfen")
    await manager.page.get_by_label("Sie willigt nicht ein; es wird nichts gespeichert.").check()
    await manager.press("Weg beginnen")
    assert "Der Person entsteht kein Nachteil" in await manager.page.inner_text("main")
    await manager.check()
    assert await office.count(Path) == await office.count(Person) == 0
