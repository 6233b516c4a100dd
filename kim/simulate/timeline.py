"""A scenario day by day: what becomes known, what people do, what is checked. Shared by both engines.

No engine and no rule lives here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kim.simulate.scenario_file import Scenario
from kim.simulate.scenario_shape import ActLine, AnsweredLine, CheckLine
from process_models.facts import Fact


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One day of a scenario, in the order in which it happens: facts, acts, then checks at the end of the day."""

    day: date
    facts: tuple[Fact, ...] = ()
    """Facts that are recorded on this day (they may count from an earlier one)."""
    acts: tuple[ActLine, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    answered: tuple[AnsweredLine, ...] = ()
    """Answers to other paths, known in the morning; on the first day also those from before."""


class Timeline:
    """All days of a scenario on which the file says something."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        days = {fact.recorded for fact in scenario.facts}
        days |= {act.on for act in scenario.acts} | {check.on for check in scenario.checks}
        days |= {line.on for line in scenario.answered if line.on >= min(days)}
        self.days: tuple[date, ...] = tuple(sorted(days))

    def day(self, day: date) -> TimelineDay:
        """What the file says about a day."""
        return TimelineDay(
            day,
            tuple(fact for fact in self.scenario.facts if fact.recorded == day),
            tuple(act for act in self.scenario.acts if act.on == day),
            tuple(check for check in self.scenario.checks if check.on == day),
            tuple(line for line in self.scenario.answered if self._comes_on(line, day)),
        )

    def _comes_on(self, line: AnsweredLine, day: date) -> bool:
        return line.on == day or (day == self.days[0] and line.on < day)

    def __iter__(self) -> Iterator[TimelineDay]:
        """Day by day."""
        return (self.day(day) for day in self.days)
