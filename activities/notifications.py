"""Sending one notice: claimed and checked in one transaction, sent, settled in another. At most one mail an attempt.

How a mail looks and travels stands in `notifications`; which notices exist was decided before.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import TemplateError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from notifications.contexts import (
    MailDraft,
    Mailbox,
    agenda_link,
    context_of,
    mailbox_of,
    path_link,
    task_link,
)
from notifications.coverage import ANONYMOUS_KIND, WITHDRAWAL, NoticeQuestion, is_covered
from notifications.mailer import Mailer, PermanentFailure, TemporaryFailure, UnknownOutcome
from notifications.rendering import render
from notifications.retries import next_try_at
from process_models.catalogue import Catalogue
from process_models.errors import UnknownMunicipality
from process_models.messages import Delivery, SendNotice
from process_models.rules import Municipality
from store.database import Database
from store.errors import DatabaseAway, PersonErased
from store.handovers import get_handover, item_of
from store.links import make_link
from store.notices import NoticeStatus, claim_notice, get_notice, settle_notice, was_told
from store.paths import get_path, load_case
from store.tables import Handover, Notice, Path
from store.tenants import get_tenant

BERLIN: Final = ZoneInfo("Europe/Berlin")
LINK_DAYS: Final = 90
"""How long a link lives if nothing ends it earlier; the next reminder replaces it, the end of the task revokes it."""
SETTLE_PAUSES: Final = (0.5, 3.0, 10.0)
"""Seconds between tries to write down an outcome that is known: losing it would make a clear case unclear."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notice, as it is written into its row."""

    status: NoticeStatus
    error_class: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is ours to send, with everything that its mail says. `mailbox` None: the configuration has none."""

    notice: Notice
    municipality: Municipality | None = None
    mailbox: Mailbox | None = None
    draft: MailDraft | None = None


class NotificationActivities:
    """Sends notices."""

    def __init__(self, database: Database, mailer: Mailer, catalogue: Catalogue, public_url: str) -> None:
        self._database = database
        self._mailer = mailer
        self._catalogue = catalogue
        self._public_url = public_url

    @activity.defn(name="notice.send")
    async def send_notice(self, message: SendNotice) -> Delivery:
        """Sends a notice if consent or statute covers it at this moment; says what became of it.

        A failure is an answer, not an error: the path tries again on its own timer. Only trouble with the records is raised.
        """
        under_way = asyncio.ensure_future(self._send(message))
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            # The worker shuts down. Dropping a mail that is under way would leave an outcome that nobody knows.
            return await under_way

    async def _send(self, message: SendNotice) -> Delivery:
        async with self._database.transaction() as session:
            claimed = await self._claim(session, message)
            if claimed is None:
                notice = await get_notice(session, message.notice_id)
                return Delivery(notice_id=notice.id, status=_status_of(notice))
        outcome = await self._deliver(claimed, message.now)
        await self._settle(message, outcome)
        return Delivery(notice_id=message.notice_id, status=outcome.status)
