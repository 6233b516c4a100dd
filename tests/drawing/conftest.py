"""Foreign readers: a page with bpmn-js, a page with mermaid, and all procedures as files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page

from drawing.bpmn import bpmn_xml
from kim.local import readers
from process_models.catalogue import catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Lane, Procedure
from tests.pages.pictures import browser, new_page

TODAY = date(2026, 11, 23)
ODD = "Übergabe \"sofort\" & <ohne> Verzug; 'Frist' #1 – ÄÖÜß {x} | `y`"


@pytest.fixture(scope="session")
def every() -> Mapping[str, Procedure]:
    """All procedures of all municipalities and without one, those of 2021, and two with odd words everywhere."""
    law = catalogue()
    found = {
        f"{town or 'everywhere'}-{day.year}-{procedure.code}": procedure
        for town, day in ((None, date(2021, 6, 1)), *((town, TODAY) for town in (None, *law.municipalities)))
        for procedure in procedures(law, town, day)
    }
    return {**found, "odd": odd(found["everywhere-2026-H01"]), "odd-path": odd(found["everywhere-2026-WEG"])}


def odd(procedure: Procedure) -> Procedure:
    """The same procedure with words that every notation would like to read as its own marks."""
    return replace(
        procedure,
        title=ODD,
        municipality=ODD,
        documents=(ODD,),
        steps=tuple(replace(step, title=ODD, until=ODD, details=(ODD, ODD)) for step in procedure.steps),
        flows=tuple(replace(flow, title=ODD if flow.title else "") for flow in procedure.flows),
        lanes=tuple(Lane(lane.id, ODD) for lane in procedure.lanes),
    )


@pytest.fixture(scope="session")
def files(every: Mapping[str, Procedure], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every procedure as a BPMN file."""
    directory = tmp_path_factory.mktemp("bpmn")
    found = {name: directory / f"{name}.bpmn" for name in every}
    for name, path in found.items():
        path.write_text(bpmn_xml(every[name]), encoding="utf-8")
    return found


@pytest.fixture(scope="session")
def kept_readers() -> None:
    """The readers are there: from `make setup`, or fetched now."""
    readers.provide()


@pytest.fixture
async def page(kept_readers: None) -> AsyncIterator[Page]:
    """An empty page of a browser that calls nobody."""
    async with browser() as chromium:
        page = await new_page(chromium)
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url))
        await page.set_content('<div id="canvas" style="width: 1600px; height: 1200px"></div>')
        yield page
        assert not [call for call in calls if call.startswith("http")]
