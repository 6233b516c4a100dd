"""A procedure as a value: lanes, steps, flows, documents, the deadlines that bound it, and where each comes from.

Independent of any notation; how it is derived stands beside, how it is drawn in `drawing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

StepKind = Literal["start", "task", "state", "group", "decision", "timer", "message", "end"]
"""group: steps that are answered for together and share clocks; timer, message: what may happen while it lasts."""
ProcedureKind = Literal["handover", "path", "ladder", "meeting"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: code, statute, the days on which it holds, and a banner if it is not released."""

    code: str
    title: str
    statute: str
    evidence: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """Who is responsible for the steps in it."""

    id: str
    title: str
    agencies: tuple[str, ...] = ()
    """The agencies behind the title where it is another one in another place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `within` names its group; `at` names the task or group while which a timer or message may come."""

    id: str
    kind: StepKind
    title: str
    lane: str
    until: str = ""
    """By when, in words: "innerhalb von 3 Arbeitstagen"."""
    working_days: int | None = None
    """Of a timer: working days after the offer; None where another event decides."""
    details: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    within: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """From one step to the next. Flows against the order of the steps lead back."""

    source: str
    target: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A deadline that bounds the procedure, in words."""

    code: str
    title: str
    kind: str
    length: str
    who: str
    consequence: str
    reminders: str
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure of one day and, if named, of one municipality. Steps stand in the order in which they come."""

    code: str
    kind: ProcedureKind
    title: str
    day: date
    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]
    municipality: str = ""
    """Title of the municipality; empty = everywhere."""
    summary: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    sources: tuple[Source, ...] = ()
    stalls: tuple[str, ...] = ()
    """What makes it stall: typical causes and the reasons that may be named."""

    @property
    def banner(self) -> str:
        """Why it is shown only and does not act; empty if it is released."""
        return next((source.banner for source in self.sources if source.banner), "")

    def step(self, step_id: str) -> Step:
        """The step of this id. Errors: KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def lane(self, lane_id: str) -> Lane:
        """The lane of this id. Errors: KeyError."""
        for lane in self.lanes:
            if lane.id == lane_id:
                return lane
        raise KeyError(lane_id)

    def inside(self, group: str) -> tuple[Step, ...]:
        """The steps of a group."""
        return tuple(step for step in self.steps if step.within == group)

    def attached(self, host: str) -> tuple[Step, ...]:
        """What may happen while this task or group lasts."""
        return tuple(step for step in self.steps if step.at == host)

    def followed_by_decision(self) -> dict[str, str]:
        """States and the decision that belongs to each: from there the transitions leave."""
        decisions = {step.id for step in self.steps if step.kind == "decision"}
        states = {step.id for step in self.steps if step.kind == "state"}
        return {flow.source: flow.target for flow in self.flows if flow.source in states and flow.target in decisions}

    def following(self, step_id: str) -> Iterator[Flow]:
        """The flows that leave a step."""
        return (flow for flow in self.flows if flow.source == step_id)
