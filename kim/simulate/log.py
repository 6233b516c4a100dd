"""The event log as far as the pure rules need one: steps of handovers of a scenario's other paths and of its own.

In memory; the real log lies in the records, and both are read by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from kim.simulate.scenario_shape import AnsweredLine
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.events import handover_events
from process_models.interface_review import Counted, Interface, effect_of
from process_models.names import rule_code
from process_models.quarters import quarter_of
from process_models.waits import ENDED_BY, LEARNING_MONTHS, Waits, WaitStep, learned_until, steps_ahead
from process_models.work import HandoverItem, OpenWork


@dataclass(frozen=True, slots=True)
class _Ended:
    interface: Interface
    on: date
    days: int
    count: int
    step: WaitStep
    accepted: bool = False


@dataclass(slots=True)
class Log:
    """Ended steps of handovers, in the order in which they became known."""

    lines: list[_Ended] = field(default_factory=list)

    def take_in(self, answered: Iterable[AnsweredLine], catalogue: Catalogue) -> None:
        """What became of other paths becomes known."""
        for line in answered:
            rule = catalogue.handover(line.handover, line.on)
            if rule is not None:
                interface = Interface(rule.code, rule.from_kind, rule.to_kind)
                accepted = line.step == "answer"
                self.lines.append(_Ended(interface, line.on, line.working_days, line.count, line.step, accepted))

    def note(self, before: OpenWork, case: Case, on: date, catalogue: Catalogue) -> None:
        """Which steps of the own handovers were ended by an act, as the records log them."""
        was = {(item.code, item.trigger_on): item for item in before.handovers}
        at = catalogue.working_day(case.municipality, on)
        for item in case.work.handovers:
            for event in handover_events(was.get((item.code, item.trigger_on)), item, at):
                for step in (step for step, ends in ENDED_BY.items() if event.activity in ends):
                    interface = Interface(event.code, event.from_kind, event.to_kind)
                    accepted = event.activity == "handover_accepted"
                    self.lines.append(_Ended(interface, on, event.working_days or 0, 1, step, accepted))

    def waits(self, items: Iterable[HandoverItem]) -> tuple[Waits, ...]:
        """How long steps took, for the handovers that wait for one."""
        asked = {
            (Interface(rule_code(item.code), item.from_kind, item.to_kind), step, learned_until(begun))
            for item in items
            for step, begun in steps_ahead(item)
        }
        return tuple(self._waits(*one) for one in sorted(asked))

    def _waits(self, interface: Interface, step: WaitStep, until: date) -> Waits:
        since = until - relativedelta(months=LEARNING_MONTHS)
        own = [one for one in self.lines if (one.interface, one.step) == (interface, step) and one.on >= since]
        learned = _histogram(line for line in own if line.on < until)
        return Waits(interface, until, learned, _histogram(line for line in own if line.on >= until), step)

    def effects(self, on: date, today: date) -> dict[str, tuple[int | None, int | None]]:
        """Median working days until the acceptance before and after a day, by handover."""
        counted = [
            Counted(
                line.interface, "handover_accepted", line.count, working_days=line.days, quarter=quarter_of(line.on)
            )
            for line in self.lines
            if line.accepted
        ]
        found = {one.interface: effect_of(one.interface, counted, on, today) for one in counted}
        return {at.code: (effect.before.accept.median, effect.after.accept.median) for at, effect in found.items()}


def _histogram(lines: Iterable[_Ended]) -> tuple[tuple[int, int], ...]:
    days: dict[int, int] = {}
    for line in lines:
        days[line.days] = days.get(line.days, 0) + line.count
    return tuple(sorted(days.items()))
