"""The pages of the bodies: agenda, paper, decision, meeting, minutes; who sees what of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest
from playwright.async_api import Page

from process_models.interface_review import Interface
from store.body_items import put_on_agenda
from store.database import Database
from store.events import OtherWaits, note_waits
from store.meetings import NewMeeting, NewResolution, plan_meeting, resolve, write_minutes
from store.tables import BodyItem
from tests.api.conftest import MUNICIPALITY
from tests.api.test_bodies import about_h01
from tests.event_rows import row, write_rows
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
OFFICE, MEMBERS, STEERING = "demo-koordination", "demo-ag-verfahrensebene", "demo-lenkungsgruppe"
AT = Interface("H01", "sozialamt", "jobcenter")


async def raised(database: Database, body: str = "verfahren") -> BodyItem:
    async with database.transaction() as session:
        return await put_on_agenda(session, about_h01(body))


async def test_the_office_takes_an_item_from_the_paper_to_the_decision_and_the_minutes(
    guest: Guests, tenant: str, database: Database
) -> None:
    await raised(database)
    office = await guest()
    await office.sign_in(OFFICE, wanted="/bodies")
    await office.check()
    await office.press("Arbeitsgruppe auf Verfahrensebene")
    await office.check()
    await office.fill("Tag der Sitzung", "2022-02-15")
    await office.fill("Anlass", "Fünf Wege warten auf den eAT")
    await office.press("Ansetzen")
    assert "15.02.2022" in await office.page.inner_text("main")
    await office.page.locator("td a").first.click()
    await office.fill("Befund (freiwillig)", "Fünf Wege warten auf den eAT.")
    await office.press("Vorlage speichern")
    assert "Die Vorlage ist gespeichert." in await office.page.inner_text("main")
    await office.check()
    await office.press("Beschluss festhalten")
    assert (await office.page.title()).startswith("Fehler: ")
    await office.page.get_by_label("der Lenkungsgruppe vorgelegt").check()
    await office.fill("Wortlaut (freiwillig)", "Bescheid und Gestattung genügen.")
    await office.press("Beschluss festhalten")
    assert "der Lenkungsgruppe vorgelegt" in await office.page.inner_text("main")
    await office.check()
    await office.open("/bodies/lenkung")
    await office.page.locator("td a").first.click()
    paper = office.page.get_by_label("Befund (freiwillig)")
    assert await paper.input_value() == "Fünf Wege warten auf den eAT."


async def test_a_member_of_another_body_finds_neither_item_nor_meeting(
    visitor: Visitors, tenant: str, database: Database
) -> None:
    item = await raised(database)
    member, steering = visitor(), visitor()
    await member.sign_in(MEMBERS)
    await steering.sign_in(STEERING)
    assert "unter 5" in (await member.open(f"/items/{item.id}")).text
    await steering.open(f"/items/{item.id}", status=404)
    await steering.open(f"/items/{item.id}/paper.pdf", status=404)
    assert item.id not in (await steering.open("/bodies/verfahren")).text


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ({"rule": "ladder", "working_days": 21}, "Seit 21 Arbeitstagen ohne Antwort: feste Stufe"),
        ({"rule": "pattern", "paths": 3, "within_days": 60, "threshold": 3}, "unter 5 Wege mit demselben Grund"),
        ({"rule": "forty_days", "working_days": 41, "threshold": 40}, "Ein Weg wartet seit 41 Arbeitstagen"),
        ({"rule": "rule_change", "since": "2026-02-09", "paths": 14}, "blockiert seit 09.02.2026"),
        (
            {"rule": "slower_than_usual", "usual_days": 4, "learned_from": 60, "recent": 12, "slower": 4},
            "binnen 4 Arbeitstagen (gelernt aus 60 Antworten); zuletzt dauerten unter 5 von 12 länger",
        ),
        (
            {"rule": "usual", "working_days": 6, "usual_days": 4, "learned_from": 60},
            "Seit 6 Arbeitstagen ohne Antwort; sonst antwortet diese Stelle in neun von zehn Fällen binnen 4",
        ),
        (
            {
                "rule": "slower_than_usual",
                "step": "complete",
                "usual_days": 9,
                "learned_from": 60,
                "recent": 12,
                "slower": 7,
            },
            "binnen 9 Arbeitstagen nach der Annahme abgeschlossen (gelernt aus 60 Übergaben); zuletzt dauerten 7 von",
        ),
        (
            {
                "rule": "slower_than_usual",
                "step": "receive",
                "usual_days": 2,
                "learned_from": 60,
                "recent": 12,
                "slower": 7,
            },
            "Neun von zehn Eingängen wurden bisher binnen 2 Arbeitstagen bestätigt (gelernt aus 60 Übergaben)",
        ),
        (
            {"rule": "usual", "step": "receive", "working_days": 6, "usual_days": 1, "learned_from": 60},
            "Seit 6 Arbeitstagen ist der Eingang nicht bestätigt; sonst bestätigt ihn diese Stelle in",
        ),
        ({"rule": "office"}, "Die Koordination hat den Punkt selbst aufgesetzt."),
        ({"rule": "impulse"}, "Impuls aus dem Case Management."),
    ],
)
async def test_an_item_says_why_it_was_raised_and_tells_no_small_count(
    visitor: Visitors, tenant: str, database: Database, why: dict[str, int | str], said: str
) -> None:
    async with database.transaction() as session:
        item = await put_on_agenda(session, replace(about_h01(), why=why))
    member = visitor()
    await member.sign_in(MEMBERS)
    assert said in (await member.open(f"/items/{item.id}")).text


async def test_a_paper_is_a_tagged_pdf(visitor: Visitors, tenant: str, database: Database) -> None:
    item = await raised(database)
    office = visitor()
    await office.sign_in(OFFICE)
    answer = await office.client.get(f"/items/{item.id}/paper.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in answer.content or b"StructTreeRoot" in answer.content


async def test_minutes_are_asked_for_only_after_the_meeting(visitor: Visitors, tenant: str, database: Database) -> None:
    office = visitor()
    await office.sign_in(OFFICE)
    page = await office.open("/bodies/lenkung")
    called = await office.send(page, "/bodies/lenkung/meetings", {"held_on": "2022-02-15", "reason": "Bedarf"})
    assert called.status_code == 303
    meeting = (await office.open("/bodies/lenkung")).text.split('href="/meetings/')[1].split('"')[0]
    assert "Noch keine Niederschrift." in (await office.open(f"/meetings/{meeting}")).text


async def answered(database: Database, count: int) -> None:
    """So many acceptances of the Jobcenter in a quarter that is over, each after 17 working days and 15 days of gap."""
    answers = OtherWaits(AT, date(2021, 11, 15), 17, count, offered_on=date(2021, 10, 20))
    async with database.transaction() as session:
        await note_waits(session, MUNICIPALITY, answers)
    await write_rows(database, [row("gap_ended", date(2021, 11, 15), days=15) for _ in range(count)])


async def field(page: Page, label: str) -> str:
    """What stands in a field that may stay empty."""
    return await page.get_by_label(f"{label} (freiwillig)").input_value()


@pytest.mark.parametrize(
    ("count", "finding", "effect"),
    [
        (
            6,
            "Von 2021 Q1 bis 2021 Q4: Angebote: 6, angenommen: 6, abgelehnt: 0."
            " Arbeitstage bis zur Annahme (Median): 17.",
            "Ausgangswert: Arbeitstage bis zur Annahme (Median): 17. Monate ohne Lebensunterhalt: 3,0.",
        ),
        (4, "Von 2021 Q1 bis 2021 Q4: Angebote: unter 5, angenommen: unter 5, abgelehnt: 0.", ""),
    ],
)
async def test_a_paper_begins_with_the_figures_of_its_interface_as_the_review_tells_them(
    guest: Guests, tenant: str, database: Database, count: int, finding: str, effect: str
) -> None:
    item = await raised(database)
    await answered(database, count)
    office = await guest()
    await office.sign_in(OFFICE, wanted=f"/items/{item.id}")
    assert (await field(office.page, "Befund"), await field(office.page, "Erwartete Wirkung")) == (finding, effect)
    await office.fill("Befund (freiwillig)", "Eigene Worte.")
    await office.press("Vorlage speichern")
    await answered(database, 20)
    await office.page.reload()
    assert (await field(office.page, "Befund"), await field(office.page, "Erwartete Wirkung")) == (
        "Eigene Worte.",
        effect,
    )


async def test_a_decision_that_is_refused_leaves_the_paper_on_the_page(
    guest: Guests, tenant: str, database: Database
) -> None:
    item = await raised(database)
    office = await guest()
    await office.sign_in(OFFICE, wanted=f"/items/{item.id}")
    await office.fill("Befund (freiwillig)", "Fünf Wege warten auf den eAT.")
    await office.press("Vorlage speichern")
    await office.press("Beschluss festhalten")
    assert await field(office.page, "Befund") == "Fünf Wege warten auf den eAT."


async def test_minutes_are_a_tagged_pdf_for_who_sees_the_meeting(
    visitor: Visitors, tenant: str, database: Database
) -> None:
    held_on = date(2022, 2, 9)
    async with database.transaction() as session:
        meeting = await plan_meeting(session, NewMeeting(MUNICIPALITY, "verfahren", held_on, held_on))
        item = await put_on_agenda(session, about_h01())
        decided = NewResolution("adopt", held_on, "AG", meeting.id, text="Bescheid genügt.", owner="Jobcenter Süd")
        await resolve(session, item, decided)
        await write_minutes(session, meeting, "Einstimmig.", "Jobcenter, Sozialamt", date(2022, 2, 10))
    office, steering = visitor(), visitor()
    await office.sign_in(OFFICE)
    await steering.sign_in(STEERING)
    assert f'href="/meetings/{meeting.id}/minutes.pdf"' in (await office.open(f"/meetings/{meeting.id}")).text
    answer = await office.client.get(f"/meetings/{meeting.id}/minutes.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert b"pdfuaid:part" in answer.content
    assert b"Niederschrift: Arbeitsgruppe auf Verfahrensebene, 09.02.2022" in answer.content
    await steering.open(f"/meetings/{meeting.id}/minutes.pdf", status=404)
