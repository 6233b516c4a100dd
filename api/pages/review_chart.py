"""From the figures of a review to places on pictures: bars of working days, bars and marks over quarters. No words.

A table beside each picture says the same; colours come from the style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.reads_review import ReviewLine
from process_models.interface_review import InterfaceFigures, Point

WIDTH: Final = 960
LEFT: Final = 96
_RIGHT: Final = 60
"""Room for the number behind the longest bar."""
_ROW: Final = 44
_PANEL: Final = 120
_GAP: Final = 46


@dataclass(frozen=True, slots=True)
class DaysBar:
    """How long one interface takes: a bar to the median, a line to where nine of ten have answered."""

    line: ReviewLine
    y: int
    median_width: float
    p90_x: float | None


@dataclass(frozen=True, slots=True)
class DaysDrawing:
    """Working days until the acceptance, one row an interface; only those that are told."""

    height: int
    bars: tuple[DaysBar, ...]
    ticks: tuple[tuple[int, float], ...]
    width: int = WIDTH
    left: int = LEFT


@dataclass(frozen=True, slots=True)
class TrendBar:
    """Quarters that are told together, as a bar; `few`: a small count, drawn hollow."""

    point: Point
    x: float
    y: float
    width: float
    height: float
    few: bool


@dataclass(frozen=True, slots=True)
class TrendDrawing:
    """Two panels over the same quarters: offers, and the median days until the acceptance."""

    offers: tuple[TrendBar, ...]
    days: tuple[TrendBar, ...]
    quarters: tuple[tuple[int, float], ...]
    offers_base: int = _PANEL + 20
    days_base: int = 2 * _PANEL + _GAP + 20
    height: int = 2 * _PANEL + _GAP + 56
    width: int = WIDTH
    left: int = LEFT


def days_drawing(lines: Sequence[ReviewLine]) -> DaysDrawing:
    """The bars of all interfaces with a median, the slowest first."""
    told = [line for line in lines if line.figures.accept.median is not None]
    told.sort(key=lambda line: (-(line.figures.accept.median or 0), line.interface))
    longest = max((max(_days(line)) for line in told), default=1) or 1
    scale = (WIDTH - LEFT - _RIGHT) / longest
    bars = []
    for row, line in enumerate(told):
        accept = line.figures.accept
        p90 = None if accept.p90 is None else round(LEFT + accept.p90 * scale, 1)
        bars.append(DaysBar(line, 24 + row * _ROW, round((accept.median or 0) * scale, 1), p90))
    step = max(1, round(longest / 6))
    ticks = tuple((days, round(LEFT + days * scale, 1)) for days in range(0, longest + 1, step))
    return DaysDrawing(30 + len(told) * _ROW, tuple(bars), ticks)


def _days(line: ReviewLine) -> tuple[int, int]:
    accept = line.figures.accept
    return accept.median or 0, accept.p90 or 0


def trend_drawing(figures: InterfaceFigures) -> TrendDrawing | None:
    """The trend of one interface; None where there is no quarter."""
    points = (*figures.offered, *figures.answered)
    if not points:
        return None
    first, last = min(point.first for point in points), max(point.last for point in points)
    step = (WIDTH - LEFT - _RIGHT) / (last + 1 - first)
    most = max((point.count.most for point in figures.offered), default=1) or 1
    longest = max((point.median or 0 for point in figures.answered), default=1) or 1
    base = TrendDrawing((), (), ())
    return TrendDrawing(
        offers=tuple(_bar(one, one.count.most / most, base.offers_base, first, step) for one in figures.offered),
        days=tuple(
            _bar(one, one.median / longest, base.days_base, first, step)
            for one in figures.answered
            if one.median is not None
        ),
        quarters=tuple((quarter, round(LEFT + (quarter - first) * step, 1)) for quarter in range(first, last + 1)),
    )


def _bar(point: Point, share: float, base: int, first: int, step: float) -> TrendBar:
    height = max(round(share * (_PANEL - 24), 1), 2.0)
    return TrendBar(
        point=point,
        x=round(LEFT + (point.first - first) * step + 4, 1),
        y=round(base - height, 1),
        width=round((point.last + 1 - point.first) * step - 8, 1),
        height=height,
        few=point.count.exact is None,
    )
