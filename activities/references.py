"""Typed references from workflows to activities: name, time limits, retries and German summary of each call.

Nothing is done here; the activities themselves stand in the module named after their noun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

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
    Message,
    PathOutlook,
    SendNotice,
    SweepResult,
)

Answer = TypeVar("Answer")
Doing = Callable[[CarryOut], Awaitable[MadeNotices]]

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
_RECORDS: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": _RETRY}
_MAIL: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": _RETRY,
}
_SWEEP: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(minutes=2),
    "retry_policy": _RETRY,
}


async def look_again(message: LookAgain) -> PathOutlook:
    """Rules, records, today: a fresh plan and the actions that follow from it."""
    return await _call("path.plan", message, PathOutlook, f"Plan zum {message.now:%d.%m.%Y}")


async def keep_tasks(message: CarryOut) -> MadeNotices:
    """Opens and closes tasks of the office."""
    return await _call("task.keep", message, MadeNotices, _what(message))


async def hand_over(message: CarryOut) -> MadeNotices:
    """Offers handovers or takes offers back."""
    return await _call("handover.carry-out", message, MadeNotices, _what(message))


async def remind(message: CarryOut) -> MadeNotices:
    """Makes the notices of due reminders."""
    return await _call("reminder.make", message, MadeNotices, _what(message))


async def escalate(message: CarryOut) -> MadeNotices:
    """Takes the next step of the ladder."""
    return await _call("escalation.climb", message, MadeNotices, _what(message))


async def end_path(message: EndPath) -> bool:
    """Ends the path in the records; False if the records changed since the plan."""
    return await _call("path.end", message, bool, "Weg beenden")


async def send_all(messages: Sequence[SendNotice]) -> list[Delivery]:
    """Sends mails side by side; each decides for itself what became of it."""
    return list(await asyncio.gather(*(_send(message) for message in messages)))


async def look_at_agenda(message: LookAtAgenda) -> AgendaOutlook:
    """The agenda of a body and its next meeting."""
    return await _call("body.look", message, AgendaOutlook, f"Tagesordnung zum {message.now:%d.%m.%Y}")


async def sweep() -> SweepResult:
    """Finds what fell through: paths without workflow, unsent news, overdue timers, stuck deliveries."""
    result: SweepResult = await workflow.execute_activity(
        "sweep.run", result_type=SweepResult, summary="Tagesabgleich", **_SWEEP
    )
    return result


async def _send(message: SendNotice) -> Delivery:
    delivery: Delivery = await workflow.execute_activity(
        "notice.send", message, result_type=Delivery, summary="Mitteilung senden", **_MAIL
    )
    return delivery


async def _call(name: str, message: Message, answer: type[Answer], summary: str) -> Answer:
    found: Answer = await workflow.execute_activity(
        name, message, result_type=answer, summary=summary or None, **_RECORDS
    )
    return found


def _what(message: CarryOut) -> str:
    return "; ".join(action.summary for action in message.actions if action.summary)[:200]
