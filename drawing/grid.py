"""Where each step stands in a grid: its lane, a row of that lane, a column. Time runs from left to right.

Only whole cells are given out here; lines between them are found in `routes`, sizes in `layout`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from process_models.procedure.shape import Flow, Procedure, Step

VerticalSide = Literal["top", "bottom"]
_FIRST_STATE_COLUMN: Final = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a step: `row` counts over all lanes, `span` is the number of columns."""

    row: int
    column: int
    span: int = 1

    @property
    def after(self) -> int:
        """The first column behind it."""
        return self.column + self.span


@dataclass(frozen=True, slots=True)
class Slot:
    """Place of a timer or message on the edge of its host."""

    host: str
    column: int
    side: VerticalSide


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of the steps, slots of what is attached, and how many rows each lane has."""

    cells: dict[str, Cell]
    slots: dict[str, Slot]
    rows: dict[str, range]
    columns: int

    def taken(self, row: int, columns: range) -> bool:
        """True if a step stands in one of these cells."""
        return any(
            cell.row == row and cell.column < columns.stop and columns.start < cell.after
            for cell in self.cells.values()
        )


def grid_of(procedure: Procedure) -> Grid:
    """Gives every step its cell."""
    return _Placing(procedure).grid()


def joined(procedure: Procedure) -> Procedure:
    """The procedure as it stands in the grid: a state and its decision are one step, which its transitions leave."""
    state_of = {decision: state for state, decision in procedure.followed_by_decision().items()}
    steps = tuple(step for step in procedure.steps if step.id not in state_of)
    flows = (flow for flow in procedure.flows if flow.target not in state_of)
    return replace(
        procedure,
        steps=steps,
        flows=tuple(replace(flow, source=state_of.get(flow.source, flow.source)) for flow in flows),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    lane: int
    row: int
    column: int
    span: int


@dataclass
class _Placing:
    """One pass over the steps in their order: a step stands behind what leads to it."""

    procedure: Procedure
    places: dict[str, _Place] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    kept: dict[tuple[int, int], str] = field(default_factory=dict)
    """Lane and column that a vertical line passes through or ends in, for this step only."""
    used: set[tuple[str, VerticalSide]] = field(default_factory=set)
    """Edges of decisions from which a line leaves already."""

    def __post_init__(self) -> None:
        self.order: dict[str, int] = {step.id: number for number, step in enumerate(self.procedure.steps)}
        self.lanes: dict[str, int] = {lane.id: number for number, lane in enumerate(self.procedure.lanes)}
        self.step: dict[str, Step] = {step.id: step for step in self.procedure.steps}

    def grid(self) -> Grid:
        """Places everything."""
        for step in self.procedure.steps:
            if not step.within and not step.at:
                self._place(step)
        return self._numbered()

    # ---------------------------------------------------------------- one step

    def _place(self, step: Step) -> None:
        lane, span = self.lanes[step.lane], self._span(step)
        column = self._state_column(step) if self.procedure.kind == "path" else self._column(step)
        row = self._free_row(step, column, span)
        while row is None:
            column += 1
            row = self._free_row(step, column, span)
        self.places[step.id] = _Place(lane, row, column, span)
        for flow in self._incoming(step):
            self._keep_vertical(flow, step)
        self._attach(step)

    def _span(self, step: Step) -> int:
        sides = [self._side(step, attached) for attached in self.procedure.attached(step.id)]
        inner = len(self.procedure.inside(step.id))
        return max(1, sides.count("top"), sides.count("bottom"), inner - 1)

    def _column(self, step: Step) -> int:
        return max((self._behind(flow, step) for flow in self._incoming(step)), default=0)

    def _behind(self, flow: Flow, step: Step) -> int:
        if flow.source in self.slots:
            return self.slots[flow.source].column
        source = self.places[flow.source]
        return source.column if self._may_be_vertical(flow, step, source.column) else source.column + source.span

    def _incoming(self, step: Step) -> list[Flow]:
        """Flows from what stands already; those that lead back do not count."""
        known = self.places.keys() | self.slots.keys()
        return [flow for flow in self.procedure.flows if flow.target == step.id and flow.source in known]

    def _free_row(self, step: Step, column: int, span: int) -> int | None:
        lane, columns = self.lanes[step.lane], range(column, column + span)
        if any(self.kept.get((lane, one), step.id) != step.id for one in columns):
            return None
        rows = [place.row for place in self.places.values() if place.lane == lane]
        wanted = next((self.places[f.source].row for f in self._incoming(step) if self._same_lane(f, lane)), 0)
        free = (row for row in (wanted, *range(max(rows, default=0) + 2)) if self._is_empty(lane, row, columns))
        return next(free, None)

    def _is_empty(self, lane: int, row: int, columns: range) -> bool:
        return not any(_meet(place, lane, row, columns) for place in self.places.values())

    def _same_lane(self, flow: Flow, lane: int) -> bool:
        return flow.source in self.places and self.places[flow.source].lane == lane

    # ---------------------------------------------------------------- vertical lines

    def _may_be_vertical(self, flow: Flow, step: Step, column: int) -> bool:
        """A decision or a single way on leads straight up or down into another lane, if nothing stands between."""
        source, lane = self.places[flow.source], self.lanes[step.lane]
        if not self._turns(flow.source) or self._span(step) > 1 or lane == source.lane:
            return False
        side: VerticalSide = "top" if lane < source.lane else "bottom"
        return (flow.source, side) not in self.used and self._is_free(source.lane, lane, column, step.id, flow.source)

    def _turns(self, source: str) -> bool:
        """Lines of this step may leave upwards or downwards."""
        kind = self.step[source].kind
        single = sum(1 for _ in self.procedure.following(source)) == 1 and not self.procedure.attached(source)
        return kind == "decision" or (kind in ("task", "start") and single)

    def _is_free(self, start: int, end: int, column: int, *own: str) -> bool:
        """True if a vertical line from lane to lane in this column meets nothing but its own ends."""
        between = range(min(start, end), max(start, end) + 1)
        for lane in between:
            if self.kept.get((lane, column), own[0]) not in own:
                return False
            if any(
                place.lane == lane and place.column <= column < place.column + place.span and name not in own
                for name, place in self.places.items()
            ):
                return False
        return True

    def _keep_vertical(self, flow: Flow, step: Step) -> None:
        source = self.places.get(flow.source)
        place = self.places[step.id]
        if source is None or source.column != place.column or not self._turns(flow.source):
            return
        if source.lane == place.lane or not self._is_free(source.lane, place.lane, place.column, step.id, flow.source):
            return
        self.used.add((flow.source, "top" if place.lane < source.lane else "bottom"))
        self._keep(source.lane, place.lane, place.column, step.id, flow.source)

    def _keep(self, start: int, end: int, column: int, target: str, source: str) -> None:
        for lane in range(min(start, end), max(start, end) + 1):
            self.kept[(lane, column)] = source if lane == start else target

    # ---------------------------------------------------------------- what is attached

    def _attach(self, host: Step) -> None:
        """Timers and messages on the edge of a host, each above or below the step that follows it."""
        place = self.places[host.id]
        following: dict[VerticalSide, int] = {"top": place.column, "bottom": place.column}
        last = place.column + place.span - 1
        for attached in self.procedure.attached(host.id):
            side = self._side(host, attached)
            column = min(following[side], last)
            self.slots[attached.id] = Slot(host.id, column, side)
            target = self._target(attached)
            following[side] = column + 1 + (self._tail(target) if target and last > following[side] else 0)
            if target is not None:
                self._keep(place.lane, self.lanes[target.lane], column, target.id, host.id)

    def _side(self, host: Step, attached: Step) -> VerticalSide:
        target = self._target(attached)
        return "top" if target is not None and self.lanes[target.lane] < self.lanes[host.lane] else "bottom"

    def _target(self, attached: Step) -> Step | None:
        return next((self.step[flow.target] for flow in self.procedure.following(attached.id)), None)

    def _tail(self, step: Step) -> int:
        """How many steps follow in the same lane that nothing else leads to."""
        flows = list(self.procedure.following(step.id))
        if len(flows) != 1 or self.step[flows[0].target].lane != step.lane:
            return 0
        shared = sum(flow.target == flows[0].target for flow in self.procedure.flows) > 1
        return 0 if shared or self.order[flows[0].target] < self.order[step.id] else 1

    # ---------------------------------------------------------------- states

    def _state_column(self, step: Step) -> int:
        """States of a lane stand side by side; the first one stands below what leads to it, if there is room."""
        lane = self.lanes[step.lane]
        same = [p for name, p in self.places.items() if p.lane == lane and self.step[name].kind != "start"]
        if step.kind == "start":
            return 0
        if same:
            return max(place.column for place in same) + 1
        before = [self.places[flow.source].column for flow in self._incoming(step)]
        room = max(self._states_in(other) for other in self.lanes) - self._states_in(step.lane)
        return max(_FIRST_STATE_COLUMN, min(max(before, default=0), _FIRST_STATE_COLUMN + room))

    def _states_in(self, lane: str) -> int:
        return sum(step.lane == lane and step.kind == "state" for step in self.procedure.steps)

    # ---------------------------------------------------------------- rows over all lanes

    def _numbered(self) -> Grid:
        rows: dict[str, range] = {}
        start = 0
        for lane, number in self.lanes.items():
            count = 1 + max((place.row for place in self.places.values() if place.lane == number), default=0)
            rows[lane] = range(start, start + count)
            start += count
        names = list(self.lanes)
        cells = {
            name: Cell(rows[names[place.lane]].start + place.row, place.column, place.span)
            for name, place in self.places.items()
        }
        return Grid(cells, self.slots, rows, max(_ends(cells.values()), default=0))


def _ends(cells: Iterable[Cell]) -> Iterable[int]:
    return (cell.after for cell in cells)


def _meet(place: _Place, lane: int, row: int, columns: range) -> bool:
    same = place.lane == lane and place.row == row
    return same and place.column < columns.stop and columns.start < place.column + place.span
