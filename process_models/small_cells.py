"""Small counts are not told: they could point to a person. Nor may they be found out by subtracting.

Pure. What a reader can subtract, and why that gives nothing, says docs/decisions on figures; three means hold it:
`suppress` (cells beside their total), `segments` (cells in time, told as time goes by), `Told` (sums of what is told).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

SMALL: Final = 5
"""Counts from 1 to 4 are small (data protection concept of the project; there is no statutory number)."""


def is_small(count: int) -> bool:
    """True for a count that could point to a person; zero points to nobody."""
    return 0 < count < SMALL


def suppress(cells: Mapping[Key, int], groups: Iterable[Sequence[Key]]) -> dict[Key, int | None]:
    """The counts as they may be shown; None = not told.

    `groups` are the cells that add up to a total that is shown too. With a small cell the smallest cell of its group
    that is not small is hidden as well, and all that are equal to it; where there is none, the whole group, zeros
    too. The hidden cells of a group could then change their counts among each other and everything shown would stay
    the same: no reader can say which of them is small, and subtracting gives only what they are together.
    """
    hidden = {key for key, count in cells.items() if is_small(count)}
    lists = [list(group) for group in groups]
    while additions := {key for group in lists for key in _to_hide_as_well(group, cells, hidden)}:
        hidden |= additions
    return {key: None if key in hidden else count for key, count in cells.items()}


def _to_hide_as_well(group: Sequence[Key], cells: Mapping[Key, int], hidden: set[Key]) -> list[Key]:
    if not hidden.intersection(group):
        return []
    large = sorted({cells[key] for key in group if cells[key] >= SMALL})
    wanted: list[Key] = list(group) if not large else []
    for count in large:
        wanted += [key for key in group if cells[key] == count]
        if len(hidden.intersection(group).union(wanted)) >= 2:
            break
    else:
        wanted = list(group)
    return [key for key in wanted if key not in hidden]


def at_least(count: int) -> int | None:
    """The largest of 5, 10, 20, 50, 100 and so on that a count reaches; None for a small one.

    For counts that are told without a tree of sums: whatever is subtracted from whatever, four counts stay possible.
    """
    if count < SMALL:
        return None
    size: int = 10 ** (len(str(count)) - 1)
    return max(size * step for step in (1, 2, 5) if size * step <= count)


@dataclass(frozen=True, slots=True)
class Told:
    """A count as it is told: exact, or the two bounds between which it lies. Sums of told counts give nothing away."""

    least: int
    most: int

    @property
    def exact(self) -> int | None:
        """The count; None where only bounds are told."""
        return self.least if self.least == self.most else None

    def __add__(self, other: Told) -> Told:
        return Told(self.least + other.least, self.most + other.most)

    def __sub__(self, other: Told) -> Told:
        return Told(max(self.least - other.most, 0), self.most - other.least)

    def __str__(self) -> str:
        if self.exact is not None:
            return str(self.exact)
        return told(None) if self.most < SMALL else f"{self.least}–{self.most}"


NOTHING: Final = Told(0, 0)
FEW: Final = Told(1, SMALL - 1)
"""A small count: all that is told of it."""


def exactly(count: int) -> Told:
    """A count that is told as it is."""
    return Told(count, count)


def guarded(count: int) -> Told:
    """A count that stands alone: as it is, or as a small one."""
    return FEW if is_small(count) else exactly(count)


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive cells that are told together: positions `first` to `last`, both included."""

    first: int
    last: int
    told: Told


def segments(counts: Sequence[int]) -> tuple[Segment, ...]:
    """Cells in the order of time, as each may be told on the day it closes and ever after.

    A small count is not told but carried on until it has grown to five or more. Nothing depends on what comes later,
    so who keeps what was told earlier knows no more; of the first cell of a segment only 1 to 4 is known, of its
    last one that four counts are possible. What is carried at the end is told as 1 to 4.
    """
    found, first, carried = list[Segment](), 0, 0
    for position, count in enumerate(counts):
        carried += count
        if not is_small(carried):
            found.append(Segment(first, position, exactly(carried)))
            first, carried = position + 1, 0
    if carried:
        found.append(Segment(first, len(counts) - 1, FEW))
    return tuple(found)


def over(told: Iterable[Segment], first: int, last: int) -> Told:
    """What the segments tell about the cells from `first` to `last`: nothing but what they tell anyway."""
    total = NOTHING
    for segment in told:
        total += _part(segment, max(first, segment.first), min(last, segment.last))
    return total


def _part(segment: Segment, first: int, last: int) -> Told:
    if first > last:
        return NOTHING
    begins, ends = first == segment.first, last == segment.last
    if begins and ends:
        return segment.told
    if begins:
        return FEW
    if ends:
        return Told(max(segment.told.least - FEW.most, 0), segment.told.most - FEW.least)
    return Told(0, SMALL - 2)


def told(count: int | None) -> str:
    """A count in words: the number, or that it is small."""
    return f"unter {SMALL}" if count is None or is_small(count) else str(count)
