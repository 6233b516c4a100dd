"""What is compared when open work is brought in line with a plan: the case, its plan, the moment and the rules.

Values only; what follows from the comparison stands in `reconcile` and `reminding`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.plan import Plan, PlannedHandover
from process_models.work import HandoverItem


@dataclass(frozen=True, slots=True)
class View:
    """A case and its plan at a moment (UTC)."""

    case: Case
    plan: Plan
    now: datetime
    catalogue: Catalogue

    @property
    def active(self) -> bool:
        """Case management goes on."""
        return self.plan.standing.kim == "active"

    @property
    def closed(self) -> bool:
        """Case management has ended."""
        return self.plan.standing.kim == "closed"

    def carries(self, handover: PlannedHandover) -> bool:
        """The case management carries this handover: while it goes on, and after its end what that end set going."""
        return self.active or (self.closed and handover.after_case)

    def item(self, handover: PlannedHandover) -> HandoverItem | None:
        """The item of a planned handover, if it was offered."""
        key = (handover.code, handover.trigger_on)
        return next((item for item in self.case.work.handovers if (item.code, item.trigger_on) == key), None)
