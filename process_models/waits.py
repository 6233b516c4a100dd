"""How long each step of a handover usually takes at an interface, learned from earlier ones, and when it got slower.

Pure arithmetic on counted steps; the records count them. What follows stands in `escalation` and `reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import comb
from typing import Final, Literal

from dateutil.relativedelta import relativedelta

from process_models.events import Activity
from process_models.interface_review import Interface, quantile
from process_models.names import rule_code
from process_models.rules import Ladder
from process_models.work import HandoverItem

WaitStep = Literal["receive", "answer", "complete"]
"""Receipt and answer are measured from the offer, as the ladder is; the completion from the acceptance."""
Asked = tuple[str, WaitStep, date]
"""Code of a handover, its step, and the day from which on steps are not learned from."""
ENDED_BY: Final[Mapping[WaitStep, tuple[Activity, ...]]] = {
    "receive": ("handover_received",),
    "answer": ("handover_accepted", "handover_refused"),
    "complete": ("handover_completed",),
}
"""The events of the log that end a step, the usual one first."""
LEARNING_MONTHS: Final = 12
"""Steps of so many months are learned from."""
_SETTLING_MONTHS: Final = 2
"""The months right before a step began are compared with what was learned, and not learned from."""
_CHANCE: Final = 0.01
"""An interface is slower than usual if so many late ones came by chance less often than this."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A step at an interface: working days that it took, and how many took that long.

    `learned`: of the months before the day `until`; `recent`: from that day on.
    """

    interface: Interface
    until: date
    learned: tuple[tuple[int, int], ...] = ()
    recent: tuple[tuple[int, int], ...] = ()
    step: WaitStep = "answer"


@dataclass(frozen=True, slots=True)
class Usual:
    """What may be expected of a step at an interface, and where that is known from."""

    days: int
    """So many of a hundred as the ladder says took at most this many working days."""
    count: int
    """How many it was learned from."""
    recent: int = 0
    """Recent ones, and how many of them took longer."""
    slower: int = 0
    step: WaitStep = "answer"


def learned_until(begun_on: date) -> date:
    """The day from which on nothing is learned from for a step that began on this day.

    It moves once a month, so that what a receiver is measured by does not change from day to day.
    """
    return begun_on.replace(day=1) - relativedelta(months=_SETTLING_MONTHS)


def steps_ahead(item: HandoverItem) -> tuple[tuple[WaitStep, date], ...]:
    """The steps that somebody waits for, each with the day from which it is measured."""
    if item.awaits_answer and item.offered_on is not None:
        ahead: tuple[WaitStep, ...] = ("receive", "answer") if item.received_on is None else ("answer",)
        return tuple((step, item.offered_on) for step in ahead)
    if item.state == "accepted" and item.accepted_on is not None:
        return (("complete", item.accepted_on),)
    return ()


def asked_of(items: Iterable[HandoverItem]) -> frozenset[Asked]:
    """What has to be counted for these handovers."""
    return frozenset(
        (rule_code(item.code), step, learned_until(begun)) for item in items for step, begun in steps_ahead(item)
    )


def usual_waits(item: HandoverItem, counted: Iterable[Waits], ladder: Ladder) -> tuple[Usual, ...]:
    """What may be expected of the steps that this item waits for; those of which too few were counted are left out."""
    interface = Interface(rule_code(item.code), item.from_kind, item.to_kind)
    ahead = {(step, learned_until(begun)) for step, begun in steps_ahead(item)}
    found = (one for one in counted if one.interface == interface and (one.step, one.until) in ahead)
    return tuple(usual for one in found if (usual := _usual(one, ladder)) is not None)


def _usual(counted: Waits, ladder: Ladder) -> Usual | None:
    learned = dict(counted.learned)
    count = sum(learned.values())
    if count < ladder.learn_from:
        return None
    days = quantile(learned, ladder.learn_percent / 100)
    slower = sum(many for took, many in counted.recent if took > days)
    return Usual(days, count, sum(many for _, many in counted.recent), slower, counted.step)


def late_after(usual: Usual, ladder: Ladder) -> int:
    """Working days after which an open step is later than usual: never fewer than the floor."""
    return max(ladder.learn_floor, usual.days + 1)


def is_slower(usual: Usual, ladder: Ladder) -> bool:
    """Whether more recent ones were late than chance explains: at least as many as make a pattern."""
    share = 1 - ladder.learn_percent / 100
    return usual.slower >= ladder.pattern_count and _at_least(usual.slower, usual.recent, share) < _CHANCE


def _at_least(late: int, of: int, share: float) -> float:
    """Probability of at least so many late ones among `of`, if each is late with this probability (binomial)."""
    return 1 - sum(comb(of, few) * share**few * (1 - share) ** (of - few) for few in range(late))
