"""What the handovers of a day are planned on: the situation, what is known of everybody, the case, the configuration.

Values only; what follows from them stands in `trigger_days`, `parties` and `triggers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from process_models.case import Case
from process_models.facts import Fact
from process_models.running_deadlines import Situation
from process_models.work import OpenWork


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of one look."""

    situation: Situation
    known: Sequence[Fact]
    """All facts that are known on the day, of every person."""
    case: Case

    @property
    def day(self) -> date:
        """The day that is planned for."""
        return self.situation.course.day

    @property
    def work(self) -> OpenWork:
        """What was offered so far."""
        return self.case.work
