"""A procedure as mermaid text: a flowchart with a box for each lane, or a state diagram for the whole path.

Text only; whoever shows it draws it. What mermaid would read as its own marks is written as an entity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drawing.wording import one_line
from process_models.procedure.shape import Flow, Lane, Procedure, Step

_ENTITIES: Final = {'"': "#quot;", "#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
_SHAPES: Final = {
    "start": ('(["', '"])'),
    "end": ('(["', '"])'),
    "task": ('["', '"]'),
    "decision": ('{"', '"}'),
    "timer": ('{{"', '"}}'),
    "message": ('>"', '"]'),
}


def mermaid_text(procedure: Procedure) -> str:
    """The procedure as mermaid, with its title."""
    lines = _state_diagram(procedure) if procedure.kind == "path" else _flowchart(procedure)
    head = ("---", f'title: "{_title(procedure)}"', "---")
    return "\n".join([*head, *lines]) + "\n"


def _title(procedure: Procedure) -> str:
    """In the head of a diagram, which is YAML: quotes and backslashes are escaped as YAML wants it."""
    title = f"{procedure.code} {procedure.title}".replace("\\", "\\\\").replace('"', '\\"')
    return one_line(title)


# -------------------------------------------------------------------- flowchart


def _flowchart(procedure: Procedure) -> Iterator[str]:
    yield "flowchart LR"
    for lane in procedure.lanes:
        yield from _lane(procedure, lane)
    for step in procedure.steps:
        if step.at:
            yield f"  {_id(step.at)} -.- {_id(step.id)}"
    for flow in procedure.flows:
        yield f"  {_arrow(flow)}"


def _lane(procedure: Procedure, lane: Lane) -> Iterator[str]:
    yield f'  subgraph lane_{_id(lane.id)}["{_text(lane.title)}"]'
    for step in procedure.steps:
        if step.lane == lane.id and not step.within:
            yield from _node(procedure, step)
    yield "  end"


def _node(procedure: Procedure, step: Step) -> Iterator[str]:
    if step.kind != "group":
        yield f"    {_shaped(step)}"
        return
    yield f'    subgraph {_id(step.id)}["{_text(step.title)}"]'
    for inner in procedure.inside(step.id):
        yield f"      {_shaped(inner)}"
    yield "    end"


def _shaped(step: Step) -> str:
    left, right = _SHAPES[step.kind]
    return f"{_id(step.id)}{left}{_text(step.title)}{right}"


def _arrow(flow: Flow) -> str:
    label = f'|"{_text(flow.title)}"|' if flow.title else ""
    return f"{_id(flow.source)} -->{label} {_id(flow.target)}"


# -------------------------------------------------------------------- state diagram


def _state_diagram(procedure: Procedure) -> Iterator[str]:
    """Groups of states as states; their members are named in them, decisions are the lines between them."""
    yield "stateDiagram-v2"
    yield "  direction LR"
    for step in procedure.steps:
        if step.kind == "state":
            text = "<br/>".join(_text(line) for line in (step.title, *step.details))
            yield f'  state "{text}" as {_id(step.id)}'
    state_of = {decision: state for state, decision in procedure.followed_by_decision().items()}
    kinds = {step.id: step.kind for step in procedure.steps}
    for flow in procedure.flows:
        if flow.target in state_of:
            continue
        source = "[*]" if kinds[flow.source] == "start" else _id(state_of.get(flow.source, flow.source))
        target = "[*]" if kinds[flow.target] == "end" else _id(flow.target)
        yield f"  {source} --> {target}" + (f": {_text(flow.title)}" if flow.title else "")


# -------------------------------------------------------------------- marks


def _id(name: str) -> str:
    """An id that is no word of mermaid's own."""
    return "s_" + "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name)


def _text(text: str) -> str:
    return "".join(_ENTITIES.get(sign, sign) for sign in one_line(text))
