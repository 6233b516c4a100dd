"""Sending one notice: claimed and checked in one transaction, sent, settled in another. At most one mail an attempt.

How a mail looks and travels stands in `notifications`; which notices exist was decided before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from jinja2 import TemplateError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.claims import SETTLE_PAUSES, Claimed, Outcome, once_more
from activities.digests import Digests
from activities.measures import NOTICES
from activities.upkeep import OFFER_UPKEEP, link_of
from notifications.contexts import (
    MailDraft,
    context_of,
    mailbox_of,
    offer_link,
    office_link,
    task_link,
)
from notifications.coverage import ANONYMOUS_KINDS, WITHDRAWAL, WITHOUT_ANSWER, NoticeQuestion, is_covered
from notifications.mailer import Mailer, PermanentFailure, TemporaryFailure, UnknownOutcome
from notifications.rendering import render
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.errors import UnknownMunicipality
from process_models.look_again import day_at
from process_models.messages import Deliveries, Delivery, SendNotice, SendNotices
from process_models.planning import make_plan
from store.catalogues import Catalogues
from store.database import Database
from store.digests import lose_sight
from store.errors import DatabaseAway, PersonErased
from store.handovers import get_handover, item_of
from store.links import add_link, keep_only, revoke_link
from store.notices import NoticeStatus, claim_notice, get_notice, settle_notice, was_told
from store.paths import get_path, load_case
from store.tables import Handover, Notice
from store.tenants import get_tenant

LINK_DAYS: Final = 90
"""How long a link lives if nothing ends it earlier; the next reminder replaces it, the end of the task revokes it."""
HEARTBEAT_SECONDS: Final = 3.0
"""How often a mail under way says that its worker lives: a dead one is noticed after three missed beats."""

_ANSWER_DAYS: Final = {"offer": "receipt_due_on", "escalation_e1": "next_level_on", "escalation_e2": "next_level_on"}
"""Which day of the ladder a mail about a handover names."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Concern:
    """What a notice is about, at the moment at which it is to leave."""

    case: Case | None
    handover: Handover | None
    now: datetime


class NotificationActivities:
    """Sends notices."""

    def __init__(self, database: Database, mailer: Mailer, catalogues: Catalogues, public_url: str) -> None:
        self._database = database
        self._mailer = mailer
        self._catalogues = catalogues
        self._public_url = public_url
        self._digests = Digests(database, mailer, catalogues, self._claim)

    @activity.defn(name="notice.send")
    async def send_notices(self, message: SendNotices) -> Deliveries:
        """Sends notices one after the other: after a crash at most one of them is unclear, and the rest goes on."""
        sent = [await self.send_notice(SendNotice(notice_id=one, now=message.now)) for one in message.notice_ids]
        return Deliveries(deliveries=tuple(sent))

    async def send_notice(self, message: SendNotice) -> Delivery:
        """Sends a notice if consent or statute covers it at this moment; says what became of it.

        A failure is an answer, not an error: the path tries again on its own timer.
        Errors: DatabaseAway, NoticeNotFound.
        """
        under_way = asyncio.ensure_future(self._send(message))
        while not under_way.done():
            activity.heartbeat()
            # The worker may shut down meanwhile. Dropping a mail under way would leave an outcome that nobody knows.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([under_way], timeout=HEARTBEAT_SECONDS)
        return under_way.result()

    async def _send(self, message: SendNotice) -> Delivery:
        together = await self._digests.takes(message)
        async with self._database.transaction() as session:
            claimed = None if together else await self._claim(session, message)
            if claimed is None:
                notice = await get_notice(session, message.notice_id)
                await lose_sight(session, notice, message.now)
                return Delivery(notice_id=notice.id, status=_status_of(notice))
        outcome = await self._deliver(claimed, message.now)
        NOTICES.labels(claimed.notice.kind, outcome.status).inc()
        await self._settle(message, outcome, claimed.token)
        return Delivery(notice_id=message.notice_id, status=outcome.status)

    # ------------------------------------------------------------ first transaction: ours to send, and allowed now

    async def _claim(self, session: AsyncSession, message: SendNotice) -> Claimed | None:
        """The notice, if it is ours to send and may leave now; otherwise its row says why not.

        The path is locked before the notice, in the order of a withdrawal: either the withdrawal is seen here, or it
        waits and then counts this notice as in flight.
        """
        waiting = await get_notice(session, message.notice_id)
        case = await self._case_of(session, waiting)
        notice = await claim_notice(session, waiting.id, message.now)
        if notice is None:
            return None
        handover = await get_handover(session, notice.handover_id, None) if notice.handover_id else None
        day = day_at(message.now)
        if not await self._may_leave(session, notice, case, handover, day):
            await settle_notice(session, notice.id, "cancelled", "not_covered", None, message.now)
            return None
        return await self._address(session, notice, _Concern(case, handover, message.now))

    async def _case_of(self, session: AsyncSession, notice: Notice) -> Case | None:
        if notice.path_id is None:
            return None
        try:
            return await load_case(session, self._database.keyring, notice.path_id)
        except PersonErased:
            return None

    async def _may_leave(
        self, session: AsyncSession, notice: Notice, case: Case | None, handover: Handover | None, day: date
    ) -> bool:
        """Mails of no path are anonymous; an agency hears of a withdrawal only if it was told of the offer."""
        if notice.path_id is None:
            return notice.kind in ANONYMOUS_KINDS
        if case is None:
            return False
        if notice.kind == WITHDRAWAL and not await was_told(session, notice):
            return False
        item = item_of(handover) if handover else None
        catalogue = await self._catalogue_of(session, notice)
        return is_covered(NoticeQuestion(notice.kind, notice.recipient, day, item), case, catalogue)

    async def _catalogue_of(self, session: AsyncSession, notice: Notice) -> Catalogue:
        if notice.path_id is None:
            return await self._catalogues.of_tenant(session, notice.tenant_id)
        return await self._catalogues.of_path(session, await get_path(session, notice.path_id, None))

    async def _address(self, session: AsyncSession, notice: Notice, concern: _Concern) -> Claimed:
        handover, now = concern.handover, concern.now
        path = await get_path(session, notice.path_id, None) if notice.path_id else None
        place = path.municipality if path else (await get_tenant(session, notice.tenant_id)).municipality
        try:
            catalogue = await self._catalogue_of(session, notice)
            municipality = catalogue.municipality(place)
        except UnknownMunicipality:
            return Claimed(notice)
        mailbox = mailbox_of(municipality, notice.recipient, notice.agency)
        if mailbox is None:
            return Claimed(notice)
        notice.message_id = self._mailer.message_id_of(notice.id)
        number, due_on = path.case_number if path else "", notice.due_on or _answer_day(notice, concern, catalogue)
        draft = MailDraft(notice.id, now, number, due_on, _about(notice))
        if mailbox.audience not in ("agency", "head"):
            draft = replace(draft, link=office_link(self._public_url))
        if notice.kind == OFFER_UPKEEP:
            return Claimed(notice, municipality, mailbox, await self._to_the_offer(session, notice, draft))
        if path is None or handover is None or mailbox.audience != "agency" or not _has_to_answer(notice, handover):
            return Claimed(notice, municipality, mailbox, draft)
        until = day_at(now) + timedelta(days=LINK_DAYS)
        token = await add_link(session, handover.id, notice.agency, until, now)
        draft = replace(draft, link=task_link(self._public_url, token), link_until=until)
        return Claimed(notice, municipality, mailbox, draft, token)

    async def _to_the_offer(self, session: AsyncSession, notice: Notice, draft: MailDraft) -> MailDraft:
        found = await link_of(session, notice)
        if found is None:
            return draft
        token, until = found
        return replace(draft, link=offer_link(self._public_url, token), link_until=until)

    # ------------------------------------------------------------ outside of any transaction: the mail itself

    async def _deliver(self, claimed: Claimed, now: datetime) -> Outcome:
        notice, mailbox, draft = claimed.notice, claimed.mailbox, claimed.draft
        if mailbox is None or draft is None or claimed.municipality is None:
            return Outcome("permanent-failure", "no_mailbox")
        try:
            mail = render(notice.kind, context_of(draft, mailbox, claimed.municipality))
        except (ValueError, TemplateError):
            return Outcome("permanent-failure", "content_invalid")
        try:
            await self._mailer.send(mail)
        except TemporaryFailure as failure:
            return once_more(notice, failure, now)
        except PermanentFailure as failure:
            return Outcome("permanent-failure", failure.error_class)
        except UnknownOutcome as failure:
            return Outcome("unclear", failure.error_class)
        return Outcome("delivered")

    # ------------------------------------------------------------ second transaction: what became of it

    async def _settle(self, message: SendNotice, outcome: Outcome, token: str) -> None:
        for pause in SETTLE_PAUSES:
            try:
                return await self._write(message, outcome, token)
            except DatabaseAway:
                await asyncio.sleep(pause)
        return await self._write(message, outcome, token)

    async def _write(self, message: SendNotice, outcome: Outcome, token: str) -> None:
        async with self._database.transaction() as session:
            await settle_notice(
                session, message.notice_id, outcome.status, outcome.error_class, outcome.next_try_at, message.now
            )
            if token and outcome.status == "delivered":
                await keep_only(session, token, message.now)
            elif token and outcome.status != "unclear":
                await revoke_link(session, token, message.now)
        _log.info("notice %s: %s %s", message.notice_id, outcome.status, outcome.error_class)


def _about(notice: Notice) -> str:
    """Every mail to the same reader about the same thing moves one calendar entry; meetings have one each."""
    if notice.path_id is not None:
        return f"{notice.path_id}:{notice.subject}:{notice.recipient}:{notice.agency}"
    return f"{notice.tenant_id}:{notice.subject}:{notice.recipient}:{notice.due_on}"


def _answer_day(notice: Notice, concern: _Concern, catalogue: Catalogue) -> date | None:
    """The day by which the ladder expects an answer to this mail; None where the mail asks for none."""
    if notice.kind not in _ANSWER_DAYS or concern.case is None or concern.handover is None:
        return None
    planned = make_plan(concern.case, concern.now, catalogue).handovers
    code, trigger_on = concern.handover.code, concern.handover.trigger_on
    found = next((one for one in planned if (one.code, one.trigger_on) == (code, trigger_on)), None)
    return getattr(found, _ANSWER_DAYS[notice.kind]) if found else None


def _has_to_answer(notice: Notice, handover: Handover) -> bool:
    """Only who has to answer gets a link: heads of unit and the sender get none, a withdrawal opens nothing."""
    return notice.kind not in WITHOUT_ANSWER and notice.agency == handover.to_agency


def _status_of(notice: Notice) -> NoticeStatus:
    return cast(NoticeStatus, notice.status)
