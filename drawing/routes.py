"""The way of each line through the grid: along free rows, through gutters between columns and rows, never over a step.

Ways are found in cells; the tracks keep lines apart that have nothing to do with each other. Sizes: `layout`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from drawing.grid import Cell, Grid
from drawing.picture import Side
from process_models.procedure.shape import Flow, Procedure

Kind = Literal["gutter", "channel"]


@dataclass(frozen=True, slots=True)
class Bend:
    """A piece of a line that runs in a gutter (before a column, vertical) or in a channel (above a row, horizontal)."""

    kind: Kind
    index: int


@dataclass(frozen=True, slots=True)
class Route:
    """Where a line leaves and enters, and what it runs through in between."""

    flow: Flow
    leaves: Side
    enters: Side
    bends: tuple[Bend, ...] = ()


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways of all lines and the track of each piece: `(flow, bend) -> track`, and how many tracks there are."""

    ways: tuple[Route, ...]
    track: dict[tuple[Flow, Bend], int]
    tracks: dict[Bend, int]


def routes_of(procedure: Procedure, grid: Grid) -> Routes:
    """Finds the way of every flow that runs in the grid; those inside a group are not in it."""
    return _Routing(procedure, grid).routes()


@dataclass
class _Routing:
    procedure: Procedure
    grid: Grid
    used: set[tuple[str, Side]] = field(default_factory=set)
    """Upper and lower edges that a line uses already."""
    rows: dict[tuple[int, int], set[Flow]] = field(default_factory=lambda: defaultdict(set))
    """Lines that run through a free cell of a row."""

    def __post_init__(self) -> None:
        self.kind = {step.id: step.kind for step in self.procedure.steps}

    def routes(self) -> Routes:
        """Straight lines first, then those with bends."""
        flows = [flow for flow in self.procedure.flows if flow.target in self.grid.cells]
        ways: dict[Flow, Route] = {}
        for flow in sorted(flows, key=lambda flow: not self._is_simple(flow)):
            ways[flow] = self._route(flow)
        ordered = tuple(ways[flow] for flow in flows)
        return Routes(ordered, *_tracks(ordered, self.grid))

    # ---------------------------------------------------------------- one line

    def _is_simple(self, flow: Flow) -> bool:
        if flow.source in self.grid.slots:
            return True
        source, target = self.grid.cells[flow.source], self.grid.cells[flow.target]
        return source.column == target.column or source.row == target.row

    def _route(self, flow: Flow) -> Route:
        if flow.source in self.grid.slots:
            return self._from_slot(flow)
        if self.kind[flow.source] == "state":
            return self._from_state(flow)
        source, target = self.grid.cells[flow.source], self.grid.cells[flow.target]
        found = self._straight(flow, source, target) or self._vertical(flow, source, target)
        if found is None and target.column >= source.after:
            found = self._angle(flow, source, target) or self._aside(flow, source, target)
            found = found or self._near(flow, source, target) or self._far(flow, source, target)
        return found or self._around(flow, source, target)

    def _from_slot(self, flow: Flow) -> Route:
        """Straight up or down; where the step behind stands elsewhere, along the edge of the host first."""
        slot, target = self.grid.slots[flow.source], self.grid.cells[flow.target]
        if target.column == slot.column:
            return Route(flow, slot.side, "bottom" if slot.side == "top" else "top")
        channel = Bend("channel", self.grid.cells[slot.host].row + (slot.side == "bottom"))
        return Route(flow, slot.side, "left", (channel, Bend("gutter", target.column)))

    def _from_state(self, flow: Flow) -> Route:
        """Each line of a state has an edge point of its own; lines to one state join before it."""
        source, target = self.grid.cells[flow.source], self.grid.cells[flow.target]
        first = Bend("gutter", source.after)
        if source.row == target.row and source.after == target.column:
            single = sum(1 for _ in self.procedure.following(flow.source)) == 1
            return Route(flow, "right", "left", () if single else (first,))
        back = source.row > target.row or (source.row == target.row and source.column > target.column)
        channel = Bend("channel", target.row + 1 if back else target.row)
        return Route(flow, "right", "bottom" if back else "top", (first, channel))

    def _straight(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        between = range(source.after, target.column)
        if source.row != target.row or target.column < source.after or not self._is_clear(flow, source.row, between):
            return None
        self._run(flow, source.row, between)
        return Route(flow, "right", "left")

    def _vertical(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        if source.column != target.column or source.row == target.row or max(source.span, target.span) > 1:
            return None
        leaves, enters = _sides(source, target)
        rows = range(min(source.row, target.row) + 1, max(source.row, target.row))
        if (flow.source, leaves) in self.used or any(self._stands(row, source.column) for row in rows):
            return None
        self._take(flow, leaves, enters)
        return Route(flow, leaves, enters)

    def _angle(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        """Up or down from a decision, then along the row of the target."""
        if self.kind[flow.source] != "decision" or source.row == target.row:
            return None
        leaves, _ = _sides(source, target)
        rows = range(min(source.row, target.row), max(source.row, target.row) + 1)
        blocked = any(self._stands(row, source.column) for row in rows if row != source.row)
        between = range(source.after, target.column)
        if (flow.source, leaves) in self.used or blocked:
            return None
        if not self._is_clear(flow, target.row, range(source.column, target.column)):
            return None
        self.used.add((flow.source, leaves))
        self._run(flow, target.row, between)
        return Route(flow, leaves, "left")

    def _aside(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        """A further way on of a decision: out at a free upper or lower edge, so that it is told from the others."""
        leaves, _ = _sides(source, target)
        straight = any(way.source == flow.source and self._goes_right(way) for way in self.procedure.flows)
        decides = self.kind[flow.source] == "decision" and source.row != target.row
        if not decides or not straight or (flow.source, leaves) in self.used or self._has_slots(flow.target, "top"):
            return None
        self.used.add((flow.source, leaves))
        channel = Bend("channel", source.row if leaves == "top" else source.row + 1)
        return Route(flow, leaves, "left", (channel, Bend("gutter", target.column)))

    def _goes_right(self, flow: Flow) -> bool:
        source, target = self.grid.cells[flow.source], self.grid.cells[flow.target]
        return source.row == target.row and target.column >= source.after

    def _near(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        """Through the gutter behind the source, then along the row of the target."""
        between = range(source.after, target.column)
        if not self._is_clear(flow, target.row, between):
            return None
        self._run(flow, target.row, between)
        return Route(flow, "right", "left", (Bend("gutter", source.after),))

    def _far(self, flow: Flow, source: Cell, target: Cell) -> Route | None:
        """Along the row of the source, then through the gutter before the target."""
        between = range(source.after, target.column)
        if source.row == target.row or not self._is_clear(flow, source.row, between):
            return None
        self._run(flow, source.row, between)
        return Route(flow, "right", "left", (Bend("gutter", target.column),))

    def _around(self, flow: Flow, source: Cell, target: Cell) -> Route:
        """Out at an upper or lower edge, along a channel, and in where the channel passes, or through a gutter."""
        leaves: Side = "top" if self._prefers_top(flow, source, target) else "bottom"
        if self._has_slots(flow.source, leaves):
            leaves = "right"
        channel = source.row if leaves == "top" else source.row + 1
        first = () if leaves != "right" else (Bend("gutter", source.after),)
        self.used.add((flow.source, leaves))
        way = (*first, Bend("channel", channel))
        if channel == target.row and not self._has_slots(flow.target, "top"):
            return Route(flow, leaves, "top", way)
        if channel == target.row + 1 and not self._has_slots(flow.target, "bottom"):
            return Route(flow, leaves, "bottom", way)
        return Route(flow, leaves, "left", (*way, Bend("gutter", target.column)))

    def _prefers_top(self, flow: Flow, source: Cell, target: Cell) -> bool:
        free = [side for side in ("top", "bottom") if (flow.source, side) not in self.used]
        wanted = "top" if target.row <= source.row else "bottom"
        return wanted == "top" if wanted in free or not free else free[0] == "top"

    def _has_slots(self, step: str, side: Side) -> bool:
        return any(slot.host == step and slot.side == side for slot in self.grid.slots.values())

    # ---------------------------------------------------------------- free cells

    def _stands(self, row: int, column: int) -> bool:
        return self.grid.taken(row, range(column, column + 1))

    def _is_clear(self, flow: Flow, row: int, columns: range) -> bool:
        """No step in these cells of a row, and no line that has nothing to do with this one."""
        own = self.grid.cells.get(flow.source)
        cells = [column for column in columns if not (own and own.row == row and own.column <= column < own.after)]
        if any(self._stands(row, column) for column in cells):
            return False
        return all(_related(flow, other) for column in cells for other in self.rows[row, column])

    def _run(self, flow: Flow, row: int, columns: range) -> None:
        for column in columns:
            self.rows[row, column].add(flow)

    def _take(self, flow: Flow, leaves: Side, enters: Side) -> None:
        self.used |= {(flow.source, leaves), (flow.target, enters)}


def _sides(source: Cell, target: Cell) -> tuple[Side, Side]:
    return ("top", "bottom") if target.row < source.row else ("bottom", "top")


def _related(one: Flow, other: Flow) -> bool:
    return one.source == other.source or one.target == other.target


# -------------------------------------------------------------------- tracks


@dataclass(frozen=True, slots=True)
class _Piece:
    """A bend of a line and what it covers, in half cells across its direction."""

    flow: Flow
    rank: int
    start: float
    end: float


def _tracks(ways: Sequence[Route], grid: Grid) -> tuple[dict[tuple[Flow, Bend], int], dict[Bend, int]]:
    """Lines that run in the same gutter or channel side by side get tracks of their own; related ones may share."""
    pieces: dict[Bend, list[_Piece]] = defaultdict(list)
    for way in ways:
        for number, bend in enumerate(way.bends):
            ends = _ends_of(way, number, grid)
            pieces[bend].append(_Piece(way.flow, _rank(way, number), min(ends), max(ends)))
    track: dict[tuple[Flow, Bend], int] = {}
    tracks: dict[Bend, int] = {}
    for bend, found in pieces.items():
        lanes = [lane for rank in range(3) for lane in _side_by_side([p for p in found if p.rank == rank])]
        tracks[bend] = len(lanes)
        track |= {(piece.flow, bend): number for number, lane in enumerate(lanes) for piece in lane}
    return track, tracks


def _side_by_side(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    lanes: list[list[_Piece]] = []
    for piece in pieces:
        lane = next((lane for lane in lanes if not any(_clash(piece, other) for other in lane)), None)
        if lane is None:
            lanes.append([piece])
        else:
            lane.append(piece)
    return lanes


def _rank(way: Route, number: int) -> int:
    """In a gutter: 0 leaves here and is nearest to where it comes from, 2 arrives and is nearest to its target."""
    if way.bends[number].kind == "channel" or len(way.bends) == 1:
        return 1
    return 0 if number == 0 else 2 if number == len(way.bends) - 1 else 1


def _clash(one: _Piece, other: _Piece) -> bool:
    apart = one.end < other.start or other.end < one.start
    return not apart and not _may_share(one.flow, other.flow)


def _may_share(one: Flow, other: Flow) -> bool:
    return one.target == other.target or (one.source == other.source and not one.title)


def _ends_of(way: Route, number: int, grid: Grid) -> tuple[float, float]:
    """From where to where a piece runs, in half cells across its direction."""
    bend = way.bends[number]
    before = _across(way.bends[number - 1]) if number else _edge(way.flow.source, bend, grid)
    after = _across(way.bends[number + 1]) if number + 1 < len(way.bends) else _edge(way.flow.target, bend, grid)
    return before, after


def _across(bend: Bend) -> float:
    return 2.0 * bend.index


def _edge(step: str, bend: Bend, grid: Grid) -> float:
    if step in grid.slots:
        slot = grid.slots[step]
        return 2.0 * slot.column + 1 if bend.kind == "channel" else 2.0 * grid.cells[slot.host].row + 1
    cell = grid.cells[step]
    return 2.0 * cell.column + 1 if bend.kind == "channel" else 2.0 * cell.row + 1
