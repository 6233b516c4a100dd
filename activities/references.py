"""Typed references from workflows to activities: name, time limits, retries and German summary of each call.

Nothing is done here; the activities themselves stand in the module named after their noun.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from process_models.messages import (
    AgendaOutlook,
    CarryOut,
    Deliveries,
    EndPath,
    LookAgain,
    LookAtAgenda,
    LookAtRelease,
    MadeNotices,
    Message,
    MovedPage,
    MovePage,
    PathOutlook,
    PreviewPage,
    PreviewProgress,
    ReleaseOrder,
    SendNotices,
    SweepResult,
)

Answer = TypeVar("Answer")
Doing = Callable[[CarryOut], Awaitable[MadeNotices]]

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
_RECORDS: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": _RETRY}
_MAIL: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=10),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": _RETRY,
}
_SWEEP: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(minutes=2),
    "retry_policy": _RETRY,
}
_PAGE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=10),
    "heartbeat_timeout": timedelta(seconds=15),
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


async def remind(message: CarryOut) -> Deliveries:
    """Makes and sends due reminders, each exactly once a key."""
    deliveries: Deliveries = await workflow.execute_activity(
        "reminder.send", message, result_type=Deliveries, summary=_what(message) or None, **_MAIL
    )
    return deliveries


async def escalate(message: CarryOut) -> MadeNotices:
    """Takes the next step of the ladder."""
    return await _call("escalation.climb", message, MadeNotices, _what(message))


async def end_path(message: EndPath) -> bool:
    """Ends the path in the records; False if the records changed since the plan."""
    return await _call("path.end", message, bool, "Weg beenden")


async def send(message: SendNotices) -> Deliveries:
    """Sends mails; each has a row of its own that says what became of it."""
    count = len(message.notice_ids)
    summary = "eine Mitteilung senden" if count == 1 else f"{count} Mitteilungen senden"
    deliveries: Deliveries = await workflow.execute_activity(
        "notice.send", message, result_type=Deliveries, summary=summary, **_MAIL
    )
    return deliveries


async def look_at_agenda(message: LookAtAgenda) -> AgendaOutlook:
    """The agenda of a body and its next meeting."""
    return await _call("body.look", message, AgendaOutlook, f"Tagesordnung zum {message.now:%d.%m.%Y}")


async def look_at_release(message: LookAtRelease) -> ReleaseOrder:
    """Which way the paths are to go, how many, and how fast."""
    order: ReleaseOrder = await workflow.execute_activity(
        "release.look", message, result_type=ReleaseOrder, summary="Fassung, Tempo und Zahl der Wege lesen", **_PAGE
    )
    return order


async def move_page(message: MovePage) -> MovedPage:
    """Moves the next paths to the rules in force, each exactly once."""
    page: MovedPage = await workflow.execute_activity(
        "release.move", message, result_type=MovedPage, summary=f"bis zu {message.size} Wege umstellen", **_PAGE
    )
    return page


async def count_preview(message: PreviewPage) -> PreviewProgress:
    """Compares the next page of open paths under a version that is not in force."""
    progress: PreviewProgress = await workflow.execute_activity(
        "preview.count", message, result_type=PreviewProgress, summary="die nächsten Wege vergleichen", **_PAGE
    )
    return progress


async def sweep() -> SweepResult:
    """Finds what fell through: paths without workflow, unsent news, overdue timers, stuck deliveries."""
    result: SweepResult = await workflow.execute_activity(
        "sweep.run", result_type=SweepResult, summary="Tagesabgleich", **_SWEEP
    )
    return result


async def _call(name: str, message: Message, answer: type[Answer], summary: str) -> Answer:
    found: Answer = await workflow.execute_activity(
        name, message, result_type=answer, summary=summary or None, **_RECORDS
    )
    return found


def _what(message: CarryOut) -> str:
    return "; ".join(action.summary for action in message.actions if action.summary)[:200]
