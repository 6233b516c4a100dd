"""The page of a path: checklist, impulse, consents and their withdrawal, corrections, the log, paper."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from markupsafe import escape

from process_models.interface_review import Interface
from store.events import OtherWaits, note_waits
from store.tables import BodyItem
from tests.api.conftest import MUNICIPALITY
from tests.api.office import PERSON, Office
from tests.pages.browser import Guest
from tests.pages.test_paths import ANNA, NAME
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
NAMED = {"person": PERSON | {"name": NAME}}


async def at(guest: Guest, address: str) -> str:
    """Opens an address as the first case manager; returns the text of the page."""
    await guest.sign_in(ANNA, MUNICIPALITY, wanted="/paths")
    await guest.open(address)
    return await guest.page.inner_text("main")


async def test_the_checklist_tells_every_condition_with_its_legal_basis(office: Office, guest: Guests) -> None:
    manager = await guest()
    text = await at(manager, f"/paths/{await office.start()}")
    assert "Voraussetzungen der Einbürgerung" in text
    rows = manager.page.locator("table", has_text="Voraussetzungen der Einbürgerung").locator("tbody tr")
    assert await rows.count() >= 10
    for row in await rows.all():
        assert "§" in await row.inner_text()
    assert "Identität und Staatsangehörigkeit geklärt" in text
    assert "nicht bekannt" in text


@pytest.mark.parametrize("javascript", [True, False])
async def test_an_impulse_is_raised_and_a_name_in_its_sketch_is_refused_at_the_field(
    office: Office, guest: Guests, javascript: bool
) -> None:
    path_id = await office.start(**NAMED)
    manager = await guest(javascript=javascript)
    await at(manager, f"/paths/{path_id}/impulses/new")
    await manager.fill("Warum es hakt", "DOC_MISSING")
    await manager.fill("Skizze", "Şerife soll den eAT vorlegen.")
    await manager.press("Impuls geben")
    assert "nennt einen Namen" in await manager.page.inner_text("#e-sketch")
    assert await manager.page.get_by_label("Skizze").input_value() == "Şerife soll den eAT vorlegen."
    if javascript:
        await manager.check()
    await manager.fill("Skizze", "Die Stelle verlangt den eAT, das Gesetz nicht.")
    await manager.press("Impuls geben")
    assert "steht auf der Tagesordnung" in await manager.page.inner_text("main")
    assert await office.count(BodyItem) == 1


async def test_a_withdrawal_tells_its_consequences_before_it_acts(office: Office, guest: Guests) -> None:
    path_id = await office.start(**NAMED)
    await office.offer(path_id)
    manager = await guest()
    await at(manager, f"/paths/{path_id}")
    await manager.press("Widerrufen P2 Übergabe an eine Stelle")
    text = await manager.page.inner_text("main")
    assert "Diese Übergaben werden zurückgenommen" in text
    assert "H01: Jobcenter" in text
    await manager.check()
    await manager.press("Widerrufen")
    text = await manager.page.inner_text("main")
    assert "Die Einwilligung ist widerrufen" in text
    assert "zurückgenommen" in await manager.page.inner_text(".handover")


async def test_a_refused_consent_is_recorded_without_any_disadvantage(office: Office, guest: Guests) -> None:
    path_id = await office.start(**NAMED)
    manager = await guest()
    await at(manager, f"/paths/{path_id}/consents/new?purposes=P3&text_language=uk")
    assert await manager.page.locator('.sheet[lang="uk"]').count() == 1
    await manager.check()
    await manager.press("Festhalten")
    assert "Bitte angeben, was die Person sagt." in await manager.page.inner_text("main")
    assert await manager.page.get_by_label("P3 Besprechung mit Namen in der AG Fallebene").is_checked()
    await manager.page.get_by_label("Sie willigt nicht ein. Ihr entsteht kein Nachteil.").check()
    await manager.press("Festhalten")
    assert "Der Person entsteht kein Nachteil." in await manager.page.inner_text("main")


async def test_a_handover_needs_its_recipient_and_what_was_typed_stays(office: Office, guest: Guests) -> None:
    manager = await guest()
    await at(manager, f"/paths/{await office.start()}/consents/new?purposes=P2")
    await manager.page.get_by_label("Sie willigt ein.").check()
    await manager.page.get_by_label("elektronisch", exact=True).check()
    await manager.fill("Nachweis (freiwillig)", "FAX-17")
    await manager.press("Festhalten")
    assert "muss der Empfänger genannt sein" in await manager.page.inner_text("#e-recipient")
    assert await manager.page.get_by_label("Nachweis (freiwillig)").input_value() == "FAX-17"
    await manager.fill("An wen (freiwillig)", "schulamt")
    await manager.page.get_by_label("Familie", exact=True).check()
    await manager.press("Festhalten")
    assert "FAX-17" in await manager.page.inner_text("main")


async def test_a_correction_opens_with_what_the_fact_says(office: Office, guest: Guests) -> None:
    path_id = await office.start()
    manager = await guest()
    await at(manager, f"/paths/{path_id}/facts/new?kind=asylum.decided&corrects=a08")
    assert await manager.page.get_by_label("Ergebnis").input_value() == "refugee"
    assert await manager.page.get_by_label("Tag, von dem an es gilt").input_value() == "2022-02-11"


async def test_a_fact_without_further_data_is_recorded_in_two_clicks_from_the_page(
    office: Office, guest: Guests
) -> None:
    path_id = await office.start()
    manager = await guest()
    await at(manager, f"/paths/{path_id}")
    await manager.fill("Tatsache aufnehmen: Was ist geschehen?", "asylum.suit_filed")
    await manager.press("Weiter")
    text = await manager.page.inner_text("main")
    assert "Das wird sich dadurch ändern" in text
    await manager.check()
    await manager.press("Aufnehmen")
    assert "Die Tatsache ist aufgenommen." in await manager.page.inner_text("main")


async def test_the_log_is_for_case_management_and_auditors_and_names_the_reason(
    office: Office, visitor: Visitors
) -> None:
    path_id = await office.start()
    coordinator, manager = visitor(), visitor()
    await coordinator.sign_in("demo-koordination", MUNICIPALITY)
    assert (await coordinator.client.get(f"/paths/{path_id}")).status_code == 303  # a reason is asked for first
    await coordinator.open(f"/paths/{path_id}/log", status=403)
    await manager.sign_in(ANNA, MUNICIPALITY)
    await manager.open(f"/paths/{path_id}")
    log = (await manager.open(f"/paths/{path_id}/log")).text
    assert "Weg begonnen" in log
    assert "Weg geöffnet: KIM-" in log
    assert "gehört niemandem" in log


async def test_a_path_and_a_sheet_leave_as_tagged_pdf_with_the_name_composed(office: Office, visitor: Visitors) -> None:
    path_id = await office.start(**NAMED)
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    sheet = f"/paths/{path_id}/consents/sheet/pdf?purposes=P1&text=2026-11-kreis:*&text_language=ar"
    for address in (f"/paths/{path_id}/pdf", sheet):
        answer = await manager.client.get(address)
        assert answer.headers["content-type"] == "application/pdf", answer.text[:200]
        assert b"StructTreeRoot" in answer.content


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_what_is_signed_stands_on_the_page_of_its_text(office: Office, visitor: Visitors, language: str) -> None:
    path_id = await office.start(**NAMED)
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    wanted = "purposes=P1&purposes=P2&recipient=jobcenter&categories=residence&categories=benefits"
    sheet = f"/paths/{path_id}/consents/sheet/pdf?{wanted}&text=2026-11-kreis:*&text_language={language}"
    assert len(re.findall(rb"/Type /Page\b", (await manager.client.get(sheet)).content)) == 1


async def test_a_form_sent_twice_acts_once(office: Office, visitor: Visitors) -> None:
    path_id = await office.start()
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    address = f"/paths/{path_id}/impulses/new"
    page = await manager.open(address)
    typed = {"handover": "H01", "reason": "CAPACITY", "sketch": "Es gibt zu wenige Termine."}
    for _ in range(2):
        assert (await manager.send(page, address, typed)).status_code == 303
    facts = (await office.manager.get(f"/v1/paths/{path_id}/facts")).json()["facts"]
    assert sum(one["fact"] == "impulse.raised" for one in facts) == 1


async def test_a_path_says_which_step_is_expected_by_when_and_from_how_many_handovers_that_was_learned(
    office: Office, visitor: Visitors
) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    fixed = (await manager.open(f"/paths/{path_id}")).text
    assert "Erwartet nach der Leiter: Eingang bestätigt bis" in fixed
    assert "noch zu wenige Übergaben" in fixed
    learned = OtherWaits(Interface("H01", "sozialamt", "jobcenter"), date(2021, 6, 1), 2, 24, "receive")
    async with office.database.transaction() as session:
        await note_waits(session, MUNICIPALITY, learned)
    page = (await manager.open(f"/paths/{path_id}")).text
    expected = "Eingang in neun von zehn Fällen binnen 2 Arbeitstagen bestätigt (gelernt aus 24 Übergaben"
    assert page.count(expected) == 2, "beside what the path waits for, and at the handover"
    assert "zu wenige Übergaben" not in page


async def test_each_purpose_that_may_be_ticked_shows_its_sentence_in_both_languages(
    office: Office, visitor: Visitors
) -> None:
    path_id, anna = await office.start(), visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    form = (await anna.open(f"/paths/{path_id}/consents/new?text_language=tr")).text.partition("Was die Person sagt")[2]
    for language in ("tr", "de"):
        [words] = [one for one in office.catalogue.consent_wordings if one.language == language]
        missing = [code for code in ("P1", "P2", "P3", "P4", "P5", "P7") if escape(words.purposes[code]) not in form]
        assert missing == [], language
    nothing = await anna.open(f"/paths/{path_id}/consents/new?text_language=xx")
    assert "Für diese Auswahl gibt es keinen Text." in nothing.text
