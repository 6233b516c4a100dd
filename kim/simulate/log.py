"""The event log as far as the pure rules need one: answers of a scenario's other paths and of its own.

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
from process_models.interface_review import Counted, Interface, effect_of
from process_models.names import rule_code
from process_models.quarters import quarter_of
from process_models.waits import LEARNING_MONTHS, Answers, learned_until
from process_models.work import HandoverItem, OpenWork


@dataclass(frozen=True, slots=True)
class _Answered:
    interface: Interface
    on: date
    days: int
    count: int
    accepted: bool


@dataclass(slots=True)
class Log:
    """Answers to handovers, in the order in which they became known."""

    lines: list[_Answered] = field(default_factory=list)

    def take_in(self, answered: Iterable[AnsweredLine], catalogue: Catalogue) -> None:
        """Answers to other paths become known."""
        for line in answered:
            rule = catalogue.handover(line.handover, line.on)
            if rule is not None:
                interface = Interface(rule.code, rule.from_kind, rule.to_kind)
                self.lines.append(_Answered(interface, line.on, line.working_days, line.count, accepted=True))

    def note(self, before: OpenWork, case: Case, on: date, catalogue: Catalogue) -> None:
        """What of the own handovers was answered by an act."""
        was = {(item.code, item.trigger_on): item.state for item in before.handovers}
        for item in case.work.handovers:
            answered = item.state in ("accepted", "refused") and was.get((item.code, item.trigger_on)) != item.state
            if answered and item.offered_on is not None:
                days = catalogue.working_day(case.municipality, on).since(item.offered_on)
                interface = Interface(rule_code(item.code), item.from_kind, item.to_kind)
                self.lines.append(_Answered(interface, on, days or 0, 1, accepted=item.state == "accepted"))

    def answers(self, items: Iterable[HandoverItem]) -> tuple[Answers, ...]:
        """How long answers took, for the handovers that await one."""
        asked = {
            (Interface(rule_code(item.code), item.from_kind, item.to_kind), learned_until(item.offered_on))
            for item in items
            if item.awaits_answer and item.offered_on is not None
        }
        return tuple(self._answers(interface, until) for interface, until in sorted(asked))

    def _answers(self, interface: Interface, until: date) -> Answers:
        since = until - relativedelta(months=LEARNING_MONTHS)
        own = [line for line in self.lines if line.interface == interface and line.on >= since]
        learned = _histogram(line for line in own if line.on < until)
        return Answers(interface, until, learned, _histogram(line for line in own if line.on >= until))

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


def _histogram(lines: Iterable[_Answered]) -> tuple[tuple[int, int], ...]:
    days: dict[int, int] = {}
    for line in lines:
        days[line.days] = days.get(line.days, 0) + line.count
    return tuple(sorted(days.items()))
