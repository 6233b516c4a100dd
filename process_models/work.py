"""Open work of a path: what has been offered, asked and told so far.

Pure values; the records keep them, the rules read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

HandoverState = Literal["none", "offered", "received", "accepted", "refused", "completed", "cancelled"]
Level = Literal["none", "E0", "E1", "E2", "E3", "E4", "E5", "E6"]
CLEAR_DELIVERY: Final = "clear_delivery"
"""Kind of the task to look at a mail that did not arrive or may not have; its key ends with the key of the notice."""
FOLLOW_DECISION: Final = "follow_decision"
"""Kind of the task to act on what a body adopted about an interface of the path."""
StallReason = Literal[
    "AGENCY_LATE", "DOC_MISSING", "CLIENT_OPEN", "RULE_CHANGE", "LAW_GAP", "CAPACITY", "NOT_RESPONSIBLE"
]


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """A handover of this path: a two-sided state machine whose sender stays responsible until acceptance."""

    code: str
    trigger_on: date
    from_kind: str
    to_kind: str
    state: HandoverState = "offered"
    offered_on: date | None = None
    received_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    completed_on: date | None = None
    cancelled_on: date | None = None
    reason: StallReason | None = None
    detail: str | None = None
    level: Level = "E0"
    escalated_on: date | None = None
    answer_until: date | None = None
    """The office gave the receiver time up to and on this day: no step of the ladder is due before."""
    offers: int = 1
    """How often it has been offered or passed on so far: tells the mails of one offer from those of the next."""
    members: tuple[str, ...] = ()
    """Codes of the members of the household who go along."""

    @property
    def is_open(self) -> bool:
        """Somebody still has to answer or finish."""
        return self.state in ("offered", "received", "accepted")

    @property
    def awaits_answer(self) -> bool:
        """The receiver has neither accepted nor refused: the ladder runs."""
        return self.state in ("offered", "received")


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A task for a person of the office, opened by the rules (obtain a consent, look at an unclear delivery)."""

    key: str
    kind: str
    subject: str
    opened_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Everything that people and the system have done with the plan so far."""

    handovers: tuple[HandoverItem, ...] = ()
    tasks: tuple[TaskItem, ...] = ()
    notices_made: frozenset[str] = field(default_factory=frozenset)
    undeliverable: frozenset[str] = field(default_factory=frozenset)
    """Notice keys whose delivery failed for good or is unclear."""
    agenda: frozenset[str] = field(default_factory=frozenset)
    """Keys of the items of this path that lie before a body: `verfahren:H01`."""
    resolved: frozenset[str] = field(default_factory=frozenset)
    """What bodies resolved about items that count this path: `lenkung:H01:adopt:2022-05-18`."""

    def handover(self, code: str) -> HandoverItem | None:
        """The latest handover of this code, if any."""
        found = [item for item in self.handovers if item.code == code]
        return found[-1] if found else None

    @property
    def uncleared(self) -> frozenset[str]:
        """Notice keys whose delivery failed and that nobody has looked at yet."""
        done = {task.key for task in self.tasks if task.kind == CLEAR_DELIVERY and task.done_on is not None}
        return frozenset(
            key
            for key in self.undeliverable
            if f"{CLEAR_DELIVERY}:{key}" not in done and not any(f":{task}:" in key for task in done)
        )

    def with_handover(self, item: HandoverItem) -> OpenWork:
        """Replaces the latest handover of the same code and trigger, or adds it."""
        kept = tuple(h for h in self.handovers if (h.code, h.trigger_on) != (item.code, item.trigger_on))
        return replace(self, handovers=(*kept, item))


@dataclass(frozen=True, slots=True)
class SimilarStall:
    """A stall of another path of the same tenant at the same interface: counts only, never persons."""

    handover: str
    from_kind: str
    to_kind: str
    reason: StallReason
    detail: str | None
    since: date
    count: int = 1
