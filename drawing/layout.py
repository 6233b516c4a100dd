"""From cells and tracks to units: sizes of columns, rows, gutters and channels, then boxes, lines and labels.

The same procedure gives the same picture, to the last digit. Which notation shows it is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from math import ceil

from drawing.grid import Grid, grid_of, joined
from drawing.labels import place_labels
from drawing.lettering import LINE, SMALL, lines_of, width_of
from drawing.notes import notes_below
from drawing.picture import Box, DrawnFlow, DrawnLane, DrawnStep, Picture, Point, Side
from drawing.routes import Bend, Route, Routes, routes_of
from drawing.sizes import (
    BESIDE,
    BORDER,
    CHANNEL,
    DECISION,
    EVENT,
    GUTTER,
    HEADER,
    LABEL_LINE,
    LABEL_WIDTH,
    MARGIN,
    MIN_TASK_HEIGHT,
    PADDING,
    PORT,
    TRACK,
    inside_of,
    port_height,
    size_of,
    title_height,
)
from process_models.procedure.shape import Flow, Procedure, Step


def picture_of(procedure: Procedure) -> Picture:
    """Lays a procedure out."""
    found = joined(procedure)
    grid = grid_of(found)
    return _Layout(procedure, grid, routes_of(found, grid)).picture()


@dataclass
class _Layout:
    procedure: Procedure
    grid: Grid
    routes: Routes
    places: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.step: dict[str, Step] = {step.id: step for step in self.procedure.steps}
        self.decision = self.procedure.followed_by_decision()
        self.state = {decision: state for state, decision in self.decision.items()}
        self.outgoing: dict[str, list[Route]] = {step: [] for step in self.step}
        for way in self.routes.ways:
            self.outgoing[way.flow.source].append(way)
        self.widths: list[float] = self._column_widths()
        self.lefts: list[float] = self._column_lefts()
        self.heights: list[tuple[float, float]] = self._row_heights()
        self.tops: list[float] = self._row_tops()

    def picture(self) -> Picture:
        """Boxes first, then lines, then labels, then what stands below."""
        self._place_all()
        steps = tuple(self._drawn(step) for step in self.procedure.steps)
        flows = tuple(DrawnFlow(flow, self._points(flow)) for flow in self.procedure.flows)
        steps, flows = place_labels(steps, flows)
        pool, lanes = self._lanes()
        notes = notes_below(self.procedure, pool)
        bottom = max((note.box.bottom for note in notes), default=pool.bottom)
        title = " · ".join(filter(None, (f"{self.procedure.code} {self.procedure.title}", self.procedure.municipality)))
        return Picture(
            procedure=self.procedure,
            width=pool.right + MARGIN,
            height=bottom + MARGIN,
            pool=pool,
            pool_lines=lines_of(title, pool.height - 2 * PADDING),
            lanes=lanes,
            steps=steps,
            flows=flows,
            notes=notes,
        )

    # ---------------------------------------------------------------- columns

    def _column_widths(self) -> list[float]:
        widths = [EVENT] * self.grid.columns
        for name, cell in self.grid.cells.items():
            if cell.span == 1:
                widths[cell.column] = max(widths[cell.column], self._needed_width(self.step[name]))
        for slot in self.grid.slots.values():
            widths[slot.column] = max(widths[slot.column], LABEL_WIDTH)
        return [float(ceil(width / 2) * 2) for width in widths]

    def _needed_width(self, step: Step) -> float:
        size = size_of(step, self._ports(step.id))[0]
        if step.id in self.decision:
            return size + BESIDE + DECISION
        if step.kind in ("task", "state", "group"):
            return size
        return max(size, *(width_of(line, SMALL) + 2 for line in lines_of(step.title, LABEL_WIDTH, SMALL)))

    def _column_lefts(self) -> list[float]:
        lefts, x = [], MARGIN + 2 * HEADER
        for column in range(self.grid.columns + 1):
            x += self._gutter_width(column)
            lefts.append(x)
            if column < self.grid.columns:
                x += self.widths[column]
        return lefts

    def _gutter_width(self, column: int) -> float:
        tracks = self.routes.tracks.get(Bend("gutter", column), 0)
        return GUTTER + tracks * TRACK + self._stub(column)

    def _stub(self, column: int) -> float:
        """Room for the words of lines that leave to the right into this gutter."""
        words = [
            width_of(line, SMALL) + 6 + (TRACK if way.flow.source in self.decision else 0)
            for way in self.routes.ways
            if way.leaves == "right" and way.flow.source in self.grid.cells and way.flow.title
            if self.grid.cells[way.flow.source].after == column
            for line in lines_of(way.flow.title, LABEL_WIDTH, SMALL)
        ]
        return float(ceil(max(words, default=0.0)))

    def _gutter_x(self, column: int, track: int) -> float:
        """The room for words lies before the tracks where states write at their edge, else behind them."""
        width = self._gutter_width(column)
        words = self._stub(column) if self.procedure.kind == "path" else 0.0
        return self.lefts[column] - width + words + GUTTER / 2 + track * TRACK

    # ---------------------------------------------------------------- rows

    def _row_heights(self) -> list[tuple[float, float]]:
        """Of each row what it needs above and below its middle."""
        count = max(rows.stop for rows in self.grid.rows.values())
        above, below = [EVENT / 2] * count, [EVENT / 2] * count
        for name, cell in self.grid.cells.items():
            up, down = self._needed_height(self.step[name])
            above[cell.row] = max(above[cell.row], up)
            below[cell.row] = max(below[cell.row], down)
        self._fill_lanes(above, below)
        return list(zip(above, below, strict=True))

    def _fill_lanes(self, above: list[float], below: list[float]) -> None:
        """A lane is high enough for its title in two lines."""
        for lane in self.procedure.lanes:
            rows = self.grid.rows[lane.id]
            needed = title_height(lane.title)
            outside = self._channel_height(rows.start) - BORDER if self._comes_from_above(rows.start) else 0.0
            has = sum(above[row] + below[row] + self._channel_height(row) for row in rows) - outside
            if has < needed:
                above[rows.start] += ceil((needed - has) / 2)
                below[rows.stop - 1] += ceil((needed - has) / 2)

    def _needed_height(self, step: Step) -> tuple[float, float]:
        height = size_of(step, self._ports(step.id))[1] / 2
        if step.kind in ("task", "state"):
            return height, height
        if step.kind == "group":
            return self._group_height(step)
        words = len(lines_of(step.title, LABEL_WIDTH, SMALL)) * LABEL_LINE + PORT
        sides = {way.leaves for way in self.outgoing[step.id]}
        above = step.kind == "decision" and ("top" not in sides or "bottom" in sides)
        return (height + words, height) if above else (height, height + words)

    def _group_height(self, step: Step) -> tuple[float, float]:
        """Room for its steps, its title, and the words of what is attached to its edges."""
        half = self._inner_half(step)
        sides = {slot.side for slot in self.grid.slots.values() if slot.host == step.id}
        words = EVENT / 2 + 2 * LABEL_LINE + 4
        return half + (words if "top" in sides else 0), half + (words if "bottom" in sides else 0)

    def _channel_height(self, row: int) -> float:
        tracks = self.routes.tracks.get(Bend("channel", row), 0)
        return CHANNEL + tracks * TRACK + (BORDER if tracks else 0.0)

    def _row_tops(self) -> list[float]:
        """Upper edge of each row's own room; its channel lies above."""
        tops, y = [], MARGIN
        for row, (above, below) in enumerate(self.heights):
            y += self._channel_height(row)
            tops.append(y)
            y += above + below
        tops.append(y + self._channel_height(len(self.heights)))
        return tops

    def _middle(self, row: int) -> float:
        return self.tops[row] + self.heights[row][0]

    def _channel_y(self, row: int, track: int) -> float:
        return self.tops[row] - BORDER - CHANNEL / 2 - track * TRACK

    # ---------------------------------------------------------------- boxes

    def _place_all(self) -> None:
        for name, cell in self.grid.cells.items():
            step = self.step[name]
            left = self.lefts[cell.column]
            right = self.lefts[cell.after - 1] + self.widths[cell.after - 1]
            width, height = size_of(step, self._ports(step.id))
            if step.kind == "group":
                width, height = right - left, 2 * (self._inner_half(step))
            beside = BESIDE + DECISION if name in self.decision else 0.0
            self.places[name] = _around(Point((left + right - beside) / 2, self._middle(cell.row)), width, height)
            self._place_inside(step)
        for state, decision in self.decision.items():
            box = self.places[state]
            middle = Point(box.right + BESIDE + DECISION / 2, box.middle.y)
            self.places[decision] = _around(middle, DECISION, DECISION)
        for name, slot in self.grid.slots.items():
            host = self.places[slot.host]
            x = self.lefts[slot.column] + self.widths[slot.column] / 2
            self.places[name] = _around(Point(x, host.y if slot.side == "top" else host.bottom), EVENT, EVENT)

    def _inner_half(self, step: Step) -> float:
        """Half the height of a group: its steps, and its title above or words of its events below them."""
        inner = max((size_of(one)[1] for one in self.procedure.inside(step.id)), default=MIN_TASK_HEIGHT)
        return inner / 2 + LINE + 2 * PADDING + EVENT / 2

    def _place_inside(self, group: Step) -> None:
        """The steps of a group side by side in its middle."""
        inner = self.procedure.inside(group.id)
        if not inner:
            return
        box = self.places[group.id]
        sizes = [size_of(step) for step in inner]
        gap = (box.width - sum(width for width, _ in sizes)) / (len(inner) + 1)
        lefts = accumulate((width + gap for width, _ in sizes), initial=box.x + gap)
        for step, (width, height), left in zip(inner, sizes, lefts, strict=False):
            self.places[step.id] = _around(Point(left + width / 2, box.middle.y + LINE / 2), width, height)

    def _drawn(self, step: Step) -> DrawnStep:
        box = self.places[step.id]
        if step.kind in ("task", "state", "group"):
            return DrawnStep(step, box, inside=inside_of(step, box.width))
        return DrawnStep(step, box)

    def _ports(self, step_id: str) -> list[float]:
        """Room that each line of a state needs at its right edge, from top to bottom; other steps have none."""
        if self.step[step_id].kind != "state":
            return []
        return [port_height(way.flow.title) for way in self._in_order(step_id)]

    # ---------------------------------------------------------------- lines

    def _points(self, flow: Flow) -> tuple[Point, ...]:
        drawn = replace(flow, source=self.state.get(flow.source, flow.source))
        way = next((way for way in self.routes.ways if way.flow == drawn), None)
        if way is None:
            return (_edge(self.places[flow.source], "right"), _edge(self.places[flow.target], "left"))
        starts, end = self._start(way), _edge(self.places[flow.target], way.enters)
        points = [*starts, *self._bends(way, starts[-1], end), end]
        return _without_repeats(points)

    def _start(self, way: Route) -> list[Point]:
        """Where a line leaves. Those of a state share a trunk behind its decision and branch off one by one."""
        source = way.flow.source
        box = self.places[source]
        if source not in self.decision:
            return [_edge(box, way.leaves)]
        number, ports = self._in_order(source).index(way), self._ports(source)
        spare = (box.height - sum(ports)) / len(ports)
        y = box.y + sum(ports[: number + 1]) + spare * (number + 0.5) - PORT / 2
        tip = _edge(self.places[self.decision[source]], "right")
        return [tip, Point(tip.x + TRACK, tip.y), Point(tip.x + TRACK, y)]

    def _in_order(self, source: str) -> list[Route]:
        """Lines of a state from top to bottom, so that they do not cross where they leave."""
        cells = self.grid.cells
        return sorted(self.outgoing[source], key=lambda way: (cells[way.flow.target].row, way.enters == "bottom"))

    def _bends(self, way: Route, start: Point, end: Point) -> Iterable[Point]:
        if not way.bends:
            yield from _corner(start, end, way)
            return
        last = start
        for bend in way.bends:
            track = self.routes.track[way.flow, bend]
            if bend.kind == "gutter":
                x = self._gutter_x(bend.index, track)
                yield Point(x, last.y)
                last = Point(x, last.y)
            else:
                y = self._channel_y(bend.index, track)
                yield Point(last.x, y)
                last = Point(last.x, y)
        yield Point(end.x, last.y) if way.enters in ("top", "bottom") else Point(last.x, end.y)

    # ---------------------------------------------------------------- frame

    def _lanes(self) -> tuple[Box, tuple[DrawnLane, ...]]:
        right = self.lefts[-1] + MARGIN
        borders = [MARGIN, *(self._border(self.grid.rows[lane.id].stop) for lane in self.procedure.lanes)]
        pool = Box(MARGIN, MARGIN, right - MARGIN, borders[-1] - MARGIN)
        lanes = []
        for lane, (top, bottom) in zip(self.procedure.lanes, pairwise(borders), strict=True):
            box = Box(MARGIN + HEADER, top, pool.width - HEADER, bottom - top)
            lanes.append(DrawnLane(lane, box, lines_of(lane.title, box.height - PADDING, SMALL)))
        return pool, tuple(lanes)

    def _border(self, row: int) -> float:
        """Where a lane ends above this row: below lines that come from above, above those of the row."""
        if row == len(self.heights):
            return self.tops[row]
        return self.tops[row] - (BORDER if self._comes_from_above(row) else self._channel_height(row))

    def _comes_from_above(self, row: int) -> bool:
        """Lines in the channel above this row belong to the row before."""
        return any(Bend("channel", row) in way.bends and way.leaves == "bottom" for way in self.routes.ways)


# -------------------------------------------------------------------- points


def _around(middle: Point, width: float, height: float) -> Box:
    return Box(middle.x - width / 2, middle.y - height / 2, width, height)


def _edge(box: Box, side: Side) -> Point:
    middle = box.middle
    return {
        "left": Point(box.x, middle.y),
        "right": Point(box.right, middle.y),
        "top": Point(middle.x, box.y),
        "bottom": Point(middle.x, box.bottom),
    }[side]


def _corner(start: Point, end: Point, way: Route) -> Iterable[Point]:
    """A line without bends in gutters is straight, or turns once."""
    if start.x != end.x and start.y != end.y:
        yield Point(start.x, end.y) if way.leaves in ("top", "bottom") else Point(end.x, start.y)


def _without_repeats(points: Iterable[Point]) -> tuple[Point, ...]:
    """Without points that repeat the one before or lie on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _on_a_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _on_a_line(one: Point, two: Point, three: Point) -> bool:
    return one.x == two.x == three.x or one.y == two.y == three.y
