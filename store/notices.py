"""Notices: one row a mail, from the intention to the outcome. Made once a key, claimed by one sender, never guessed.

How a mail looks and leaves stands in `notifications`; which mails an action makes is decided by the rules.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.errors import NoticeNotFound
from store.scope import Scope
from store.tables import Notice, Tenant
from store.writing import insert_unless_there

NoticeStatus = Literal[
    "created", "sending", "delivered", "temporary-failure", "permanent-failure", "unclear", "cancelled"
]
WAITING: Final = ("created", "temporary-failure")
DIGEST: Final = "digest"
"""Kind of a mail that carries others; what became of it stands with each of them."""
UNDELIVERABLE: Final = ("permanent-failure", "unclear")
_OF_SENDING: Final = ("status", "attempts", "error_class", "message_id", "next_try_at", "claimed_at", "settled_at")


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A mail that shall leave. `kind` is the folder of the mail, `subject` the code that it is about."""

    key: str
    tenant_id: str
    kind: str
    subject: str
    recipient: str
    made_on: date
    agency: str = ""
    due_on: date | None = None
    path_id: str | None = None
    handover_id: str | None = None
    body_item_id: str | None = None


async def make_notice(session: AsyncSession, new: NewNotice, now: datetime) -> Notice | None:
    """Makes the notice; None if its key was made before, by whomever.

    One that was called off before it left is made anew: nobody was told by it, and what stopped it is gone now.
    """
    row = Notice(**asdict(new), created_at=now)
    if await insert_unless_there(session, row, "key"):
        return await get_notice(session, row.id)
    fresh = {name: getattr(row, name) for name in (*asdict(new), *_OF_SENDING, "created_at")}
    called_off = update(Notice).where(col(Notice.key) == new.key, col(Notice.status) == "cancelled")
    made = await session.scalars(called_off.values(**fresh).returning(Notice).execution_options(populate_existing=True))
    return made.one_or_none()


async def get_notice(session: AsyncSession, notice_id: str) -> Notice:
    """The notice as it is now. Errors: NoticeNotFound."""
    row = await session.get(Notice, notice_id, populate_existing=True)
    if row is None:
        raise NoticeNotFound("Diese Nachricht gibt es nicht.", field="notice")
    return row


async def claim_notice(session: AsyncSession, notice_id: str, now: datetime) -> Notice | None:
    """Takes a waiting notice for sending: one caller gets it, everybody else None.

    A notice that an earlier attempt left in `sending` becomes `unclear`: the mail may have left before the crash,
    and nobody can know. A person then sees it.
    """
    claimed = await session.scalars(
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.status).in_(WAITING))
        .values(status="sending", attempts=col(Notice.attempts) + 1, claimed_at=now, next_try_at=None)
        .returning(Notice)
        .execution_options(populate_existing=True)
    )
    notice = claimed.one_or_none()
    if notice is None:
        await session.execute(
            update(Notice)
            .where(col(Notice.id) == notice_id, col(Notice.status) == "sending")
            .values(status="unclear", error_class="CrashWhileSending", settled_at=now)
        )
    return notice


async def settle_notice(
    session: AsyncSession,
    notice_id: str,
    status: NoticeStatus,
    error_class: str,
    next_try_at: datetime | None,
    now: datetime,
) -> None:
    """Writes what became of a claimed notice. A late truth of the first attempt also clears `unclear`."""
    settled_at = None if status == "temporary-failure" else now
    await session.execute(
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.status).in_(("sending", "unclear")))
        .values(status=status, error_class=error_class, next_try_at=next_try_at, settled_at=settled_at)
    )


async def cancel_notices(
    session: AsyncSession,
    path_id: str,
    now: datetime,
    *,
    handover_id: str | None = None,
    recipient: str | None = None,
) -> int:
    """Cancels what waits for a handover, for a recipient, or (neither given) for the whole path.

    Returns how many of these are being sent this moment: a withdrawal is complete when that is 0.
    """
    concerned = [col(Notice.path_id) == path_id]
    if handover_id is not None:
        concerned.append(col(Notice.handover_id) == handover_id)
    if recipient is not None:
        concerned.append(col(Notice.recipient) == recipient)
    await session.execute(
        update(Notice)
        .where(*concerned, col(Notice.status).in_(WAITING))
        .values(status="cancelled", settled_at=now, next_try_at=None)
    )
    in_flight = await session.execute(select(func.count()).where(*concerned, col(Notice.status) == "sending"))
    return int(in_flight.scalar_one())


async def pending_notices(session: AsyncSession, path_id: str, now: datetime) -> list[Notice]:
    """Notices of a path that may be tried now: new ones, and failed ones whose pause is over."""
    query = select(Notice).where(col(Notice.path_id) == path_id, _may_be_tried(now))
    return list(await session.scalars(query.order_by(col(Notice.created_at), col(Notice.id))))


async def pending_body_notices(session: AsyncSession, tenant_id: str, now: datetime) -> list[Notice]:
    """As `pending_notices`, for the notices of a tenant that belong to no path."""
    query = select(Notice).where(*_of_no_path(tenant_id), _may_be_tried(now))
    return list(await session.scalars(query.order_by(col(Notice.created_at), col(Notice.id))))


async def made_keys(session: AsyncSession, path_id: str) -> frozenset[str]:
    """Keys of the notices of a path that left, may have left or wait; what was called off counts as not made."""
    query = select(col(Notice.key)).where(col(Notice.path_id) == path_id, col(Notice.status) != "cancelled")
    return frozenset(await session.scalars(query))


async def list_failed_notices(session: AsyncSession, scope: Scope) -> list[Notice]:
    """Visible notices that did not arrive or may not have: somebody must look at each."""
    query = select(Notice).where(scope.notices(), col(Notice.status).in_(UNDELIVERABLE), col(Notice.kind) != DIGEST)
    return list(await session.scalars(query.order_by(col(Notice.created_at), col(Notice.id))))


async def count_failed_notices(session: AsyncSession, scope: Scope) -> int:
    """How many notices `list_failed_notices` has."""
    query = select(func.count()).select_from(Notice)
    failed = query.where(scope.notices(), col(Notice.status).in_(UNDELIVERABLE), col(Notice.kind) != DIGEST)
    return int(await session.scalar(failed) or 0)


async def lost_notices(session: AsyncSession, scope: Scope, agency: str) -> list[Notice]:
    """Visible notices to an agency that certainly did not arrive."""
    query = select(Notice).where(
        scope.notices(),
        col(Notice.agency) == agency,
        col(Notice.status) == "permanent-failure",
        col(Notice.kind) != DIGEST,
    )
    return list(await session.scalars(query.order_by(col(Notice.created_at), col(Notice.id))))


async def send_again(session: AsyncSession, notice_id: str, scope: Scope) -> Notice | None:
    """A visible notice that did not arrive, or may not have, waits again as if new; None if there is none.

    A person decides this, who knows whether a second mail does harm.
    """
    again = (
        update(Notice)
        .where(col(Notice.id) == notice_id, scope.notices())
        .where(col(Notice.status).in_(UNDELIVERABLE), col(Notice.kind) != DIGEST)
        .values(status="created", attempts=0, error_class="", next_try_at=None, claimed_at=None, settled_at=None)
        .returning(Notice)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(again)).one_or_none()


async def find_stuck_notices(session: AsyncSession, before: datetime) -> list[Notice]:
    """Notices of real tenants that were claimed before this moment and are still `sending`, or wait since then."""
    stuck = or_(
        and_(col(Notice.status) == "sending", col(Notice.claimed_at) < before),
        and_(_may_be_tried(before), col(Notice.created_at) < before),
    )
    query = select(Notice).join(Tenant).where(col(Tenant.simulated).is_(False), stuck)
    return list(await session.scalars(query.order_by(col(Notice.created_at))))


def _of_no_path(tenant_id: str) -> tuple[ColumnElement[bool], ...]:
    """Without digests: the paths that they carry mails of see to those."""
    return col(Notice.tenant_id) == tenant_id, col(Notice.path_id).is_(None), col(Notice.kind) != DIGEST


def _may_be_tried(now: datetime) -> ColumnElement[bool]:
    pause_over = or_(col(Notice.next_try_at).is_(None), col(Notice.next_try_at) <= now)
    return and_(col(Notice.status).in_(WAITING), pause_over)


async def find_unsent_notice(session: AsyncSession, key: str) -> Notice | None:
    """The notice of this key if it still waits to be sent."""
    query = select(Notice).where(col(Notice.key) == key, col(Notice.status).in_(WAITING))
    return (await session.scalars(query)).one_or_none()


async def next_try(session: AsyncSession, path_id: str, now: datetime) -> datetime | None:
    """When the next mail of a path is due for another try, after `now`; None if none is."""
    query = select(func.min(col(Notice.next_try_at))).where(
        col(Notice.path_id) == path_id, col(Notice.status).in_(WAITING), col(Notice.next_try_at) > now
    )
    return await session.scalar(query)


async def list_notices(session: AsyncSession, path_id: str) -> list[Notice]:
    """All notices of a path and what became of them, the oldest first."""
    query = select(Notice).where(col(Notice.path_id) == path_id)
    return list(await session.scalars(query.order_by(col(Notice.created_at), col(Notice.id))))


async def was_told(session: AsyncSession, notice: Notice) -> bool:
    """True if an earlier mail about the same handover reached this agency, may have, or is on its way."""
    query = select(func.count()).where(
        col(Notice.handover_id) == notice.handover_id,
        col(Notice.agency) == notice.agency,
        col(Notice.id) != notice.id,
        col(Notice.status).in_(("sending", "delivered", "unclear")),
    )
    return bool(await session.scalar(query))


async def next_body_try(session: AsyncSession, tenant_id: str, now: datetime) -> datetime | None:
    """As `next_try`, for the notices of a tenant that belong to no path."""
    query = select(func.min(col(Notice.next_try_at))).where(
        *_of_no_path(tenant_id), col(Notice.status).in_(WAITING), col(Notice.next_try_at) > now
    )
    return await session.scalar(query)
