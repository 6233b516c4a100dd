"""The daily sweep: finds what fell through and mends it.

Started by a Schedule, over within minutes. It decides nothing: paths decide for themselves when they are nudged.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import references as activity
    from process_models import names
    from process_models.messages import SweepResult


@workflow.defn(name=names.DAILY_SWEEP)
class DailySweepWorkflow:
    """One sweep over all real tenants; simulated ones are left alone."""

    @workflow.run
    async def run(self) -> SweepResult:
        """Paths without a workflow, unsent news, overdue timers, stuck deliveries."""
        return await activity.sweep()
