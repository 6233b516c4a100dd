"""Three foreign readers accept every procedure: bpmn-js in Chromium, SpiffWorkflow, the Java engine Flowable."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.async_api import Page
from SpiffWorkflow.bpmn.parser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from drawing.layout import picture_of
from kim.local import readers
from process_models.procedure.shape import Procedure

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
JAVA = Path(__file__).with_name("FlowableReader.java")
IMPORT = """
async ([xml]) => {
  const viewer = new BpmnJS({ container: '#canvas' });
  try {
    const { warnings } = await viewer.importXML(xml);
    const registry = viewer.get('elementRegistry');
    const shown = registry.filter(element => registry.getGraphics(element) && !element.id.endsWith('_label'));
    const boxes = shown.filter(e => e.width).map(e => [e.id, [e.x, e.y, e.width, e.height]]);
    const { svg } = await viewer.saveSVG();
    return { warnings: warnings.map(String), shown: shown.map(e => e.id), boxes: Object.fromEntries(boxes), svg };
  } finally {
    viewer.destroy();
  }
}
"""


def drawn_ids(xml: str) -> set[str]:
    """Ids of everything in a file that wants a shape or a line."""
    kinds = ("participant", "lane", "startEvent", "endEvent", "task", "subProcess", "exclusiveGateway")
    kinds += ("boundaryEvent", "intermediateCatchEvent", "sequenceFlow", "textAnnotation")
    root = ElementTree.fromstring(xml)
    return {element.attrib["id"] for kind in kinds for element in root.iter(f"{BPMN}{kind}")}


async def test_bpmn_js_shows_every_element_of_every_procedure_without_a_warning(
    page: Page, files: Mapping[str, Path], every: Mapping[str, Procedure]
) -> None:
    await page.add_script_tag(path=readers.BPMN_JS.kept)
    for name, path in files.items():
        xml = path.read_text(encoding="utf-8")
        seen: dict[str, Any] = await page.evaluate(IMPORT, [xml])
        assert seen["warnings"] == [], name
        assert drawn_ids(xml) <= set(seen["shown"]), name
        pool = picture_of(every[name]).pool
        assert seen["boxes"]["kim-pool"] == pytest.approx([pool.x, pool.y, pool.width, pool.height], abs=0.6), name
        assert len(seen["boxes"]) >= len(every[name].steps) + len(every[name].lanes) + 1, name


async def test_bpmn_js_would_tell_of_an_element_that_is_missing(page: Page, files: Mapping[str, Path]) -> None:
    await page.add_script_tag(path=readers.BPMN_JS.kept)
    xml = files["everywhere-2026-H01"].read_text(encoding="utf-8")
    broken = xml.replace('bpmnElement="kim-offer"', 'bpmnElement="kim-nobody"')
    assert broken != xml
    seen = await page.evaluate(IMPORT, [broken])
    assert seen["warnings"]


def test_spiff_reads_every_procedure_against_the_schema_of_bpmn(files: Mapping[str, Path]) -> None:
    for name, path in files.items():
        parser = spiff(path.read_bytes())
        spec = parser.get_spec("kim-process")
        read = {task.bpmn_id for task in spec.task_specs.values() if task.bpmn_id}
        for inner in parser.get_subprocess_specs("kim-process").values():
            read |= {task.bpmn_id for task in inner.task_specs.values() if task.bpmn_id}
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        kinds = ("startEvent", "endEvent", "task", "exclusiveGateway", "boundaryEvent")
        assert {element.attrib["id"] for kind in kinds for element in root.iter(f"{BPMN}{kind}")} <= read, name


def test_spiff_refuses_what_is_not_bpmn(files: Mapping[str, Path]) -> None:
    xml = files["everywhere-2026-H01"].read_text(encoding="utf-8")
    with pytest.raises(ValidationException):
        spiff(xml.replace("bpmn:exclusiveGateway", "bpmn:crossroads").encode())


def spiff(xml: bytes) -> BpmnParser:
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(xml)
    return parser


@pytest.mark.parametrize(
    ("answers", "done"),
    [
        (
            {"covered": "offer", "outcome": "take_over"},
            ["documents", "check", "offer", "receive", "answer", "take_over"],
        ),
        (
            {"covered": "consent", "given": "offer", "outcome": "clarify"},
            ["documents", "check", "consent", "offer", "receive", "answer", "clarify"],
        ),
        ({"covered": "consent", "given": "not_offered"}, ["documents", "check", "consent"]),
    ],
    ids=["accepted", "refused after consent", "no consent"],
)
def test_an_engine_walks_a_handover_by_its_answers_and_its_clocks_end_with_it(
    files: Mapping[str, Path], answers: dict[str, str], done: list[str]
) -> None:
    parser = spiff(files["everywhere-2026-H01"].read_bytes())
    spec, inner = parser.get_spec("kim-process"), parser.get_subprocess_specs("kim-process")
    words = TaskDataEnvironment({"arbeitstage": lambda days: f"P{days}D"})
    walk = BpmnWorkflow(spec, inner, script_engine=PythonScriptEngine(environment=words))
    walked = []
    walk.do_engine_steps()
    while ready := walk.get_tasks(state=TaskState.READY, manual=True):
        ready[0].data.update(answers)
        walked.append(ready[0].task_spec.bpmn_id.removeprefix("kim-"))
        ready[0].run()
        walk.do_engine_steps()
    assert walked == done
    assert walk.completed
    clocks = [task for task in walk.get_tasks() if (task.task_spec.bpmn_id or "").endswith("_after")]
    assert {task.state for task in clocks} <= {TaskState.CANCELLED}


def test_the_engine_flowable_reads_and_validates_every_procedure(
    files: Mapping[str, Path], every: Mapping[str, Procedure], kept_readers: None
) -> None:
    read, found = flowable(*files.values())
    assert not found
    assert set(read) == {path.name for path in files.values()}
    for name, path in files.items():
        procedure = every[name]
        nodes, flows, lanes, _, edges = read[path.name]
        assert (nodes, flows, lanes) == (len(procedure.steps), len(procedure.flows), len(procedure.lanes)), name
        assert edges == len(procedure.flows), name


def test_flowable_finds_what_is_wrong(files: Mapping[str, Path], kept_readers: None, tmp_path: Path) -> None:
    xml = files["everywhere-2026-H01"].read_text(encoding="utf-8")
    broken = tmp_path / "broken.bpmn"
    broken.write_text(xml.replace('targetRef="kim-offer"', 'targetRef="kim-process"'), encoding="utf-8")
    _, found = flowable(broken)
    assert found


def flowable(*paths: Path) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """What Flowable read of each file (nodes, flows, lanes, shapes, edges), and its findings."""
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", readers.class_path(), str(JAVA)]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    read = {line[1]: tuple(map(int, line[2:])) for line in lines if line[0] == "READ"}
    return read, ["\t".join(line[1:]) for line in lines if line[0] == "FOUND"]
