"""From the chart of a path to places on a picture: shares of its width, lanes, years. No colour, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from process_models.path_chart import Band, Chart, Row

WIDTH: Final = 960
LEFT: Final = 110
LANE: Final = 26
_ROWS: Final[tuple[Row, ...]] = ("residence", "benefits", "gaps", "handovers")
_ROOM_A_LETTER: Final = 7.6
"""Width of a letter, for deciding whether a code fits into its band."""


@dataclass(frozen=True, slots=True)
class Box:
    """A band on the picture."""

    band: Band
    x: float
    y: float
    width: float
    label: str
    """Empty where there is no room for it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The rows of one kind."""

    row: Row
    y: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws."""

    width: int
    height: float
    left: int
    lanes: tuple[Lane, ...]
    years: tuple[tuple[int, float], ...]
    today: float


def drawing_of(chart: Chart) -> Drawing:
    """Places of all bands; bands that overlap in time lie in lanes below each other."""
    y, lanes = 24.0, []
    for row in _ROWS:
        bands = chart.of(row)
        if not bands:
            continue
        boxes, used = _placed(bands, chart, y)
        lanes.append(Lane(row, y, used * LANE, boxes))
        y += used * LANE + 10
    first = chart.begins.year + (chart.begins > date(chart.begins.year, 1, 1))
    years = tuple((year, _x(date(year, 1, 1), chart)) for year in range(first, chart.ends.year + 1))
    return Drawing(WIDTH, y + 6, LEFT, tuple(lanes), years, _x(chart.today, chart))


def _placed(bands: Sequence[Band], chart: Chart, top: float) -> tuple[tuple[Box, ...], int]:
    free_from: list[date] = []
    boxes = []
    for band in bands:
        until = band.until or chart.ends
        lane = next((number for number, day in enumerate(free_from) if day < band.since), len(free_from))
        free_from[lane : lane + 1] = [until]
        x = _x(band.since, chart)
        width = max(_x(until, chart) - x, 4.0)
        label = band.code if len(band.code) * _ROOM_A_LETTER + 6 < width else ""
        boxes.append(Box(band, x, top + lane * LANE, width, label))
    return tuple(boxes), max(len(free_from), 1)


def _x(day: date, chart: Chart) -> float:
    span = max((chart.ends - chart.begins).days, 1)
    share = min(max((day - chart.begins).days / span, 0.0), 1.0)
    return round(LEFT + share * (WIDTH - LEFT - 10), 1)
