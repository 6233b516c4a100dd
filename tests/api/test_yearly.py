"""The yearly figures over the API: of years that are over, with their definitions, for the Land without places."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from api.caller import Caller
from api.errors import PeriodNotTold
from api.figures_csv import COLUMNS, as_csv, harmless
from api.reads_figures import YearlySeen, read_yearly
from api.services import ApiOptions, Services
from store.catalogues import Catalogues
from tests.api.conftest import MUNICIPALITY
from tests.api.office import FakeNews, Office, TestClock
from tests.event_rows import row, write_rows


def caller(role: str) -> Caller:
    return Caller("test", role, MUNICIPALITY, "secret")


@pytest.fixture
async def counted(office: Office) -> Office:
    none = {"code": "", "from_kind": "", "to_kind": ""}
    rows = [row("path_opened", date(2021, 2, 1), place="neuss", **none) for _ in range(12)]
    rows += [row("path_opened", date(2021, 2, 1), place="kaarst", **none) for _ in range(3)]
    rows += [row("path_opened", date(2021, 2, 1), place="meerbusch", **none) for _ in range(6)]
    rows += [
        row("residence_entered", date(2021, 6, 1), **none | {"code": "R35"}, days=2000 + n, place="neuss")
        for n in range(7)
    ]
    rows += [row("framework_entered", date(2021, 6, 1), **none | {"code": "B05"}, reason="B02", days=300)] * 6
    rows += [row("handover_offered", date(2021, 5, 5)) for _ in range(9)]
    await write_rows(office.database, rows)
    return office


async def seen(office: Office, role: str = "coordinator", year: int | None = None) -> YearlySeen:
    tools = Services(office.database, Catalogues(office.catalogue), FakeNews(), ApiOptions(now=office.clock))
    return await read_yearly(tools, caller(role), year)


async def test_the_figures_of_a_year_come_with_what_they_mean(counted: Office) -> None:
    answer = await counted.desks["coordinator"].get("/v1/figures")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["year"], found["years"], found["municipality"]) == (2021, [2021], "Rhein-Kreis Neuss")
    figures = {(one["code"], one["key"]): one for one in found["figures"]}
    assert figures["opened", ""]["count"] == {"least": 21, "most": 21}
    assert figures["opened", ""]["places"]["neuss"] == {"least": 12, "most": 12}
    assert figures["opened", ""]["places"]["kaarst"] is figures["opened", ""]["places"]["meerbusch"] is None
    assert figures["naturalised", ""]["count"] == {"least": 7, "most": 7}
    assert figures["naturalised_days", ""]["value"] == 2003
    assert figures["frameworks", "B02>B05"]["label"] == "Grundleistungen in der Kommune → Arbeitslosengeld II"
    assert figures["offered", ""]["count"] == {"least": 9, "most": 9}
    assert sum(one["value"] for one in found["figures"] if one["code"] == "posts") == 6
    assert {one["code"] for one in found["definitions"]} >= {code for code, _ in figures}


async def test_the_land_sees_totals_only(counted: Office) -> None:
    of_land, of_office = await seen(counted, "land"), await seen(counted)
    assert of_land.places == ()
    assert all(one.figure.places == {} for one in of_land.figures)
    assert [one.figure.told for one in of_land.figures] == [one.figure.told for one in of_office.figures]
    assert "neuss" in of_office.places


async def test_a_year_is_told_when_it_is_over(counted: Office, clock: TestClock) -> None:
    with pytest.raises(PeriodNotTold):
        await seen(counted, year=2022)
    assert (await counted.desks["coordinator"].get("/v1/figures?year=2022")).status_code == 422
    clock.now = datetime(2023, 1, 1, 9, tzinfo=UTC)
    assert (await seen(counted)).year == 2022
    clock.now -= timedelta(days=1)
    assert (await seen(counted)).year == 2021


async def test_who_has_no_right_to_figures_gets_none(counted: Office) -> None:
    for role in ("case_manager", "auditor"):
        assert (await counted.desks[role].get("/v1/figures")).status_code == 403


async def test_the_csv_file_opens_in_a_german_spreadsheet_and_says_the_same(counted: Office) -> None:
    figures = await seen(counted)
    content = as_csv(figures)
    assert content.startswith(b"\xef\xbb\xbfjahr;baustein;")
    assert b"\r\n" in content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    opened = {one["ort"]: one for one in rows if one["kennzahl"] == "opened"}
    assert (opened[""]["anzahl_von"], opened[""]["anzahl_bis"]) == ("21", "21")
    assert (opened["kaarst"]["anzahl_von"], opened["meerbusch"]["anzahl_von"]) == ("", "")
    assert len(rows) == sum(1 + len(one.figure.places) for one in figures.figures)
    posts = [one["wert"] for one in rows if one["kennzahl"] == "posts"]
    assert sorted(posts) == ["1", "1", "1", "1", "2"]


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "|cmd", "%0a"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Neuss", "12", "1,5", "Grundleistungen → Bürgergeld", ""])
def test_a_plain_cell_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell
