"""Small counts are not told: they could point to a person. Nor may they be found out by subtracting from a total.

Pure. Which counts are shown together, and with which totals, says the caller.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

SMALL: Final = 5
"""Counts from 1 to 4 are small (data protection concept of the project; there is no statutory number)."""


def is_small(count: int) -> bool:
    """True for a count that could point to a person; zero points to nobody."""
    return 0 < count < SMALL


def suppress(cells: Mapping[Key, int], groups: Iterable[Sequence[Key]]) -> dict[Key, int | None]:
    """The counts as they may be shown; None = not told.

    `groups` are the cells that add up to a total that is shown too. In each of them either nothing is hidden, or so
    much that the hidden counts together are not small and are at least two: then subtracting tells nothing.
    """
    hidden = {key for key, count in cells.items() if is_small(count)}
    lists = [list(group) for group in groups]
    while additions := [key for group in lists for key in _to_hide_as_well(group, cells, hidden)]:
        hidden.update(additions)
    return {key: None if key in hidden else count for key, count in cells.items()}


def _to_hide_as_well(group: Sequence[Key], cells: Mapping[Key, int], hidden: set[Key]) -> list[Key]:
    inside = [key for key in group if key in hidden]
    if not inside or (len(inside) >= 2 and sum(cells[key] for key in inside) >= SMALL):
        return []
    others = sorted((key for key in group if key not in hidden and cells[key] > 0), key=lambda key: cells[key])
    return others[:1]


def told(count: int | None) -> str:
    """A count in words: the number, or that it is small."""
    return f"unter {SMALL}" if count is None or is_small(count) else str(count)
