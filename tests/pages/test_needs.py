"""Needs and offers in the browser: recorded, referred, met; the owner's page behind the link; figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from activities.bodies import BodyActivities
from activities.upkeep import OFFER_UPKEEP, link_of
from process_models.messages import LookAtAgenda
from store.catalogues import Catalogues
from store.need_tables import Offer
from store.notices import pending_body_notices
from store.offers import add_offer
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
ANNA, OTTI = "demo-fallmanagement", "demo-koordination"
TITLE = "Deutsch mit Ğülşan & Đặng"
COURSE = {"kind": "language", "title": TITLE, "agency": "kurstraeger-rkn", "places": ["meerbusch"], "languages": []}


async def course(office: Office) -> str:
    """An offer in the register; its id."""
    now = office.clock()
    async with office.database.transaction() as session:
        return (await add_offer(session, MUNICIPALITY, COURSE, now.date(), now)).id


async def test_a_need_is_recorded_referred_and_met_and_the_person_gets_a_sheet(office: Office, guest: Guests) -> None:
    path_id, _ = await office.start(), await course(office)
    manager = await guest()
    await manager.sign_in(ANNA, MUNICIPALITY, wanted=f"/paths/{path_id}/needs")
    await manager.fill("Was wird gebraucht?", "language")
    await manager.fill("Genauer (freiwillig)", "B1 bis zum Sommer")
    await manager.press("Aufnehmen")
    assert "B1 bis zum Sommer" in await manager.page.inner_text("main")
    await manager.page.get_by_label("Schon dorthin vermittelt").check()
    await manager.page.get_by_role("button", name="Vormerken").click()
    assert "vermittelt" in await manager.page.inner_text("main")
    await manager.check()
    await manager.open(f"/paths/{path_id}/steps")
    sheet = await manager.page.inner_text("main")
    assert TITLE in sheet
    assert "lassen Sie sich einstufen" in sheet
    await manager.check()
    await manager.open(f"/paths/{path_id}/needs")
    await manager.page.get_by_role("button", name="Festhalten").click()
    assert "gedeckt" in await manager.page.inner_text("main")
    await manager.open(f"/paths/{path_id}")
    assert "Bedarfe und Angebote" in await manager.page.inner_text("main")


async def test_the_register_is_searched_kept_and_downloaded(office: Office, guest: Guests) -> None:
    await course(office)
    keeper = await guest()
    await keeper.sign_in(OTTI, MUNICIPALITY, wanted="/offers")
    assert TITLE in await keeper.page.inner_text("main")
    await keeper.check()
    await keeper.open("/offers?place=neuss")
    assert "Kein Angebot passt" in await keeper.page.inner_text("main")
    await keeper.open("/offers/new")
    await keeper.press("Eintragen")
    assert (await keeper.page.title()).startswith("Fehler: ")
    await keeper.fill("Für welchen Bedarf?", "housing")
    await keeper.fill("Wer bietet es an und pflegt den Eintrag?", "mbe-rkn")
    await keeper.fill("Was wird angeboten?", "=WENN(1)")
    await keeper.press("Eintragen")
    assert "Das Angebot steht im Verzeichnis." in await keeper.page.inner_text("main")
    await keeper.check()
    answer = await keeper.page.request.get(f"{keeper.site}/offers.csv")
    text = await answer.text()
    assert TITLE in text
    assert '"\'=WENN(1)"' in text, "a cell is never a formula"


async def test_an_owner_confirms_by_the_link_and_only_a_form_acts(office: Office, guest: Guests) -> None:
    offer_id = await course(office)
    office.clock.forward(days=170)
    token = await asked(office)
    owner = await guest()
    for _ in range(2):
        await owner.open(f"/o/{token}")
    assert TITLE in await owner.page.inner_text("main")
    await owner.check()
    assert (await confirmed_on(office, offer_id)) == (office.clock() - timedelta(days=170)).date()
    await owner.page.get_by_role("button", name="Stimmt so").click()
    assert "Das Angebot ist bestätigt." in await owner.page.inner_text("main")
    await owner.check()
    assert await confirmed_on(office, offer_id) == office.clock().date()


async def test_an_answered_unknown_or_old_link_says_the_same(office: Office, visitor: Visitors) -> None:
    await course(office)
    office.clock.forward(days=170)
    token = await asked(office)
    owner = visitor()
    page = await owner.open(f"/o/{token}")
    wrong = await owner.send(page, f"/o/{token}", {"answer": "corrected", "title": "", "link": "javascript:1"})
    assert wrong.status_code == 422
    ended = await owner.send(page, f"/o/{token}", {"answer": "ended"})
    assert "Das Angebot ist beendet." in ended.text
    said = [(await owner.client.get(f"/o/{one}", headers={"Accept": "text/html"})) for one in (token, "x" * 43)]
    assert {answer.status_code for answer in said} == {410}
    assert TITLE not in said[0].text


async def test_the_owner_is_asked_once_and_not_again_while_the_question_is_fresh(office: Office) -> None:
    await course(office)
    body = BodyActivities(office.database, Catalogues(office.catalogue))
    for days, count in ((0, 0), (170, 1), (1, 1), (21, 2)):
        office.clock.forward(days=days)
        await body.look_at_agenda(LookAtAgenda(tenant=MUNICIPALITY, body="verfahren", now=office.clock()))
        async with office.database.reading() as session:
            waiting = await pending_body_notices(session, MUNICIPALITY, office.clock())
        questions = [one for one in waiting if one.kind == OFFER_UPKEEP]
        assert [one.recipient for one in questions] == ["kurstraeger"] * count


async def asked(office: Office) -> str:
    """The body has asked the owner; the token of the mail."""
    body = BodyActivities(office.database, Catalogues(office.catalogue))
    await body.look_at_agenda(LookAtAgenda(tenant=MUNICIPALITY, body="verfahren", now=office.clock()))
    async with office.database.transaction() as session:
        waiting = await pending_body_notices(session, MUNICIPALITY, office.clock())
        [notice] = [one for one in waiting if one.kind == OFFER_UPKEEP]
        found = await link_of(session, notice)
    assert found is not None
    return found[0]


async def confirmed_on(office: Office, offer_id: str) -> object:
    async with office.database.reading() as session:
        return await session.scalar(select(Offer.confirmed_on).where(Offer.id == offer_id))


@pytest.mark.parametrize("who", [ANNA, OTTI, "demo-ag-verfahrensebene"])
async def test_figures_of_needs_are_readable(office: Office, guest: Guests, who: str) -> None:
    for _ in range(5):
        path_id = await office.start()
        desk = office.desks["case_manager"]
        recorded = await desk.post(f"/v1/paths/{path_id}/needs", {"kind": "housing"})
        need = recorded.json()["receipt"]["refs"][0]
        await desk.post(f"/v1/paths/{path_id}/needs/{need}/end", {"state": "unmet", "reason": "capacity"})
    office.clock.forward(days=365)
    somebody = await guest()
    await somebody.sign_in(who, MUNICIPALITY, wanted="/needs")
    text = await somebody.page.inner_text("main")
    assert "kein Platz frei" in text
    if who == OTTI:
        await somebody.check()
        await somebody.open("/bodies/verfahren")
        assert "Wohnen" in await somebody.page.inner_text("main")
