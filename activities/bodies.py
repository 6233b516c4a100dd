"""The agenda of a body: what is open, what is new for its members, when it meets next.

Counts and interfaces only. Deciding about an item is not done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.carrying_out import make_unsent
from process_models.agenda import AgendaLine, agenda_details
from process_models.catalogue import Catalogue
from process_models.look_again import day_at, morning
from process_models.meetings import next_meeting
from process_models.messages import AgendaOutlook, LookAtAgenda, MadeNotices
from process_models.names import BODY_ROLES
from process_models.rules import Municipality
from store.body_items import open_items
from store.catalogues import Catalogues
from store.database import Database
from store.notices import NewNotice, next_body_try, pending_body_notices
from store.tables import BodyItem
from store.tenants import get_tenant


class BodyActivities:
    """Keeps the agenda of a body."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="body.look")
    async def look_at_agenda(self, message: LookAtAgenda) -> AgendaOutlook:
        """The open items in counts; makes one notice for each item that is new."""
        day = day_at(message.now)
        async with self._database.transaction() as session:
            tenant = await get_tenant(session, message.tenant)
            catalogue = await self._catalogues.of_tenant(session, tenant.id)
            items = await open_items(session, message.tenant, message.body)
            for item in items:
                await self._tell(session, item, BODY_ROLES[message.body], day)
            pending = await pending_body_notices(session, message.tenant, message.now)
            next_try_at = await next_body_try(session, message.tenant, message.now)
        municipality = catalogue.municipality(tenant.municipality)
        meeting = _next_meeting(municipality, message, day)
        return AgendaOutlook(
            open_items=len(items),
            next_meeting_on=meeting,
            look_again_at=min(filter(None, (meeting and morning(meeting), next_try_at)), default=None),
            made=MadeNotices(notice_ids=tuple(n.id for n in pending if n.recipient == BODY_ROLES[message.body])),
            details=_details(catalogue, municipality, message, items, meeting),
        )

    async def _tell(self, session: AsyncSession, item: BodyItem, role: str, day: date) -> str | None:
        new = NewNotice(
            key=f"{item.id}:agenda_item",
            tenant_id=item.tenant_id,
            kind="agenda_item",
            subject=item.handover,
            recipient=role,
            made_on=day,
            body_item_id=item.id,
        )
        return await make_unsent(session, new)


def _next_meeting(municipality: Municipality, message: LookAtAgenda, day: date) -> date | None:
    return next((next_meeting(body, after=day) for body in municipality.bodies if body.kind == message.body), None)


def _details(
    catalogue: Catalogue,
    municipality: Municipality,
    message: LookAtAgenda,
    items: Sequence[BodyItem],
    meeting: date | None,
) -> str:
    lines = [AgendaLine(item.from_kind, item.to_kind, item.reason, item.path_count, item.raised_on) for item in items]
    titles = (body.title for body in municipality.bodies if body.kind == message.body)
    return agenda_details(catalogue, next(titles, catalogue.label(BODY_ROLES[message.body])), lines, meeting)
