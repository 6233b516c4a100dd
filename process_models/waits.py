"""How long an answer usually takes at an interface, learned from earlier ones, and when an interface has got slower.

Pure arithmetic on counted answers; the records count them. What follows stands in `escalation` and `reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import comb
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.interface_review import Interface, quantile
from process_models.names import rule_code
from process_models.rules import Ladder
from process_models.work import HandoverItem

LEARNING_MONTHS: Final = 12
"""Answers of so many months are learned from."""
_SETTLING_MONTHS: Final = 2
"""The months right before an offer are compared with what was learned, and not learned from."""
_CHANCE: Final = 0.01
"""An interface is slower than usual if so many late answers came by chance less often than this."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers at an interface: working days after the offer, and how many took that long.

    `learned`: of the months before the day `until`; `recent`: from that day on.
    """

    interface: Interface
    until: date
    learned: tuple[tuple[int, int], ...] = ()
    recent: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Usual:
    """What may be expected of an interface, and where that is known from."""

    days: int
    """So many of a hundred answers as the ladder says took at most this many working days."""
    count: int
    """Answers that it was learned from."""
    recent: int = 0
    """Recent answers, and how many of them took longer."""
    slower: int = 0


def learned_until(offered_on: date) -> date:
    """The day from which on answers are not learned from for an offer of this day.

    It moves once a month, so that what a receiver is measured by does not change from day to day.
    """
    return offered_on.replace(day=1) - relativedelta(months=_SETTLING_MONTHS)


def usual_wait(item: HandoverItem, answers: Iterable[Answers], ladder: Ladder) -> Usual | None:
    """What may be expected of the receiver of this item; None until enough answers were counted."""
    if item.offered_on is None:
        return None
    interface = Interface(rule_code(item.code), item.from_kind, item.to_kind)
    until = learned_until(item.offered_on)
    found = next((one for one in answers if (one.interface, one.until) == (interface, until)), None)
    if found is None:
        return None
    learned = dict(found.learned)
    count = sum(learned.values())
    if count < ladder.learn_from:
        return None
    days = quantile(learned, ladder.learn_percent / 100)
    return Usual(days, count, sum(n for _, n in found.recent), sum(n for took, n in found.recent if took > days))


def late_after(usual: Usual | None, ladder: Ladder) -> int | None:
    """Working days after which an open offer is later than usual: never fewer than the floor. None: nothing learned."""
    return None if usual is None else max(ladder.learn_floor, usual.days + 1)


def is_slower(usual: Usual, ladder: Ladder) -> bool:
    """Whether more recent answers were late than chance explains: at least as many as make a pattern."""
    share = 1 - ladder.learn_percent / 100
    return usual.slower >= ladder.pattern_count and _at_least(usual.slower, usual.recent, share) < _CHANCE


def _at_least(late: int, of: int, share: float) -> float:
    """Probability of at least so many late ones among `of`, if each is late with this probability (binomial)."""
    return 1 - sum(comb(of, few) * share**few * (1 - share) ** (of - few) for few in range(late))
