"""Everything there is to do at a moment: plan and actions in turn until the rules rest. Pure; carries nothing out.

What follows from an action (an offer, then those informed of it) is found in the same look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from process_models.applied import carry_out
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.messages import Action
from process_models.plan import Plan
from process_models.planning import make_plan
from process_models.reconcile import reconcile

_ROUNDS: Final = 5
"""More follow-ups than any rule has; what is left then is done at the next look."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A case as it will be after the actions, its plan, and the actions in their order."""

    case: Case
    plan: Plan
    actions: tuple[Action, ...] = ()


def settle(case: Case, now: datetime, catalogue: Catalogue) -> Settled:
    """The case brought to rest at this moment (UTC)."""
    found = Settled(case, make_plan(case, now, catalogue))
    for _ in range(_ROUNDS):
        actions = tuple(a for a in reconcile(found.case, found.plan, now, catalogue) if a not in found.actions)
        if not actions:
            break
        case = _as_if_done(found.case, actions, catalogue)
        found = replace(found, case=case, plan=make_plan(case, now, catalogue), actions=(*found.actions, *actions))
    return found


def _as_if_done(case: Case, actions: tuple[Action, ...], catalogue: Catalogue) -> Case:
    for action in actions:
        case, _ = carry_out(case, action, catalogue)
    return case
