"""Places for words beside events, decisions and lines, where nothing else is.

Candidates are tried in a fixed order; the first that is free wins, else the one that covers least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from drawing.lettering import SMALL, lines_of, width_of
from drawing.picture import Box, DrawnFlow, DrawnStep, Label, Point
from drawing.sizes import LABEL_LINE, LABEL_WIDTH

Piece = tuple[Point, Point]
_GAP: Final = 3.0
_THICK: Final = 1.0
_HEADING: Final = 34.0


def place_labels(
    steps: Sequence[DrawnStep], flows: Sequence[DrawnFlow]
) -> tuple[tuple[DrawnStep, ...], tuple[DrawnFlow, ...]]:
    """Gives events, decisions and titled lines their labels."""
    taken = [drawn.box if drawn.step.kind != "group" else _heading(drawn.box) for drawn in steps]
    lines = [_line_box(one, two) for drawn in flows for one, two in pairwise(drawn.points)]
    labelled: list[DrawnStep] = []
    for drawn in steps:
        label = None if drawn.inside or not drawn.step.title else _beside_step(drawn, flows, taken, lines)
        taken += [label.box] if label else []
        labelled.append(replace(drawn, label=label))
    titled: list[DrawnFlow] = []
    for flow in flows:
        label = _beside_line(flow, flows, taken) if flow.flow.title else None
        taken += [label.box] if label else []
        titled.append(replace(flow, label=label))
    return tuple(labelled), tuple(titled)


def _beside_step(drawn: DrawnStep, flows: Sequence[DrawnFlow], taken: Sequence[Box], lines: Sequence[Box]) -> Label:
    words = lines_of(drawn.step.title, LABEL_WIDTH, SMALL)
    upwards = any(flow.flow.source == drawn.step.id and flow.points[0].y < drawn.box.middle.y for flow in flows)
    places = _around_attached(drawn.box, words, upwards) if drawn.step.at else _around_step(drawn.box, words)
    return Label(words, _best(places, [box for box in taken if box != drawn.box], lines))


def _heading(group: Box) -> Box:
    """The room that the title of a group takes."""
    return replace(group, height=_HEADING)


def _around_attached(box: Box, words: Sequence[str], upwards: bool) -> Iterator[Box]:
    """Beside the line that leaves, outside of the host."""
    width, height = _size(words)
    y = box.y - _GAP - height if upwards else box.bottom + _GAP
    for left in (box.middle.x + _GAP, box.middle.x - _GAP - width):
        yield Box(left, y, width, height)


def _around_step(box: Box, words: Sequence[str]) -> Iterator[Box]:
    """Below, above, then at the corners."""
    width, height = _size(words)
    x = box.middle.x - width / 2
    yield Box(x, box.bottom + _GAP, width, height)
    yield Box(x, box.y - _GAP - height, width, height)
    for left in (box.middle.x + _GAP, box.middle.x - _GAP - width, box.right - _GAP, box.x + _GAP - width):
        yield Box(left, box.y - _GAP - height, width, height)
        yield Box(left, box.bottom + _GAP, width, height)


def _beside_line(drawn: DrawnFlow, flows: Sequence[DrawnFlow], taken: Sequence[Box]) -> Label:
    """Beside a piece that only this line runs along, the first such piece if there is room."""
    words = lines_of(drawn.flow.title, LABEL_WIDTH, SMALL)
    others = [piece for other in flows if other is not drawn for piece in pairwise(other.points)]
    pieces = [part for piece in pairwise(drawn.points) for part in _parts(piece, others)]
    own = [part for part in pieces if not any(_runs_along(part, other) for other in others)]
    width = _size(words)[0]
    roomy = [part for part in own if part[0].y == part[1].y and abs(part[0].x - part[1].x) >= width]
    candidates = [box for part in (*roomy, *own, *pieces) for box in _along(*part, words)]
    return Label(words, _best(candidates, taken, [_line_box(*piece) for piece in others]))


def _parts(piece: Piece, others: Sequence[Piece]) -> Iterator[Piece]:
    """A piece of a line, divided where another line meets it."""
    one, two = piece
    met = {point for other in others for point in other if _lies_on(point, piece)} - {one, two}
    points = [one, *sorted(met, key=lambda point: abs(point.x - one.x) + abs(point.y - one.y)), two]
    return pairwise(points)


def _lies_on(point: Point, piece: Piece) -> bool:
    one, two = piece
    if one.y == two.y == point.y:
        return min(one.x, two.x) <= point.x <= max(one.x, two.x)
    return one.x == two.x == point.x and min(one.y, two.y) <= point.y <= max(one.y, two.y)


def _runs_along(part: Piece, other: Piece) -> bool:
    middle = Point((part[0].x + part[1].x) / 2, (part[0].y + part[1].y) / 2)
    level, other_level = part[0].y == part[1].y, other[0].y == other[1].y
    return level == other_level and _lies_on(middle, other)


def _along(one: Point, two: Point, words: Sequence[str]) -> Iterator[Box]:
    width, height = _size(words)
    if one.y == two.y:
        if abs(two.x - one.x) < width:
            start = one.x + _GAP if two.x > one.x else one.x - _GAP - width
            yield Box(start, one.y - _GAP - height, width, height)
            return
        near = one.x + _GAP if two.x > one.x else one.x - _GAP - width
        for x in (near, (one.x + two.x - width) / 2):
            yield Box(x, one.y - _GAP - height, width, height)
            yield Box(x, one.y + _GAP, width, height)
        return
    near = one.y + _GAP if two.y > one.y else one.y - _GAP - height
    for y in (near, (one.y + two.y - height) / 2):
        yield Box(one.x + _GAP, y, width, height)
        yield Box(one.x - _GAP - width, y, width, height)


def _best(candidates: Iterable[Box], taken: Sequence[Box], lines: Sequence[Box]) -> Box:
    """The first candidate that meets nothing; else the one that meets least, boxes counting most."""
    scored = []
    for number, box in enumerate(candidates):
        score = 10 * sum(box.overlaps(other) for other in taken) + sum(box.overlaps(other) for other in lines)
        if not score:
            return box
        scored.append((score, number, box))
    return min(scored, key=lambda found: found[:2])[2]


def _size(words: Sequence[str]) -> tuple[float, float]:
    return max(width_of(line, SMALL) for line in words) + 2, len(words) * LABEL_LINE


def _line_box(one: Point, two: Point) -> Box:
    """A line as a very thin box."""
    return Box(
        min(one.x, two.x) - _THICK,
        min(one.y, two.y) - _THICK,
        abs(one.x - two.x) + 2 * _THICK,
        abs(one.y - two.y) + 2 * _THICK,
    )
