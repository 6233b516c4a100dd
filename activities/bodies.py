"""The agenda of a body: what is open, its meetings and their papers, what its members and its office are to be told.

Counts and interfaces only. Deciding about an item is an act of people, through the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.carrying_out import make_unsent
from activities.upkeep import ASKED_BY, OFFER_UPKEEP, ask_owners
from notifications.contexts import COORDINATOR
from process_models.agenda import AgendaLine, agenda_details
from process_models.catalogue import Catalogue
from process_models.look_again import day_at, morning
from process_models.meetings import next_meeting, papers_due
from process_models.messages import AgendaOutlook, LookAtAgenda, MadeNotices
from process_models.names import BODY_ROLES
from process_models.rules import Body, Municipality
from store.catalogues import Catalogues
from store.database import Database
from store.meetings import (
    NewMeeting,
    due_for_evaluation,
    list_items,
    next_evaluation,
    next_planned,
    plan_meeting,
    without_minutes,
)
from store.notices import NewNotice, next_body_try, pending_body_notices
from store.tables import BodyItem, Meeting, Notice
from store.tenants import get_tenant


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One look at a body inside its transaction."""

    session: AsyncSession
    message: LookAtAgenda
    day: date
    catalogue: Catalogue
    municipality: Municipality
    body: Body | None
    items: Sequence[BodyItem]

    async def tell(
        self, kind: str, about: str, *, recipient: str, due_on: date | None, item: str | None = None
    ) -> None:
        """Makes a notice once; `about` tells it from the others of its kind."""
        new = NewNotice(
            key=f"{about}:{kind}",
            tenant_id=self.message.tenant,
            kind=kind,
            subject=self.message.body,
            recipient=recipient,
            made_on=self.day,
            due_on=due_on,
            body_item_id=item,
        )
        await make_unsent(self.session, new)


class BodyActivities:
    """Keeps the agenda of a body."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="body.look")
    async def look_at_agenda(self, message: LookAtAgenda) -> AgendaOutlook:
        """The open items in counts; plans the next meeting, and makes each notice that is due once."""
        async with self._database.transaction() as session:
            sitting = await self._sit(session, message)
            meeting = await _plan_next_meeting(sitting)
            await _tell_of_items(sitting, meeting)
            await _tell_of_papers(sitting, meeting)
            await _ask_for_minutes(sitting)
            await _ask_for_evaluations(sitting)
            if message.body == ASKED_BY:
                await ask_owners(session, message.tenant, sitting.municipality, sitting.day)
            pending = await pending_body_notices(session, message.tenant, message.now)
            look_again_at = await _look_again_at(sitting, meeting)
        held_on = meeting.held_on if meeting else None
        return AgendaOutlook(
            open_items=len(sitting.items),
            next_meeting_on=held_on,
            look_again_at=look_again_at,
            made=MadeNotices(notice_ids=tuple(n.id for n in pending if _is_of(n, message))),
            details=_details(sitting, held_on),
        )

    async def _sit(self, session: AsyncSession, message: LookAtAgenda) -> _Sitting:
        tenant = await get_tenant(session, message.tenant)
        catalogue = await self._catalogues.of_tenant(session, tenant.id)
        municipality = catalogue.municipality(tenant.municipality)
        body = next((body for body in municipality.bodies if body.kind == message.body), None)
        items = await list_items(session, message.tenant, message.body, "open")
        return _Sitting(session, message, day_at(message.now), catalogue, municipality, body, items)


def _details(sitting: _Sitting, meeting: date | None) -> str:
    lines = [
        AgendaLine(item.from_kind, item.to_kind, item.reason, item.path_count, item.raised_on) for item in sitting.items
    ]
    role = sitting.catalogue.label(BODY_ROLES[sitting.message.body])
    return agenda_details(sitting.catalogue, sitting.body.title if sitting.body else role, lines, meeting)


async def _plan_next_meeting(sitting: _Sitting) -> Meeting | None:
    """The next meeting: the regular one of its rhythm, or an earlier one on demand."""
    body, day, message = sitting.body, sitting.day, sitting.message
    if body is not None:
        regular = next_meeting(body, after=day)
        due = papers_due(body, regular, sitting.municipality.product_calendar)
        await plan_meeting(sitting.session, NewMeeting(message.tenant, message.body, regular, due))
    return await next_planned(sitting.session, message.tenant, message.body, day + timedelta(days=1))


async def _tell_of_items(sitting: _Sitting, meeting: Meeting | None) -> None:
    role = BODY_ROLES[sitting.message.body]
    due_on = meeting.held_on if meeting else None
    for item in sitting.items:
        await sitting.tell("agenda_item", item.id, recipient=role, due_on=due_on, item=item.id)


async def _tell_of_papers(sitting: _Sitting, meeting: Meeting | None) -> None:
    """On the day on which papers are due the office hears which meeting they are for; an empty agenda needs none."""
    if meeting is None or not sitting.items or meeting.papers_due_on > sitting.day:
        return
    await sitting.tell("agenda_papers", meeting.id, recipient=COORDINATOR, due_on=meeting.held_on)


async def _ask_for_minutes(sitting: _Sitting) -> None:
    message = sitting.message
    for meeting in await without_minutes(sitting.session, message.tenant, message.body, sitting.day):
        await sitting.tell("minutes_missing", meeting.id, recipient=COORDINATOR, due_on=meeting.held_on)


async def _ask_for_evaluations(sitting: _Sitting) -> None:
    message = sitting.message
    for resolution in await due_for_evaluation(sitting.session, message.tenant, message.body, sitting.day):
        await sitting.tell("evaluation_due", resolution.id, recipient=COORDINATOR, due_on=resolution.evaluate_on)


async def _look_again_at(sitting: _Sitting, meeting: Meeting | None) -> datetime | None:
    message, day = sitting.message, sitting.day
    days = [await next_evaluation(sitting.session, message.tenant, message.body, day)]
    if meeting is not None:
        days += [meeting.papers_due_on, meeting.held_on, meeting.held_on + timedelta(days=1)]
    mornings = [morning(one) for one in days if one is not None and one > day]
    return min(
        filter(None, (*mornings, await next_body_try(sitting.session, message.tenant, message.now))), default=None
    )


def _is_of(notice: Notice, message: LookAtAgenda) -> bool:
    of_office = notice.recipient == COORDINATOR or notice.kind == OFFER_UPKEEP
    return notice.recipient == BODY_ROLES[message.body] or (of_office and notice.subject == message.body)
