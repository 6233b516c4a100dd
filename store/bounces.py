"""What came back: a delivery report is noted once, and one about a loss makes the notice undeliverable.

How a report is read stands in `notifications`; what a path does about it, in the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.mail_tables import Bounce
from store.notices import DIGEST
from store.paths import find_path, touch
from store.scope import Scope
from store.tables import Notice
from store.writing import insert_unless_there

_LEFT = ("sending", "delivered", "unclear")
"""Only a mail that left, or may have, can come back."""


@dataclass(frozen=True, slots=True)
class NewBounce:
    """A report about mails of ours. `outcome` and `status` are codes."""

    message_ids: tuple[str, ...]
    outcome: Literal["permanent", "temporary"]
    status: str
    fingerprint: str


async def take_bounce(session: AsyncSession, report: NewBounce, now: datetime) -> list[Notice] | None:
    """Notes the report with every notice that its mail carried; None if that mail is none of ours.

    Returns the notices that the report is new to. A loss makes them `permanent-failure`, as if the mail server had
    refused, and their paths look again. A report that was noted before changes nothing.
    """
    meant = select(Notice).where(col(Notice.message_id).in_(report.message_ids)).order_by(col(Notice.id))
    found = list(await session.scalars(meant))
    if not found:
        return None
    news = [notice for notice in found if await _noted(session, notice, report, now)]
    if report.outcome == "permanent":
        for notice in news:
            await _lose(session, notice, report.status, now)
    return news


async def delayed_notices(session: AsyncSession, scope: Scope) -> list[tuple[Notice, Bounce]]:
    """Visible mails that a report says are late and that are not lost so far, the latest report first."""
    query = (
        select(Notice, Bounce)
        .join(Bounce, col(Bounce.notice_id) == col(Notice.id))
        .where(scope.notices(), col(Bounce.outcome) == "temporary", col(Notice.status) == "delivered")
        .where(col(Notice.kind) != DIGEST)
        .order_by(col(Bounce.received_at).desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def _noted(session: AsyncSession, notice: Notice, report: NewBounce, now: datetime) -> bool:
    row = Bounce(
        notice_id=notice.id,
        fingerprint=report.fingerprint,
        outcome=report.outcome,
        status=report.status,
        received_at=now,
    )
    return await insert_unless_there(session, row, "notice_id", "fingerprint")


async def _lose(session: AsyncSession, notice: Notice, status: str, now: datetime) -> None:
    lost = await session.execute(
        update(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.status).in_(_LEFT))
        .values(status="permanent-failure", error_class=f"bounced_{status}", next_try_at=None, settled_at=now)
        .returning(col(Notice.id))
    )
    if lost.first() is None or notice.path_id is None:
        return
    path = await find_path(session, notice.path_id)
    if path is not None:
        await touch(session, path)
