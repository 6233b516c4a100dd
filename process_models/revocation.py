"""What follows if a consent is revoked: told before it is done, so that whoever revokes knows, and nobody is surprised.

Pure. The revocation itself is a fact; what it stops at once stands in the acts of the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.facts import CLIENT, Fact
from process_models.look_again import day_at
from process_models.messages import Action, CancelHandover, OpenTask, TellAgency
from process_models.plan import Plan
from process_models.settling import settle

_DEADLINE_TASK = "hand_over_deadline"


@dataclass(frozen=True, slots=True)
class Concerned:
    """A handover and the kind of agency that it is about."""

    handover: str
    kind: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would follow today. Past processing stays lawful: it is not listed."""

    taken_back: tuple[Concerned, ...]
    """Open offers that end; their receivers are asked to erase."""
    asked_to_erase: tuple[Concerned, ...]
    """Others who were told because of this consent."""
    goes_on: tuple[Concerned, ...]
    """Open handovers that rest on a statute or on another consent."""
    deadlines: tuple[tuple[str, date], ...]
    """Dates that are handed to the client in writing first: code and last day."""
    case_management_stops: bool


def consequences_of(case: Case, consent: str, now: datetime, catalogue: Catalogue, who: str = CLIENT) -> Consequences:
    """The consequences of revoking the consent with this id, given by `who`, at this moment (UTC)."""
    today = day_at(now)
    before = settle(case, now, catalogue)
    revoked = Fact(f"{consent}-revoked", "consent.revoked", today, today, {"consent": consent}, who)
    after = settle(replace(before.case, facts=(*case.facts, revoked)), now, catalogue)
    return Consequences(
        taken_back=tuple(_taken_back(after.actions)),
        asked_to_erase=tuple(_asked_to_erase(after.actions)),
        goes_on=tuple(_open(after.plan)),
        deadlines=tuple(_handed_over(after.actions)),
        case_management_stops=before.plan.standing.kim != after.plan.standing.kim,
    )


def _taken_back(actions: Iterable[Action]) -> Iterable[Concerned]:
    for action in actions:
        if isinstance(action, CancelHandover) and action.reason == "consent_revoked":
            yield Concerned(action.handover, action.to_kind)


def _asked_to_erase(actions: Iterable[Action]) -> Iterable[Concerned]:
    for action in actions:
        if isinstance(action, TellAgency) and action.kind == "erasure":
            yield Concerned(action.handover, action.recipient)


def _open(plan: Plan) -> Iterable[Concerned]:
    for handover in plan.handovers:
        if handover.state in ("offered", "received", "accepted"):
            yield Concerned(handover.code, handover.to_kind)


def _handed_over(actions: Iterable[Action]) -> Iterable[tuple[str, date]]:
    for action in actions:
        if isinstance(action, OpenTask) and action.kind == _DEADLINE_TASK:
            yield action.subject, date.fromisoformat(action.key.rpartition(":")[2])
