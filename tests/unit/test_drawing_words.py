"""Procedures as mermaid and as German text: every step, deadline and legal basis is told; odd words do no harm."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from drawing.mermaid import mermaid_text
from drawing.page import procedures_page
from drawing.text import procedure_text
from drawing.wording import word
from process_models.catalogue import catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure

LAW = catalogue()
TODAY = date(2026, 11, 23)
ALL = {found.code: found for found in procedures(LAW, "rhein-kreis-neuss", TODAY)}
ODD = 'Frist | "x" & <b>*y*</b> [z](u) `c` _d_ #1; ende'


def odd(procedure: Procedure) -> Procedure:
    steps = tuple(replace(step, title=ODD, details=(ODD,), until=ODD) for step in procedure.steps)
    return replace(procedure, title=ODD, steps=steps, documents=(ODD,), summary=(ODD,), stalls=(ODD,))


def rows(text: str) -> list[list[str]]:
    """The rows of all tables, by cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_text_tells_every_step_with_who_and_by_when() -> None:
    for procedure in ALL.values():
        text = procedure_text(procedure)
        told = [row for row in rows(text) if len(row) == 6]
        for step in procedure.steps:
            if not step.within or step.kind == "task":
                row = next((row for row in told if row[1].startswith(f"**{step.title}**")), None)
                assert row, (procedure.code, step.id)
                assert row[2], (procedure.code, step.id)
        assert all(step.until in text for step in procedure.steps), procedure.code


def test_the_text_names_every_deadline_document_and_legal_basis() -> None:
    for procedure in ALL.values():
        plain = procedure_text(procedure).replace("\\", "")
        assert all(document in plain for document in procedure.documents), procedure.code
        assert all(f"| {bound.code} | {bound.title} |" in plain for bound in procedure.bounds), procedure.code
        assert all(source.statute in plain for source in procedure.sources), procedure.code
        cited = {source.code for step in procedure.steps for source in step.sources}
        assert cited <= {source.code for source in procedure.sources}, procedure.code


def test_every_table_keeps_its_columns_whatever_the_words_are() -> None:
    found = rows(procedure_text(odd(ALL["H01"])))
    assert {len(row) for row in found} <= {5, 6, 8}
    assert any("\\|" in cell for row in found for cell in row)
    assert "<b>" not in procedure_text(odd(ALL["H01"]))


def test_headings_stand_where_they_are_wanted() -> None:
    assert procedure_text(ALL["H01"]).startswith("# H01 ")
    lower = procedure_text(ALL["H01"], heading=2)
    assert lower.startswith("## H01 ")
    assert "\n### Schritte\n" in lower


def test_a_text_has_no_empty_lines_in_a_row_and_no_open_braces() -> None:
    for procedure in ALL.values():
        text = procedure_text(procedure)
        assert "\n\n\n" not in text, procedure.code
        assert "{{" not in text, procedure.code
        assert "None" not in text, procedure.code


def test_mermaid_names_every_step_once_and_draws_every_flow() -> None:
    for procedure in ALL.values():
        if procedure.kind == "path":
            continue
        text = mermaid_text(procedure)
        for step in procedure.steps:
            defined = re.findall(rf"^\s+(?:subgraph )?s_{step.id}[\[({{>]", text, re.MULTILINE)
            assert len(defined) == 1, (procedure.code, step.id)
        assert text.count(" -->") == len(procedure.flows)
        assert text.count("subgraph ") == text.count("\n  end") + text.count("\n    end")


def test_mermaid_of_the_path_joins_states_by_the_codes_of_transitions() -> None:
    text = mermaid_text(ALL["WEG"])
    assert "stateDiagram-v2" in text
    assert "s_stay_naturalisable --> s_naturalisation_end: T25" in text
    assert "[*] --> s_arrival_pending" in text
    assert "s_naturalisation_end --> [*]" in text


def test_mermaid_gets_marks_of_its_own_as_entities_only() -> None:
    body = mermaid_text(odd(ALL["H01"])).split("---\n", 2)[2]
    assert "#quot;x#quot;" in body
    assert "<b>" not in body
    assert not re.search(r'\["[^"]*"[^"\]]*"', body)


def test_the_same_procedure_gives_the_same_bytes() -> None:
    for procedure in ALL.values():
        assert mermaid_text(procedure) == mermaid_text(procedure)
        assert procedure_text(procedure) == procedure_text(procedure)


def test_a_page_lists_all_and_shows_the_chosen_ones() -> None:
    page = procedures_page(tuple(ALL.values()), {"H01"}, {"H01": "pictures/x.png"}, "kim model draw")
    assert all(f"| {code} | " in page for code in ALL)
    assert "\n## H01 " in page
    assert "\n## H02 " not in page
    assert "](pictures/x.png)" in page
    assert page.count("```mermaid") == 1


def test_a_word_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("no.such.word")
