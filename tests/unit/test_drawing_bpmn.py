"""BPMN 2.0 of procedures: complete, cited, the same bytes every time, and nothing that a linter finds."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

import drawing
from drawing.bpmn import bpmn_xml
from drawing.moddle import findings
from process_models.catalogue import catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure

LAW = catalogue()
TODAY = date(2026, 11, 23)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
ALL = {found.code: found for found in procedures(LAW, "rhein-kreis-neuss", TODAY)}
LONGEST_DOCUMENTATION = 2000
"""What engines take at most."""


def read(procedure: Procedure) -> ElementTree.Element:
    return ElementTree.fromstring(bpmn_xml(procedure))


@pytest.mark.parametrize("code", ["WEG", "H01", "H02", "H10", "H13", "H16", "LADDER", "SITZUNG-FALL"])
def test_the_recommended_rules_of_bpmnlint_find_nothing(code: str) -> None:
    assert findings(bpmn_xml(ALL[code])) == ()


def test_what_is_wrong_is_found() -> None:
    xml = bpmn_xml(ALL["H01"]).replace('sourceRef="kim-offer"', 'sourceRef="kim-nobody"')
    assert any("kim-nobody" in found for found in findings(xml))


def test_every_step_stands_in_its_lane_and_has_a_shape() -> None:
    for procedure in ALL.values():
        root = read(procedure)
        shapes = {shape.attrib["bpmnElement"] for shape in root.iter(f"{DI}BPMNShape")}
        lanes = {lane.attrib["name"]: {ref.text for ref in lane} for lane in root.iter(f"{BPMN}lane")}
        for step in procedure.steps:
            assert f"kim-{step.id}" in shapes, (procedure.code, step.id)
            if not step.within:
                assert f"kim-{step.id}" in lanes[procedure.lane(step.lane).title], (procedure.code, step.id)


def test_every_flow_has_a_line_and_every_answer_its_condition() -> None:
    root = read(ALL["H01"])
    lines = {edge.attrib["bpmnElement"] for edge in root.iter(f"{DI}BPMNEdge")}
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    assert {flow.attrib["id"] for flow in flows} == lines
    named = {flow.attrib["id"]: flow.findtext(f"{BPMN}conditionExpression") for flow in flows if flow.get("name")}
    assert named["kim-outcome-take_over"] == 'outcome == "take_over"'
    assert all(named.values())


def test_clocks_do_not_interrupt_and_count_working_days() -> None:
    clocks = {event.attrib["id"]: event for event in read(ALL["H01"]).iter(f"{BPMN}boundaryEvent")}
    assert {event.attrib["cancelActivity"] for event in clocks.values()} == {"false"}
    assert clocks["kim-e1_after"].findtext(f".//{BPMN}timeDuration") == "arbeitstage(10)"


def test_documentation_carries_code_statute_days_and_banner() -> None:
    process = read(ALL["H01"]).find(f"{BPMN}process")
    assert process is not None
    told = str(process.findtext(f"{BPMN}documentation"))
    assert "Recht und Verfahren vom 23.11.2026" in told
    assert "Kommune: Rhein-Kreis Neuss" in told
    assert "BAMF-Bescheid" in told
    everything = " ".join(str(text.text) for text in read(ALL["WEG"]).iter(f"{BPMN}documentation"))
    assert "Handlungsgrundlage T09b: § 16g AufenthG (gilt 01.03.2024 – …; Beleg V26)" in everything
    gated = replace(ALL["H01"], sources=(replace(ALL["H01"].sources[0], banner="Freigabe steht aus"),))
    assert "Nicht freigegeben: Freigabe steht aus" in bpmn_xml(gated)


def test_documentation_is_not_longer_than_engines_take() -> None:
    for procedure in ALL.values():
        texts = [str(text.text) for text in read(procedure).iter(f"{BPMN}documentation")]
        assert max(map(len, texts)) <= LONGEST_DOCUMENTATION, procedure.code


def test_the_same_procedure_gives_the_same_bytes() -> None:
    assert all(bpmn_xml(procedure) == bpmn_xml(procedure) for procedure in ALL.values())


def test_odd_words_and_a_handover_without_documents_are_valid() -> None:
    odd = 'Übergabe "sofort" & <ohne> Verzug \' ÄÖÜß'
    procedure = replace(ALL["H01"], title=odd, documents=(), bounds=())
    procedure = replace(procedure, steps=tuple(replace(step, title=odd) for step in procedure.steps))
    assert findings(bpmn_xml(procedure)) == ()
    assert {task.attrib["name"] for task in read(procedure).iter(f"{BPMN}task")} == {odd}


def test_only_one_module_knows_the_library_that_writes() -> None:
    knows = [path.name for path in Path(str(drawing.__path__[0])).glob("*.py") if "bpmn_io" in imported(path)]
    assert knows == ["moddle.py"]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}
