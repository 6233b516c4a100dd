"""Facts: dated, recorded, retractable statements about a person. Everything else is derived from them, never stored.

Only the shape, the knowledge rule and the check of a fact live here; the vocabulary stands in `law/facts.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

CLIENT = "client"
RETRACTED = "fact.retracted"


@dataclass(frozen=True, slots=True)
class Person:
    """The person of a path, or a member of the household."""

    born: date
    nationality: str
    id: str = CLIENT
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that counts from `on` (effective day) and is known from `recorded`."""

    id: str
    kind: str
    on: date
    recorded: date
    data: Mapping[str, Any] = field(default_factory=dict)
    who: str = CLIENT


def known_on(facts: Iterable[Fact], day: date) -> tuple[Fact, ...]:
    """The facts that are known on this day and not retracted, without the retractions themselves.

    A retracted fact is gone as if it had never been recorded, from the day the retraction is recorded.
    """
    recorded = [fact for fact in facts if fact.recorded <= day]
    retracted = {fact.data["fact"] for fact in recorded if fact.kind == RETRACTED}
    return tuple(fact for fact in recorded if fact.kind != RETRACTED and fact.id not in retracted)
