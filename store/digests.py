"""Digests in the records: mails that wait for one, the row of the digest itself, and what became of all together.

A digest is a notice of no path; the notices that it carries keep rows of their own and the identity of its mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.names import CLIENT_PATH, path_workflow_id
from store.notices import DIGEST, NoticeStatus
from store.outbox import add_news
from store.tables import Handover, Notice

_AWAITS_ANSWER: Final = ("offered", "received")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose digest it is: a kind of agency or a role, and the id of the agency."""

    tenant_id: str
    recipient: str
    agency: str = ""


async def put_off(session: AsyncSession, notice_id: str, until: datetime) -> None:
    """Lets a new notice wait for the digest at this moment."""
    await session.execute(
        update(Notice).where(col(Notice.id) == notice_id, col(Notice.status) == "created").values(next_try_at=until)
    )


async def due_lines(session: AsyncSession, reader: Reader, kinds: tuple[str, ...], now: datetime) -> list[Notice]:
    """Notices that were put off until now or earlier, in the order in which their paths are locked."""
    query = select(Notice).where(
        col(Notice.tenant_id) == reader.tenant_id,
        col(Notice.recipient) == reader.recipient,
        col(Notice.agency) == reader.agency,
        col(Notice.kind).in_(kinds),
        col(Notice.status) == "created",
        col(Notice.attempts) == 0,
        col(Notice.path_id).is_not(None),
        col(Notice.next_try_at) <= now,
    )
    return list(await session.scalars(query.order_by(col(Notice.path_id), col(Notice.created_at), col(Notice.id))))


class Settled(Protocol):
    """What became of a mail."""

    @property
    def status(self) -> NoticeStatus:
        """State of its notices."""

    @property
    def error_class(self) -> str:
        """Why, as a code."""

    @property
    def next_try_at(self) -> datetime | None:
        """When it is tried again."""


async def is_carried(session: AsyncSession, notice: Notice) -> bool:
    """True if a digest under way carries the notice and another path saw to it: that path says what became of it.

    The digest names, as what it is about, the notice with which it began: who comes again with that one has crashed.
    """
    if notice.status != "sending" or not notice.message_id:
        return False
    query = select(func.count()).where(
        col(Notice.message_id) == notice.message_id,
        col(Notice.kind) == DIGEST,
        col(Notice.status) == "sending",
        col(Notice.subject) != notice.id,
    )
    return bool(await session.scalar(query))


async def settle_carried(session: AsyncSession, message_id: str, what: Settled, now: datetime) -> list[Notice]:
    """Writes what became of every notice that this mail carried, the digest among them; returns those of paths."""
    settled_at = None if what.status == "temporary-failure" else now
    carried = await session.scalars(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.status).in_(("sending", "unclear")))
        .values(status=what.status, error_class=what.error_class, next_try_at=what.next_try_at, settled_at=settled_at)
        .returning(Notice)
        .execution_options(populate_existing=True)
    )
    return [notice for notice in carried if notice.path_id is not None]


async def lose_sight(session: AsyncSession, notice: Notice, now: datetime) -> None:
    """A crash left this notice unclear: so is everything else that the same mail carried, and its paths look again."""
    if notice.status != "unclear" or not notice.message_id:
        return
    others = await session.scalars(
        update(Notice)
        .where(col(Notice.message_id) == notice.message_id, col(Notice.status) == "sending")
        .values(status="unclear", error_class=notice.error_class, settled_at=now)
        .returning(Notice)
        .execution_options(populate_existing=True)
    )
    await tell_paths(session, [other for other in others if other.path_id is not None])


async def tell_paths(session: AsyncSession, notices: list[Notice]) -> None:
    """Lets the paths of these notices look again: what failed is theirs to mend."""
    for path_id, tenant_id in sorted({(notice.path_id or "", notice.tenant_id) for notice in notices}):
        await add_news(session, tenant_id, CLIENT_PATH, path_workflow_id(path_id), path_id)


async def count_open_before(session: AsyncSession, reader: Reader, besides: list[str]) -> int:
    """Handovers that wait for an answer of this agency and that the digest does not carry."""
    query = select(func.count()).where(
        col(Handover.tenant_id) == reader.tenant_id,
        col(Handover.to_agency) == reader.agency,
        col(Handover.to_kind) == reader.recipient,
        col(Handover.state).in_(_AWAITS_ANSWER),
        col(Handover.id).not_in(besides),
    )
    return int(await session.scalar(query) or 0)
