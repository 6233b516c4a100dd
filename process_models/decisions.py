"""Decisions of the bodies: who may decide what about an item, what becomes of it, and how far a path climbs by it.

Pure. Items, meetings and decisions are kept by the records; when a body meets says `meetings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from process_models.errors import DecisionNotPossible
from process_models.names import BodyKind
from process_models.work import Level

Decision = Literal["adopt", "reject", "postpone", "to_verfahren", "to_lenkung"]
ItemState = Literal["open", "adopted", "rejected", "handed_on"]

DECISIONS: Final[Mapping[BodyKind, tuple[Decision, ...]]] = {
    "fall": ("adopt", "reject", "postpone", "to_verfahren", "to_lenkung"),
    "verfahren": ("adopt", "reject", "postpone", "to_lenkung"),
    "lenkung": ("adopt", "reject", "postpone"),
}
"""Both working groups prepare decisions for the Lenkungsgruppe, which decides in the end (KIM-Konzept 27.01.2021)."""

AFTER: Final[Mapping[Decision, ItemState]] = {
    "adopt": "adopted",
    "reject": "rejected",
    "postpone": "open",
    "to_verfahren": "handed_on",
    "to_lenkung": "handed_on",
}

_RAISED_BY: Final[Mapping[tuple[BodyKind, Decision], Level]] = {
    ("fall", "to_verfahren"): "E4",
    ("fall", "to_lenkung"): "E5",
    ("verfahren", "to_lenkung"): "E5",
    ("lenkung", "adopt"): "E6",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a body resolved about an item that counts this path: feedback to whoever accompanies the client."""

    body: BodyKind
    handover: str
    decision: Decision
    on: date

    @property
    def key(self) -> str:
        """Names this decision among all of a path."""
        return f"{self.body}:{self.handover}:{self.decision}:{self.on.isoformat()}"


def next_body(decision: Decision) -> BodyKind | None:
    """The body that gets an item handed on by this decision."""
    return "verfahren" if decision == "to_verfahren" else "lenkung" if decision == "to_lenkung" else None


def level_after(body: BodyKind, decision: Decision) -> Level | None:
    """The step of the ladder that paths of the item are raised to; None if the decision raises nothing."""
    return _RAISED_BY.get((body, decision))


def require_possible(body: BodyKind, state: str, decision: Decision) -> None:
    """Errors: DecisionNotPossible if the item is decided already or the body cannot decide so."""
    if state != "open":
        raise DecisionNotPossible("Über diesen Punkt ist schon entschieden.", field="decision", allowed=())
    if decision not in DECISIONS[body]:
        raise DecisionNotPossible(
            "Das kann dieses Gremium nicht beschließen.", field="decision", allowed=DECISIONS[body]
        )
