"""How the invented agencies answer: how many working days they take, what they ask back, what they refuse.

One interface is bad until a decision of the bodies improves it. Only manners; what an answer means says the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kim.simulate.year.drawing_lots import Lots

AnswerWord = Literal["receive", "accept", "refuse", "query", "reason", "complete"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an agency answers. Spans of working days; shares of the offers that it refuses, asks back, or lets lie."""

    receive: tuple[int, int] = (0, 2)
    accept: tuple[int, int] = (1, 7)
    refuses: float = 0.04
    asks: float = 0.1
    lies: float = 0.03


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an agency, so many working days after the offer. `reason` and `detail` are codes."""

    after: int
    word: AnswerWord
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer as an agency gets it."""

    municipality: str
    agency_kind: str
    code: str
    on: date


_USUAL: Final = Manner()
_MANNERS: Final[Mapping[str, Manner]] = {
    "jobcenter": Manner((0, 2), (2, 9), 0.05, 0.12, 0.02),
    "abh": Manner((1, 4), (6, 24), 0.02, 0.1, 0.08),
    "ebh": Manner((1, 5), (8, 30), 0.06, 0.2, 0.05),
    "familienkasse": Manner((0, 3), (3, 12), 0.08, 0.15, 0.03),
    "wohngeldstelle": Manner((0, 4), (4, 14), 0.12, 0.2, 0.04),
    "sozialamt": Manner((0, 2), (1, 8), 0.02, 0.05, 0.03),
    "meldebehoerde": Manner((0, 1), (0, 3), 0, 0, 0),
    "bva": Manner((0, 3), (1, 6), 0, 0, 0.02),
    "schulamt": Manner((0, 3), (2, 12), 0.03, 0.1, 0.05),
}
_BY_TOWN: Final[Mapping[tuple[str, str], Manner]] = {
    ("muenster", "jobcenter"): Manner((0, 1), (1, 5), 0.03, 0.08, 0.01),
    ("hochsauerlandkreis", "ebh"): Manner((2, 8), (15, 45), 0.05, 0.2, 0.12),
}
BAD_TOWN: Final = "rhein-kreis-neuss"
BAD_INTERFACE: Final = ("H01", "sozialamt", "jobcenter")
"""Code, sender and receiver of the interface that stalls until the bodies have decided."""
BAD_SHARE: Final = 0.55
BAD_REASON: Final = ("DOC_MISSING", "DOC_EAT_REQUIRED")
_SLOW_QUARTER: Final = 3
_REFUSALS: Final[Mapping[tuple[str, str], float]] = {
    ("DOC_MISSING", "DOC_RENT"): 0.5,
    ("CLIENT_OPEN", ""): 0.3,
    ("CAPACITY", ""): 0.2,
}
_QUESTIONS: Final[Mapping[tuple[str, str], float]] = {
    ("DOC_MISSING", "DOC_BANK"): 0.4,
    ("DOC_MISSING", "DOC_RENT"): 0.3,
    ("CLIENT_OPEN", ""): 0.3,
}


@dataclass
class Agencies:
    """All of them. `improved_from`: the day from which a decision has mended the bad interface."""

    seed: int
    improved_from: date | None = None

    def answers(self, asked: Asked, *names: object) -> tuple[Answer, ...]:
        """What becomes of an offer; `names` tell it from every other one."""
        lots = Lots(self.seed, "offer", *names)
        if self._is_bad(asked) and lots.happens(BAD_SHARE):
            waits, why = lots.between(18, 50), BAD_REASON
            asks = lots.between(2, 6)
            return (Answer(asks - 1, "receive"), Answer(asks, "reason", *why), Answer(asks + waits, "accept"))
        return _usual(self._manner(asked), lots)

    def _is_bad(self, asked: Asked) -> bool:
        mended = self.improved_from is not None and asked.on >= self.improved_from
        bad = (asked.code, asked.agency_kind) == (BAD_INTERFACE[0], BAD_INTERFACE[2])
        return bad and asked.municipality == BAD_TOWN and not mended

    def _manner(self, asked: Asked) -> Manner:
        """In the third quarter everything takes half as long again."""
        manner = _BY_TOWN.get((asked.municipality, asked.agency_kind)) or _MANNERS.get(asked.agency_kind, _USUAL)
        if (asked.on.month + 2) // 3 != _SLOW_QUARTER:
            return manner
        low, high = manner.accept
        return Manner(manner.receive, (low, high * 3 // 2), manner.refuses, manner.asks, manner.lies)


def _usual(manner: Manner, lots: Lots) -> tuple[Answer, ...]:
    received = lots.between(*manner.receive)
    accepted = received + lots.between(*manner.accept)
    course = lots.weighted(
        {
            "lies": manner.lies,
            "refuses": manner.refuses,
            "asks": manner.asks,
            "accepts": 1 - manner.lies - manner.refuses - manner.asks,
        }
    )
    receipt = Answer(received, "receive")
    if course == "lies":
        return (Answer(lots.between(45, 70), "accept"),)
    if course == "refuses":
        return (receipt, Answer(accepted, "refuse", *lots.weighted(_REFUSALS)))
    if course == "asks":
        reason, detail = lots.weighted(_QUESTIONS)
        asks = Answer(received, "query", reason)
        told = (Answer(received + 1, "reason", reason, detail),) if detail else ()
        return (asks, *told, Answer(accepted + lots.between(5, 25), "accept"))
    if lots.happens(0.5):
        return (receipt, Answer(accepted, "accept"), Answer(accepted + lots.between(5, 20), "complete"))
    return (receipt, Answer(accepted, "accept"))
