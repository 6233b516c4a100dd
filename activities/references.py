"""Typed references from workflows to activities: name, time limits, retries and German summary of each call.

Nothing is done here; the activities themselves stand in the module named after their noun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from process_models.messages import (
    AgendaOutlook,
    CarryOut,
    Delivery,
    EndPath,
    LookAgain,
    LookAtAgenda,
    MadeNotices,
    PathOutlook,
    SendNotice,
    SweepResult,
)

Doing = Callable[[CarryOut], Awaitable[MadeNotices]]

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
_RECORDS: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": _RETRY}
_MAIL: dict[str, Any] = {"start_to_close_timeout": timedelta(minutes=2), "retry_policy": _RETRY}
_SWEEP: dict[str, Any] = {"start_to_close_timeout": timedelta(minutes=30), "retry_policy": _RETRY}


async def look_again(message: LookAgain) -> PathOutlook:
    """Rules, records, today: a fresh plan and the actions that follow from it."""
    return await workflow.execute_activity(
        "path.plan", message, result_type=PathOutlook, summary=f"Plan zum {message.now:%d.%m.%Y}", **_RECORDS
    )


async def keep_tasks(message: CarryOut) -> MadeNotices:
    """Opens and closes tasks of the office."""
    return await _carry_out("task.keep", message)


async def hand_over(message: CarryOut) -> MadeNotices:
    """Offers handovers or takes offers back."""
    return await _carry_out("handover.carry-out", message)


async def remind(message: CarryOut) -> MadeNotices:
    """Makes the notices of due reminders."""
    return await _carry_out("reminder.make", message)


async def escalate(message: CarryOut) -> MadeNotices:
    """Takes the next step of the ladder."""
    return await _carry_out("escalation.climb", message)


async def end_path(message: EndPath) -> bool:
    """Ends the path in the records; False if the records changed since the plan."""
    return await workflow.execute_activity("path.end", message, result_type=bool, summary="Weg beenden", **_RECORDS)


async def send_all(messages: Sequence[SendNotice]) -> list[Delivery]:
    """Sends mails side by side; each decides for itself what became of it."""
    return list(await asyncio.gather(*(_send(message) for message in messages)))


async def look_at_agenda(message: LookAtAgenda) -> AgendaOutlook:
    """The agenda of a body and its next meeting."""
    return await workflow.execute_activity(
        "body.look", message, result_type=AgendaOutlook, summary=f"Tagesordnung zum {message.now:%d.%m.%Y}", **_RECORDS
    )


async def sweep() -> SweepResult:
    """Finds what fell through: paths without workflow, unsent news, overdue timers, stuck deliveries."""
    return await workflow.execute_activity("sweep.run", result_type=SweepResult, summary="Tagesabgleich", **_SWEEP)


async def _carry_out(name: str, message: CarryOut) -> MadeNotices:
    summary = "; ".join(action.summary for action in message.actions if action.summary)[:200]
    return await workflow.execute_activity(name, message, result_type=MadeNotices, summary=summary or None, **_RECORDS)


async def _send(message: SendNotice) -> Delivery:
    return await workflow.execute_activity(
        "notice.send", message, result_type=Delivery, summary="Mitteilung senden", **_MAIL
    )
