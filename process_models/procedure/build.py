"""Puts a procedure together step by step: every flow leads to a step that is there, and only lanes in use remain.

Knows nothing of law; what is put together say the modules beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from process_models.procedure.shape import Flow, Lane, Source, Step, StepKind


class More(TypedDict, total=False):
    """What a step may say beside its title."""

    until: str
    working_days: int | None
    details: tuple[str, ...]
    sources: tuple[Source, ...]
    within: str
    at: str


class Parts(TypedDict):
    """Lanes, steps and flows of a procedure."""

    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]


@dataclass
class Build:
    """Lanes, steps and flows so far."""

    lanes: dict[str, Lane] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def lane(self, lane_id: str, title: str, agencies: Iterable[str] = ()) -> str:
        """A lane; the first title of an id stays."""
        self.lanes.setdefault(lane_id, Lane(lane_id, title, tuple(agencies)))
        return lane_id

    def step(self, step_id: str, kind: StepKind, lane: str, title: str, **more: Unpack[More]) -> str:
        """A step in a lane; returns its id."""
        self.steps.append(Step(step_id, kind, title, lane, **more))
        return step_id

    def then(self, source: str, target: str, title: str = "") -> str:
        """A flow; returns its target."""
        self.flows.append(Flow(source, target, title))
        return target

    def parts(self) -> Parts:
        """Lanes in use, steps and flows, as a procedure takes them."""
        used = {step.lane for step in self.steps}
        lanes = tuple(lane for lane in self.lanes.values() if lane.id in used)
        return {"lanes": lanes, "steps": tuple(self.steps), "flows": tuple(self.flows)}
