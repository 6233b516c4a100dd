"""mermaid itself, in Chromium, reads every procedure and draws them; what is wrong it refuses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.async_api import Error, Page

from drawing.mermaid import mermaid_text
from kim.local import readers
from process_models.procedure.shape import Procedure

PARSE = "([text]) => mermaid.parse(text)"
RENDER = "([text]) => mermaid.render('picture', text).then(found => found.svg)"


async def test_mermaid_reads_every_procedure(page: Page, every: Mapping[str, Procedure]) -> None:
    await page.add_script_tag(path=readers.MERMAID.kept)
    for name, procedure in every.items():
        read = await page.evaluate(PARSE, [mermaid_text(procedure)])
        expected = "stateDiagram" if procedure.kind == "path" else "flowchart-v2"
        assert read["diagramType"] == expected, name


@pytest.mark.parametrize("name", ["everywhere-2026-H01", "everywhere-2026-WEG", "everywhere-2026-LADDER", "odd"])
async def test_mermaid_draws_them_with_their_words(page: Page, every: Mapping[str, Procedure], name: str) -> None:
    await page.add_script_tag(path=readers.MERMAID.kept)
    svg = await page.evaluate(RENDER, [mermaid_text(every[name])])
    words = await page.evaluate("([svg]) => { document.body.innerHTML = svg; return document.body.innerText }", [svg])
    step = next(step for step in every[name].steps if step.kind in ("task", "state"))
    assert " ".join(step.title.split()) in " ".join(words.split())


async def test_mermaid_refuses_what_is_wrong(page: Page, every: Mapping[str, Procedure]) -> None:
    await page.add_script_tag(path=readers.MERMAID.kept)
    wrong = mermaid_text(every["everywhere-2026-H01"]).replace('"]\n', "\n", 1)
    with pytest.raises(Error):
        await page.evaluate(PARSE, [wrong])
