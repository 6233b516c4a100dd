"""A fake office: the activities of the product by name, answering from a script. For tests of the workflows alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from process_models.messages import (
    AgendaOutlook,
    CarryOut,
    Deliveries,
    Delivery,
    EndPath,
    LookAgain,
    LookAtAgenda,
    MadeNotices,
    PathOutlook,
    SendNotices,
    ShownPath,
    SweepResult,
)

TASK_TIMEOUT = timedelta(seconds=2)
"""A worker without cache drops a task now and then while it evicts a run; after this the server gives it out again."""
SHOWN = ShownPath(municipality="rhein-kreis-neuss", phase="arrival", summary="wartet", details="**wartet**")


class FakeOffice:
    """Answers `path.plan` from a script (the last answer for ever) and writes down every call."""

    def __init__(self, *, cached_workflows: int) -> None:
        self.cached_workflows = cached_workflows
        self.plans: deque[dict[str, Any]] = deque([{}])
        self.looks: list[LookAgain] = []
        self.agendas: list[LookAtAgenda] = []
        self.carried_out: list[tuple[str, CarryOut]] = []
        self.sent: list[str] = []
        self.delivery: Any = "delivered"
        self.may_end = True
        self.during_plan: Callable[[], Any] | None = None
        self.failing_plans = 0
        self.sweeps = 0
        self.failing_sweeps = 0

    def next(self, **changes: Any) -> None:
        """The plan after the ones already scripted."""
        self.plans.append(changes)

    @activity.defn(name="path.plan")
    async def plan(self, message: LookAgain) -> PathOutlook:
        self.looks.append(message)
        if self.failing_plans:
            self.failing_plans -= 1
            raise ApplicationError("the records are away", type="DatabaseAway")
        if self.during_plan:
            await self.during_plan()
        changes = self.plans.popleft() if len(self.plans) > 1 else self.plans[0]
        base = PathOutlook(
            path_id=message.path_id,
            day=message.now.date(),
            facts_version=1,
            closed=False,
            look_again_at=None,
            wait_summary="auf den nächsten Tag warten",
            shown=SHOWN,
        )
        in_days = changes.get("look_again_in_days")
        known = {name: value for name, value in changes.items() if name != "look_again_in_days"}
        if in_days is not None:
            known["look_again_at"] = message.now + timedelta(days=in_days)
        return base.model_copy(update=known)

    async def _note(self, name: str, message: CarryOut) -> MadeNotices:
        self.carried_out.append((name, message))
        return MadeNotices(notice_ids=tuple(f"{name}-{number}" for number, _ in enumerate(message.actions)))

    @activity.defn(name="task.keep")
    async def keep(self, message: CarryOut) -> MadeNotices:
        return await self._note("task", message)

    @activity.defn(name="handover.carry-out")
    async def hand_over(self, message: CarryOut) -> MadeNotices:
        return await self._note("handover", message)

    @activity.defn(name="reminder.send")
    async def remind(self, message: CarryOut) -> Deliveries:
        return await self.send(
            SendNotices(notice_ids=(await self._note("reminder", message)).notice_ids, now=message.now)
        )

    @activity.defn(name="escalation.climb")
    async def escalate(self, message: CarryOut) -> MadeNotices:
        return await self._note("escalation", message)

    @activity.defn(name="notice.send")
    async def send(self, message: SendNotices) -> Deliveries:
        self.sent += message.notice_ids
        return Deliveries(deliveries=tuple(Delivery(notice_id=n, status=self.delivery) for n in message.notice_ids))

    @activity.defn(name="path.end")
    async def end(self, message: EndPath) -> bool:
        return self.may_end

    @activity.defn(name="body.look")
    async def agenda(self, message: LookAtAgenda) -> AgendaOutlook:
        self.agendas.append(message)
        return AgendaOutlook(
            open_items=2,
            next_meeting_on=date(2030, 1, 2),
            look_again_at=message.now + timedelta(days=30),
            made=MadeNotices(notice_ids=("agenda-1",)) if not self.sent else MadeNotices(),
            details="2 Punkte",
        )

    @activity.defn(name="sweep.run")
    async def sweep(self) -> SweepResult:
        self.sweeps += 1
        if self.failing_sweeps:
            self.failing_sweeps -= 1
            raise ApplicationError("the records are away", type="DatabaseAway")
        return SweepResult(paths_started=2, news_delivered=3, overdue_nudged=1, notices_stuck=4)

    def worker(self, client: Client, queue: str, workflow: type) -> Worker:
        """A worker of this workflow, with the activities of this office."""
        return Worker(
            client,
            task_queue=queue,
            workflows=[workflow],
            activities=self.activities,
            max_cached_workflows=self.cached_workflows,
        )

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """Everything for a worker."""
        return [
            self.plan,
            self.keep,
            self.hand_over,
            self.remind,
            self.escalate,
            self.send,
            self.end,
            self.agenda,
            self.sweep,
        ]
