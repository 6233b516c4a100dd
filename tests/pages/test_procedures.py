"""The public catalogue of procedures: everybody reads it, sees the picture and takes the files along."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI

from drawing.colours import stylesheet
from drawing.moddle import findings
from drawing.notations import NOTATIONS
from process_models.catalogue import Catalogue
from process_models.look_again import day_at
from process_models.procedure.every import procedures
from process_models.rules import Release
from store.catalogues import Catalogues
from tests.api.office import TestClock
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Visitors = Callable[[], Visitor]
Guests = Callable[..., Awaitable[Guest]]
NEUSS = "rhein-kreis-neuss"


async def test_everybody_reads_the_list_and_every_procedure_of_it(
    visitor: Visitors, catalogue: Catalogue, clock: TestClock
) -> None:
    somebody = visitor()
    every = procedures(catalogue, None, day_at(clock()))
    listed = (await somebody.open("/procedures")).text
    assert len(every) > 20
    for procedure in every:
        assert f'href="/procedures/{procedure.code}"' in listed
        shown = (await somebody.open(f"/procedures/{procedure.code}")).text
        assert '<svg xmlns="http://www.w3.org/2000/svg" class="picture"' in shown
        texts = _texts(shown)
        for source in procedure.sources:
            assert source.statute in texts
        for bound in procedure.bounds:
            assert {f"{bound.code} {bound.title}", bound.length, bound.consequence} <= texts


async def test_a_municipality_names_its_agencies_on_the_list_the_page_and_in_the_files(visitor: Visitors) -> None:
    somebody = visitor()
    assert "Jugendamt Rhein-Kreis Neuss" not in (await somebody.open("/procedures/H07")).text
    where = f"?municipality={NEUSS}"
    assert f'href="/procedures/H07{where}"' in (await somebody.open(f"/procedures{where}")).text
    shown = (await somebody.open(f"/procedures/H07{where}")).text
    assert "Jugendamt Rhein-Kreis Neuss" in shown
    assert f'href="/procedures/H07/bpmn{where}"' in shown
    assert "Jugendamt Rhein-Kreis Neuss" in (await somebody.open(f"/procedures/H07/bpmn{where}")).text


@pytest.mark.parametrize("form", NOTATIONS)
async def test_a_procedure_is_taken_along_as_a_file(
    visitor: Visitors, catalogue: Catalogue, clock: TestClock, form: str
) -> None:
    procedure = next(one for one in procedures(catalogue, None, day_at(clock())) if one.code == "H01")
    answer = await visitor().open(f"/procedures/H01/{form}")
    assert answer.text == NOTATIONS[form].write(procedure)
    name = f"H01.{NOTATIONS[form].ending}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_bpmn_file_of_the_page_passes_the_recommended_rules(visitor: Visitors) -> None:
    assert findings((await visitor().open("/procedures/H01/bpmn")).text) == ()


@pytest.mark.parametrize(
    "address",
    [
        "/procedures/H99",
        "/procedures/H99/bpmn",
        "/procedures/H01/docx",
        "/procedures?municipality=nowhere",
        "/procedures/H01?municipality=nowhere",
    ],
)
async def test_what_does_not_exist_is_told_as_a_page(visitor: Visitors, address: str) -> None:
    assert "Diese Seite gibt es nicht" in (await visitor().open(address, 404)).text


async def test_the_served_style_sheet_has_the_colours_of_the_pictures(visitor: Visitors) -> None:
    shown = await visitor().open("/procedures/H01")
    assert '<link rel="stylesheet" href="/static/procedures.css">' in shown.text
    assert stylesheet() in (await visitor().open("/static/procedures.css")).text


async def test_what_is_not_released_says_so_and_only_that(
    visitor: Visitors, demo_app: FastAPI, catalogue: Catalogue
) -> None:
    assert "Nicht freigegeben" not in (await visitor().open("/procedures")).text
    first, *rest = catalogue.handovers
    gated = first.model_copy(update={"release": Release(state="gated", banner="Freigabe steht aus")})
    law = replace(catalogue, handovers=(gated, *rest))
    demo_app.state.services = replace(demo_app.state.services, catalogues=Catalogues(law))
    assert (await visitor().open("/procedures")).text.count("Nicht freigegeben") == 1
    shown = _texts((await visitor().open(f"/procedures/{gated.code}")).text)
    assert {"Nicht freigegeben", "Freigabe steht aus"} <= shown


@pytest.mark.parametrize("address", ["/procedures", "/procedures/H01", "/procedures/WEG"])
async def test_the_pages_are_accessible_narrow_and_walkable(guest: Guests, address: str) -> None:
    somebody = await guest()
    await somebody.open(address)
    await somebody.check()


async def test_the_way_from_the_first_page_to_a_file_needs_no_script(guest: Guests, tmp_path: Path) -> None:
    somebody = await guest(javascript=False)
    await somebody.open("/")
    await somebody.press("Verfahren")
    await somebody.fill("Stellen und Gremien nennen für (freiwillig)", NEUSS)
    await somebody.press("Anzeigen")
    await somebody.press("Aus der Jugendhilfe in die Leistungen für Erwachsene")
    async with somebody.page.expect_download() as download:
        await somebody.named("Ablauf für Modellierungswerkzeuge (BPMN 2.0)").click()
    file = tmp_path / "H07.bpmn"
    await (await download.value).save_as(file)
    assert "Jugendamt Rhein-Kreis Neuss" in file.read_text(encoding="utf-8")
    somebody.assert_quiet()


async def test_in_english_the_words_around_are_english_and_the_law_is_marked_as_german(guest: Guests) -> None:
    somebody = await guest(language="en-GB")
    await somebody.open("/procedures/H01")
    assert await somebody.page.get_by_role("heading", name="Legal bases").count() == 1
    assert await somebody.page.locator("h1").get_attribute("lang") == "de"
    await somebody.check(narrow=False, keyboard=False)


def _texts(page: str) -> set[str]:
    """Every text of the content of a page."""
    return {unescape(one).strip() for one in re.split(r"<[^>]*>", page)}
