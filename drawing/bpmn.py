"""A procedure as BPMN 2.0 XML with its layout: pool, lanes, steps, flows, and documentation with code and statute.

Draws what `layout` has placed; which library writes it knows `moddle` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from drawing.layout import picture_of
from drawing.moddle import Element, Model
from drawing.picture import Box, Label, Note, Picture, Point
from drawing.wording import word
from process_models.procedure.shape import Flow, Procedure, Source, Step

_KINDS: Final = {
    "start": "bpmn:StartEvent",
    "end": "bpmn:EndEvent",
    "task": "bpmn:Task",
    "state": "bpmn:Task",
    "group": "bpmn:SubProcess",
    "decision": "bpmn:ExclusiveGateway",
    "timer": "bpmn:IntermediateCatchEvent",
    "message": "bpmn:IntermediateCatchEvent",
}
LONGEST_DOCUMENTATION: Final = 2000
"""Letters of one documentation; the column in which a widespread engine keeps it is no longer."""
_BOUNDARY: Final = "bpmn:BoundaryEvent"
_SHOWN: Final = {"group": {"isExpanded": True}, "decision": {"isMarkerVisible": True}}


def bpmn_xml(procedure: Procedure) -> str:
    """The procedure as one BPMN 2.0 file.

    An engine can run it that knows `arbeitstage(n)` as a duration and the answer to each decision as a variable: the
    id of the step that follows, in a variable called as the decision.
    """
    return _Writing(picture_of(procedure)).written()


class _Writing:
    """One file: semantic part first, then the diagram."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.procedure = picture.procedure
        self.model = Model()
        self.made: dict[str, Element] = {}
        self.element: dict[str, Element] = {}
        self.flow: dict[Flow, Element] = {}

    def written(self) -> str:
        """The whole file."""
        process = self._process()
        participant = self._make("bpmn:Participant", "pool", name=" ".join(self.picture.pool_lines), processRef=process)
        collaboration = self._make("bpmn:Collaboration", "collaboration")
        self.model.add(collaboration, "participants", participant)
        notes = [self._make("bpmn:TextAnnotation", f"note-{note.id}", text=_text(note)) for note in self.picture.notes]
        self.model.add(process, "artifacts", *notes)
        self.model.add(self.model.definitions, "rootElements", collaboration, process)
        self.model.add(self.model.definitions, "diagrams", self._diagram(collaboration))
        return self.model.written()

    # ---------------------------------------------------------------- meaning

    def _process(self) -> Element:
        name = f"{self.procedure.code} {self.procedure.title}"
        process = self._make("bpmn:Process", "process", name=name, isExecutable=True)
        self._document(process, _about(self.procedure))
        for step in self.procedure.steps:
            self.element[step.id] = self._step(step)
        for step in self.procedure.steps:
            parent = self.element[step.within] if step.within else process
            self.model.add(parent, "flowElements", self.element[step.id])
        for flow in self.procedure.flows:
            within = self.procedure.step(flow.source).within
            self.model.add(self.element[within] if within else process, "flowElements", self._sequence(flow))
        self.model.add(process, "laneSets", self._lanes())
        return process

    def _lanes(self) -> Element:
        lanes = self._make("bpmn:LaneSet", "lanes")
        for lane in self.procedure.lanes:
            nodes = [self.element[s.id] for s in self.procedure.steps if s.lane == lane.id and not s.within]
            made = self._make("bpmn:Lane", f"lane-{lane.id}", name=lane.title, flowNodeRef=nodes)
            self._document(made, lane.agencies)
            self.model.add(lanes, "lanes", made)
        return lanes

    def _step(self, step: Step) -> Element:
        kind = _BOUNDARY if step.at else _KINDS[step.kind]
        made = self._make(kind, step.id, name=_name(step))
        self._document(made, _said(step))
        if step.at:
            made.set("attachedToRef", self.element[step.at])
            made.set("cancelActivity", False)
        if step.kind in ("timer", "message"):
            self.model.add(made, "eventDefinitions", self._trigger(step))
        return made

    def _trigger(self, step: Step) -> Element:
        if step.kind == "message":
            message = self._make("bpmn:Message", f"message-{step.id}", name=step.title)
            self.model.add(self.model.definitions, "rootElements", message)
            return self._make("bpmn:MessageEventDefinition", f"{step.id}-message", messageRef=message)
        text = word("bpmn.working_days", days=step.working_days) if step.working_days is not None else step.title
        duration = self.model.element("bpmn:FormalExpression", body=text)
        return self._make("bpmn:TimerEventDefinition", f"{step.id}-clock", timeDuration=duration)

    def _sequence(self, flow: Flow) -> Element:
        source, target = self.element[flow.source], self.element[flow.target]
        made = self._make("bpmn:SequenceFlow", f"{flow.source}-{flow.target}", sourceRef=source, targetRef=target)
        if flow.title:
            made.set("name", flow.title)
            condition = self.model.element("bpmn:FormalExpression", body=f'{_variable(flow.source)} == "{flow.target}"')
            made.set("conditionExpression", condition)
        self.flow[flow] = made
        source.get("outgoing").append(made)
        target.get("incoming").append(made)
        return made

    def _document(self, element: Element, lines: Iterable[str]) -> None:
        for text in _texts(lines):
            self.model.add(element, "documentation", self.model.element("bpmn:Documentation", text=text))

    # ---------------------------------------------------------------- diagram

    def _diagram(self, collaboration: Element) -> Element:
        plane = self._make("bpmndi:BPMNPlane", "plane", bpmnElement=collaboration)
        self.model.add(plane, "planeElement", *self._shapes(), *self._edges())
        return self._make("bpmndi:BPMNDiagram", "diagram", plane=plane)

    def _shapes(self) -> Iterator[Element]:
        yield self._shape("pool", self.picture.pool, isHorizontal=True)
        for lane in self.picture.lanes:
            yield self._shape(f"lane-{lane.lane.id}", lane.box, isHorizontal=True)
        for drawn in self.picture.steps:
            yield self._shape(drawn.step.id, drawn.box, drawn.label, **_SHOWN.get(drawn.step.kind, {}))
        for note in self.picture.notes:
            yield self._shape(f"note-{note.id}", note.box)

    def _edges(self) -> Iterator[Element]:
        for drawn in self.picture.flows:
            name = f"{drawn.flow.source}-{drawn.flow.target}"
            edge = self._make("bpmndi:BPMNEdge", f"{name}-edge", bpmnElement=self.flow[drawn.flow])
            self.model.add(edge, "waypoint", *(self._point(point) for point in drawn.points))
            if drawn.label:
                edge.set("label", self._label(drawn.label))
            yield edge

    def _shape(self, name: str, box: Box, label: Label | None = None, **more: Any) -> Element:
        made = self._make("bpmndi:BPMNShape", f"{name}-shape", bpmnElement=self.made[_id(name)], **more)
        made.set("bounds", self._bounds(box))
        if label:
            made.set("label", self._label(label))
        return made

    def _label(self, label: Label) -> Element:
        return self.model.element("bpmndi:BPMNLabel", bounds=self._bounds(label.box))

    def _bounds(self, box: Box) -> Element:
        place = {"x": round(box.x, 1), "y": round(box.y, 1)}
        return self.model.element("dc:Bounds", **place, width=round(box.width, 1), height=round(box.height, 1))

    def _point(self, point: Point) -> Element:
        return self.model.element("dc:Point", x=round(point.x, 1), y=round(point.y, 1))

    # ---------------------------------------------------------------- elements

    def _make(self, kind: str, key: str, /, **attributes: Any) -> Element:
        """An element with an id, found again by its key."""
        made = self.model.element(kind, id=_id(key), **attributes)
        self.made[_id(key)] = made
        return made


def _about(procedure: Procedure) -> Iterator[str]:
    yield word("bpmn.day", day=_day(procedure.day))
    if procedure.municipality:
        yield word("bpmn.municipality", municipality=procedure.municipality)
    if procedure.banner:
        yield f"{word('note.banner')}: {procedure.banner}"
    yield from procedure.summary
    yield from (f"{bound.code} {bound.title}: {bound.kind}, {bound.length}" for bound in procedure.bounds)
    if procedure.documents:
        yield f"{word('note.documents')}: {', '.join(procedure.documents)}"
    told = {source for step in procedure.steps for source in step.sources}
    yield from (_cited(source) for source in procedure.sources if source not in told)


def _said(step: Step) -> Iterator[str]:
    if step.until:
        yield step.until
    yield from step.details
    yield from (_cited(source) for source in step.sources)


def _cited(source: Source) -> str:
    """Code, statute, valid days: what a process of the federal catalogue calls its basis."""
    known = {"code": source.code, "statute": source.statute, "evidence": source.evidence}
    if source.valid_from is None and source.valid_to is None:
        return word("bpmn.basis", **known)
    days = f"{_day(source.valid_from) or '…'} – {_day(source.valid_to) or '…'}"
    return word("bpmn.basis_of_days", days=days, **known)


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _name(step: Step) -> str:
    """The title; of a state its members too, each in a line of its own."""
    return "\n".join((step.title, *step.details)) if step.kind == "state" else step.title


def _text(note: Note) -> str:
    return "\n".join((note.heading, *note.lines))


def _id(name: str) -> str:
    """An id that XML allows: letters, digits, hyphen, underscore."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in f"kim-{name}")


def _variable(step_id: str) -> str:
    return step_id.replace("-", "_").replace(".", "_")


def _texts(lines: Iterable[str]) -> Iterable[str]:
    """The lines in as few texts as engines take: an element may have several documentations."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > LONGEST_DOCUMENTATION:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text
