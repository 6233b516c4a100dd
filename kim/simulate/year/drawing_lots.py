"""Chance that is the same in every run: each draw has a name, and the order of drawing does not matter.

Only lots. What is drawn for whom stands in `lives` and `agencies`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Lots:
    """Lots of one thing: a path, an offer, an item."""

    def __init__(self, *names: object) -> None:
        self._drawn = random.Random(":".join(map(str, names)))  # noqa: S311 - a simulation, not a secret

    def happens(self, share: float) -> bool:
        """True in this share of the cases."""
        return self._drawn.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._drawn.randint(low, high)

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """One of them, each alike."""
        return things[self._drawn.randrange(len(things))]

    def weighted(self, shares: Mapping[Thing, float]) -> Thing:
        """One of them, by its share."""
        return self._drawn.choices(list(shares), weights=list(shares.values()))[0]
