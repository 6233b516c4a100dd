"""The pages of the review and of the yearly figures: who sees them, what they show, in a real browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from store.database import Database
from tests.api.test_review import quick_later
from tests.event_rows import row, write_rows
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
OFFICE, STEERING, LAND, MANAGER = "demo-koordination", "demo-lenkungsgruppe", "demo-land", "demo-fallmanagement"
H01 = "/review/H01/sozialamt/jobcenter"
NONE = {"code": "", "from_kind": "", "to_kind": ""}


async def write_a_year(database: Database, tenant: str) -> None:
    """A year of handovers, slow first and quick later; some paths and naturalisations."""
    rows = [one for one in quick_later() if one["tenant_id"] == tenant]
    rows += [row("handover_offered", date(2021, 5, 3), way=1) for _ in range(2)]
    rows += [row("gap_ended", date(2021, 4, 6), days=45) for _ in range(6)]
    rows += [row("stall_reason_given", date(2021, 4, 6), reason="DOC_MISSING") for _ in range(12)]
    rows += [row("path_opened", date(2021, 3, 1), place=place, **NONE) for place in ["neuss"] * 9 + ["kaarst"] * 3]
    rows += [
        row("residence_entered", date(2021, 3, 1), **NONE | {"code": "R35"}, days=2000, place="neuss") for _ in range(8)
    ]
    await write_rows(database, rows)


@pytest.fixture
async def counted(database: Database, tenant: str) -> Database:
    await write_a_year(database, tenant)
    return database


async def test_a_body_sees_what_runs_well_and_badly_and_since_when(guest: Guests, counted: Database) -> None:
    member = await guest()
    await member.sign_in(STEERING, wanted="/review")
    await member.check()
    shown = await member.page.inner_text("main")
    assert "gemischt" in shown
    assert "zu wenig für ein Urteil" in shown
    assert "3 (9 von 10: 30)" in shown
    await member.page.get_by_role("link", name="H01").first.click()
    await member.check()
    await member.fill("Vergleichen ab einem Tag", "2021-07-01")
    await member.press("Vergleichen")
    await member.check()
    shown = await member.page.inner_text("main")
    assert "Gewählter Tag: 01.07.2021" in shown
    assert "30 Arbeitstage, gelernt aus mindestens 20 Antworten" in shown


async def test_the_yearly_figures_are_shown_with_their_meaning(guest: Guests, counted: Database) -> None:
    office = await guest()
    await office.sign_in(OFFICE, wanted="/figures")
    await office.check()
    shown = await office.page.inner_text("main")
    assert "Jahreszahlen 2021" in shown
    assert "Aushändigung der Einbürgerungsurkunde" in shown
    assert "nicht genannt" in shown
    await office.open("/figures?language=en")
    await office.check()
    assert "Naturalisation certificates handed over" in await office.page.inner_text("main")


async def test_the_review_is_asked_for_by_place_and_refuses_with_a_sentence(
    visitor: Visitors, counted: Database
) -> None:
    office = visitor()
    await office.sign_in(OFFICE)
    at_place = (await office.open("/review?year=2021&place=meerbusch")).text
    assert "Nur Meerbusch." in at_place
    running = (await office.open("/review?year=2022&place=meerbusch")).text
    assert "nur für ganze Jahre, die vorbei sind" in running
    for nonsense in ("?year=x&quarter=99&place=nowhere", "?year=9999&quarter=0", "?quarter=3"):
        await office.open(f"/review{nonsense}")
    assert "Bitte einen Tag angeben" in (await office.open(f"{H01}?on=gestern")).text
    await office.open("/review/X99/sozialamt/jobcenter", status=404)


async def test_the_land_sees_totals_and_takes_them_home_as_sheet_and_table(
    visitor: Visitors, counted: Database
) -> None:
    land = visitor()
    await land.sign_in(LAND)
    page = (await land.open("/figures")).text
    assert "Nach Orten" not in page
    sheet = await land.client.get("/figures/sheet.pdf")
    assert sheet.headers["content-type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF-")
    table = await land.client.get("/figures/table.csv?year=2021")
    assert table.headers["content-disposition"] == 'attachment; filename="jahreszahlen-2021.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert {one["ort"] for one in rows} == {""}
    assert [one["anzahl_von"] for one in rows if one["kennzahl"] == "naturalised"] == ["8"]
    await land.open("/review", status=403)
    assert "Ein früheres Jahr wählen." in (await land.client.get("/figures/sheet.pdf?year=2022")).text


async def test_who_accompanies_people_sees_the_review_but_not_the_yearly_figures(
    visitor: Visitors, counted: Database
) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    await manager.open("/review")
    await manager.open("/figures", status=403)
