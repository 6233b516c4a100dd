"""Meetings of the bodies, and what they decided: one row a meeting, one row a decision. Nothing is told from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.decisions import AFTER, Decision, ItemState, next_body
from process_models.names import BODY_KINDS, BodyKind
from store.body_items import NewBodyItem, put_on_agenda
from store.errors import BodyItemNotFound, MeetingNotFound
from store.scope import Scope
from store.tables import BodyItem, BodyItemPath, Meeting, Resolution
from store.writing import insert_unless_there

PAPER = ("finding", "root_cause", "options", "recommendation", "effect")
"""Parts of a decision paper, in order."""


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """A meeting to be held."""

    tenant_id: str
    body: BodyKind
    held_on: date
    papers_due_on: date
    kind: str = "regular"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewResolution:
    """A decision about an item."""

    decision: Decision
    decided_on: date
    decided_by: str
    meeting_id: str | None = None
    text: str = ""
    owner: str = ""
    valid_from: date | None = None
    evaluate_on: date | None = None
    model_version: str = ""


async def plan_meeting(session: AsyncSession, new: NewMeeting) -> Meeting:
    """The meeting of this body on this day, planned now or before."""
    await insert_unless_there(session, Meeting(**asdict(new)), "tenant_id", "body", "held_on")
    query = select(Meeting).where(
        col(Meeting.tenant_id) == new.tenant_id, col(Meeting.body) == new.body, col(Meeting.held_on) == new.held_on
    )
    return (await session.scalars(query)).one()


async def get_meeting(session: AsyncSession, meeting_id: str, scope: Scope) -> Meeting:
    """The meeting. Errors: MeetingNotFound, the same for one that does not exist and one that is not to be seen."""
    row = await session.get(Meeting, meeting_id, populate_existing=True)
    if row is None or row.tenant_id != scope.tenant_id or not scope.sits_in(row.body):
        raise MeetingNotFound("Diese Sitzung gibt es nicht.", field="meeting")
    return row


async def list_meetings(session: AsyncSession, tenant_id: str, body: str) -> list[Meeting]:
    """All meetings of a body, the latest first."""
    query = select(Meeting).where(col(Meeting.tenant_id) == tenant_id, col(Meeting.body) == body)
    return list(await session.scalars(query.order_by(col(Meeting.held_on).desc())))


async def next_planned(session: AsyncSession, tenant_id: str, body: str, day: date) -> Meeting | None:
    """The next meeting on or after this day that is planned."""
    query = select(Meeting).where(
        col(Meeting.tenant_id) == tenant_id,
        col(Meeting.body) == body,
        col(Meeting.held_on) >= day,
        col(Meeting.state) == "planned",
    )
    return (await session.scalars(query.order_by(col(Meeting.held_on)).limit(1))).first()


async def without_minutes(session: AsyncSession, tenant_id: str, body: str, day: date) -> list[Meeting]:
    """Meetings before this day that nobody has written minutes of."""
    query = select(Meeting).where(
        col(Meeting.tenant_id) == tenant_id,
        col(Meeting.body) == body,
        col(Meeting.held_on) < day,
        col(Meeting.state) == "planned",
    )
    return list(await session.scalars(query.order_by(col(Meeting.held_on))))


async def get_item(session: AsyncSession, item_id: str, scope: Scope) -> BodyItem:
    """The item, locked until the end of a writing transaction.

    Errors: BodyItemNotFound, the same for one that does not exist and one that is not to be seen.
    """
    visible = or_(*(scope.agenda(body) for body in BODY_KINDS))
    query = select(BodyItem).where(col(BodyItem.id) == item_id, visible).with_for_update()
    row = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise BodyItemNotFound("Diesen Punkt gibt es nicht.", field="item")
    return row


async def list_items(session: AsyncSession, tenant_id: str, body: str, *states: ItemState) -> list[BodyItem]:
    """Items of a body in these states (none given: in all), the oldest first."""
    query = select(BodyItem).where(col(BodyItem.tenant_id) == tenant_id, col(BodyItem.body) == body)
    if states:
        query = query.where(col(BodyItem.state).in_(states))
    return list(await session.scalars(query.order_by(col(BodyItem.raised_on), col(BodyItem.key))))


async def paths_of_item(session: AsyncSession, item_id: str) -> list[str]:
    """Ids of the paths that an item counts."""
    query = select(col(BodyItemPath.path_id)).where(col(BodyItemPath.item_id) == item_id)
    return sorted(await session.scalars(query))


async def write_paper(session: AsyncSession, item: BodyItem, paper: Mapping[str, str]) -> BodyItem:
    """Writes parts of the decision paper of an item; parts not named stay."""
    item.paper = {**(item.paper or {}), **{part: paper[part] for part in PAPER if part in paper}}
    item.version += 1
    session.add(item)
    await session.flush()
    return item


async def resolve(session: AsyncSession, item: BodyItem, new: NewResolution) -> tuple[Resolution, BodyItem | None]:
    """Writes a decision, and the item of the next body if it was handed on. What may be decided say the rules."""
    row = Resolution(tenant_id=item.tenant_id, item_id=item.id, body=item.body, **asdict(new))
    session.add(row)
    item.state = AFTER[new.decision]
    item.decided_on = new.decided_on if item.state != "open" else None
    item.version += 1
    session.add(item)
    body = next_body(new.decision)
    handed = await _hand_on(session, item, body, new.decided_on) if body else None
    await session.flush()
    return row, handed


async def _hand_on(session: AsyncSession, item: BodyItem, body: BodyKind, on: date) -> BodyItem:
    key = f"{body}:{item.key.partition(':')[2]}:{on.isoformat()}"
    new = NewBodyItem(
        tenant_id=item.tenant_id,
        key=key,
        body=body,
        handover=item.handover,
        from_kind=item.from_kind,
        to_kind=item.to_kind,
        reason=item.reason,
        detail=item.detail,
        cause="handed_on",
        raised_on=on,
        path_count=item.path_count,
    )
    handed = await put_on_agenda(session, new)
    handed.handed_from, handed.why, handed.paper = item.id, item.why, item.paper
    for path_id in await paths_of_item(session, item.id):
        await insert_unless_there(session, BodyItemPath(item_id=handed.id, path_id=path_id), "item_id", "path_id")
    session.add(handed)
    return handed


async def list_resolutions(session: AsyncSession, tenant_id: str, body: str | None = None) -> list[Resolution]:
    """Decisions of a tenant (of one body), the latest first."""
    query = select(Resolution).where(col(Resolution.tenant_id) == tenant_id)
    if body is not None:
        query = query.where(col(Resolution.body) == body)
    return list(await session.scalars(query.order_by(col(Resolution.decided_on).desc(), col(Resolution.id))))


async def resolutions_of_item(session: AsyncSession, item_id: str) -> list[Resolution]:
    """Decisions about an item, in order."""
    query = select(Resolution).where(col(Resolution.item_id) == item_id)
    return list(await session.scalars(query.order_by(col(Resolution.decided_on), col(Resolution.created_at))))


async def due_for_evaluation(session: AsyncSession, tenant_id: str, body: str, day: date) -> list[Resolution]:
    """Adopted decisions whose effect was to be looked at by this day and was not."""
    query = select(Resolution).where(
        col(Resolution.tenant_id) == tenant_id,
        col(Resolution.body) == body,
        col(Resolution.decision) == "adopt",
        col(Resolution.evaluate_on) <= day,
        col(Resolution.reviewed_on).is_(None),
    )
    return list(await session.scalars(query.order_by(col(Resolution.evaluate_on))))


async def next_evaluation(session: AsyncSession, tenant_id: str, body: str, day: date) -> date | None:
    """The next day after this one on which the effect of a decision is to be looked at."""
    query = select(func.min(col(Resolution.evaluate_on))).where(
        col(Resolution.tenant_id) == tenant_id,
        col(Resolution.body) == body,
        col(Resolution.evaluate_on) > day,
        col(Resolution.reviewed_on).is_(None),
    )
    return await session.scalar(query)


async def write_minutes(session: AsyncSession, meeting: Meeting, minutes: str, present: str, on: date) -> Meeting:
    """Writes the minutes of a meeting: from now on it has been held."""
    meeting.minutes, meeting.present, meeting.written_on, meeting.state = minutes, present, on, "held"
    session.add(meeting)
    await session.flush()
    return meeting


async def write_review(session: AsyncSession, resolution_id: str, tenant_id: str, review: str, on: date) -> bool:
    """Writes what came of a decision; False if there is no such decision of the tenant."""
    done = await session.execute(
        update(Resolution)
        .where(col(Resolution.id) == resolution_id, col(Resolution.tenant_id) == tenant_id)
        .values(review=review, reviewed_on=on)
        .returning(col(Resolution.id))
    )
    return done.first() is not None


async def resolutions_of_meeting(session: AsyncSession, meeting_id: str) -> list[tuple[Resolution, BodyItem]]:
    """What a meeting decided, with the items, in order."""
    found = await session.execute(
        select(Resolution, BodyItem)
        .join(BodyItem, col(BodyItem.id) == col(Resolution.item_id))
        .where(col(Resolution.meeting_id) == meeting_id)
        .order_by(col(Resolution.created_at))
    )
    return [(resolution, item) for resolution, item in found]
