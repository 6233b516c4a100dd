"""The time of a simulated year: what is planned for which moment, and a journal of what was done.

Order only; who plans what stands in `playing`, `staffing` and `supporting`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from kim.simulate.stage import at
from kim.simulate.year.journal import Journal, Line
from kim.simulate.year.lives import Plan
from process_models.catalogue import Catalogue
from process_models.errors import KimError

Doing = Callable[[datetime], Awaitable[None]]


@dataclass
class Timeline:
    """What people are going to do, in the order of its moments."""

    plan: Plan
    catalogue: Catalogue
    journal: Journal = field(default_factory=Journal)
    _queue: list[tuple[datetime, int, Doing]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def at(self, moment: datetime, do: Doing) -> None:
        """Plans it for a moment; what comes first is done first, of two at one moment the one planned first."""
        heapq.heappush(self._queue, (moment, next(self._order), do))

    def on(self, municipality: str, day: date, hour: int, minute: int, do: Doing) -> None:
        """Plans it for the first working day from a day on."""
        calendar = self.catalogue.municipality(municipality).product_calendar
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        self.at(at(day, hour, minute), do)

    def next(self) -> datetime | None:
        """The moment of what comes next."""
        return self._queue[0][0] if self._queue else None

    def take(self) -> Doing:
        """What comes next, which is then no longer planned."""
        return heapq.heappop(self._queue)[2]

    async def attempt(self, line: Line, act: Awaitable[object]) -> bool:
        """Whether an act went through; a refusal is noted in the journal."""
        try:
            await act
        except KimError as refusal:
            self.journal.add(replace(line, refused=type(refusal).__name__))
            return False
        return True

    async def done(self, line: Line, act: Awaitable[object]) -> bool:
        """As `attempt`; what went through is noted too."""
        if not await self.attempt(line, act):
            return False
        self.journal.add(line)
        return True
