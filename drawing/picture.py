"""A laid-out procedure: boxes, lines and labels in units of a picture, ready for any notation that has a layout.

Values only; how they come about stands in `grid`, `routes` and `layout`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from process_models.procedure.shape import Flow, Lane, Procedure, Step

Side = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True, slots=True)
class Point:
    """A point; y grows downwards."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def overlaps(self, other: Box, margin: float = 0.0) -> bool:
        """True if they share more than an edge."""
        apart = (
            self.right - margin <= other.x
            or other.right - margin <= self.x
            or self.bottom - margin <= other.y
            or other.bottom - margin <= self.y
        )
        return not apart


@dataclass(frozen=True, slots=True)
class Label:
    """Text in lines; `box` is the room that it has."""

    lines: tuple[str, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step and its place. Tasks carry their text inside (`inside`), events and decisions beside (`label`)."""

    step: Step
    box: Box
    inside: tuple[str, ...] = ()
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class DrawnFlow:
    """A flow as a line of right angles, from the edge of its source to the edge of its target."""

    flow: Flow
    points: tuple[Point, ...]
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane; its title stands upright at its left edge."""

    lane: Lane
    box: Box
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A block of text below the picture: a heading and its lines."""

    id: str
    heading: str
    lines: tuple[str, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn. The pool is the frame around all lanes; its title stands upright at its left edge."""

    procedure: Procedure
    width: float
    height: float
    pool: Box
    pool_lines: tuple[str, ...]
    lanes: tuple[DrawnLane, ...]
    steps: tuple[DrawnStep, ...]
    flows: tuple[DrawnFlow, ...]
    notes: tuple[Note, ...]

    def place(self, step_id: str) -> Box:
        """The box of a step. Errors: KeyError."""
        for drawn in self.steps:
            if drawn.step.id == step_id:
                return drawn.box
        raise KeyError(step_id)
