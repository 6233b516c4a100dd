"""Sizes of steps and the distances between them, in units of a picture; texts decide where they need more room.

Nothing is placed here; see `layout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drawing.lettering import LINE, SMALL, lines_of, width_of
from process_models.procedure.shape import Step

MARGIN: Final = 10.0
HEADER: Final = 30.0
"""Width of the upright titles of pool and lanes."""
TASK_WIDTH: Final = 110.0
STATE_WIDTH: Final = 196.0
EVENT: Final = 36.0
DECISION: Final = 46.0
PADDING: Final = 6.0
TRACK: Final = 10.0
GUTTER: Final = 20.0
CHANNEL: Final = 16.0
BORDER: Final = 10.0
"""From the border of a lane to lines beside it."""
PORT: Final = 8.0
LABEL_WIDTH: Final = 98.0
LABEL_LINE: Final = 13.0
BESIDE: Final = 14.0
"""From a state to its decision."""
MIN_TASK_HEIGHT: Final = 44.0
LANE_MIN: Final = 64.0
TITLE_LINES: Final = 2


def title_height(title: str) -> float:
    """The least height at which an upright title fits into two lines."""
    height = max(LANE_MIN, *(width_of(word, SMALL) for word in title.split(" ")))
    while len(lines_of(title, height, SMALL)) > TITLE_LINES:
        height += PADDING
    return height + 4 * PADDING


def size_of(step: Step, ports: Sequence[float] = ()) -> tuple[float, float]:
    """Width and height of a step; a state also has room for the lines that leave it."""
    if step.kind == "decision":
        return DECISION, DECISION
    if step.kind in ("start", "end", "timer", "message"):
        return EVENT, EVENT
    if step.kind == "state":
        lines = inside_of(step, STATE_WIDTH)
        return STATE_WIDTH, max(len(lines) * LINE + 2 * PADDING, sum(ports) + PORT)
    lines = inside_of(step, TASK_WIDTH)
    return TASK_WIDTH, max(MIN_TASK_HEIGHT, len(lines) * LINE + 2 * PADDING)


def port_height(title: str) -> float:
    words = lines_of(title, LABEL_WIDTH, SMALL) if title else ()
    return max(len(words), 1) * LABEL_LINE + PORT


def inside_of(step: Step, width: float) -> tuple[str, ...]:
    """The text inside a box: the title, of a state its members too."""
    title = lines_of(step.title, width - 2 * PADDING)
    if step.kind != "state":
        return title
    return (*title, *(line for detail in step.details for line in lines_of(detail, width - 2 * PADDING)))
