"""Digests: mails that may wait are put off to the reader's morning and leave together, in one mail a reader and day.

Whichever path wakes first carries all of them; nobody else is needed to drive it. What did not leave goes alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from jinja2 import TemplateError
from sqlalchemy.ext.asyncio import AsyncSession

from activities.claims import SETTLE_PAUSES, Claimed, Outcome, once_more
from notifications.contexts import MailDraft, context_of
from notifications.digests import DIGEST, DIGESTED, digest_key, digest_time, waits_until
from notifications.labels import KINDS_IN_WORDS
from notifications.mailer import Mailer, PermanentFailure, TemporaryFailure, UnknownOutcome
from notifications.rendering import RenderedMail, TaskLine, render
from process_models.errors import UnknownMunicipality
from process_models.look_again import day_at
from process_models.messages import SendNotice
from process_models.rules import Municipality
from store.catalogues import Catalogues
from store.database import Database
from store.digests import Reader, count_open_before, due_lines, is_carried, put_off, settle_carried, tell_paths
from store.errors import DatabaseAway
from store.links import keep_only, revoke_link
from store.notices import NewNotice, claim_notice, get_notice, make_notice, settle_notice
from store.tables import Notice
from store.tenants import get_tenant

Claim = Callable[[AsyncSession, SendNotice], Awaitable[Claimed | None]]
ALONE: Final = "lines_alone"
"""Why a digest was called off: its mails leave one by one."""


@dataclass(frozen=True, slots=True)
class _Gathered:
    """A digest that is ours to send, with the notices that it carries."""

    row: Notice
    lines: tuple[Claimed, ...]
    open_before: int = 0


class Digests:
    """Puts mails off and sends them together."""

    def __init__(self, database: Database, mailer: Mailer, catalogues: Catalogues, claim: Claim) -> None:
        self._database = database
        self._mailer = mailer
        self._catalogues = catalogues
        self._claim = claim

    async def takes(self, message: SendNotice) -> bool:
        """True if the notice waits for a digest or was carried by one; False if it has to leave by itself."""
        async with self._database.reading() as session:
            notice = await get_notice(session, message.notice_id)
            if notice.status == "sending":
                return await is_carried(session, notice)
            municipality = await self._place_of(session, notice)
        at = digest_time(municipality, notice.recipient, notice.agency) if municipality else None
        if municipality is None or at is None:
            return False
        if notice.next_try_at is None:
            return await self._put_off(notice, municipality, at, message.now)
        return notice.next_try_at > message.now or await self._send(message)

    async def _put_off(self, notice: Notice, municipality: Municipality, at: time, now: datetime) -> bool:
        until = waits_until(notice.kind, notice.due_on, at, now, municipality.product_calendar)
        if until is None:
            return False
        async with self._database.transaction() as session:
            await put_off(session, notice.id, until)
        return True

    async def _send(self, message: SendNotice) -> bool:
        async with self._database.transaction() as session:
            notice = await get_notice(session, message.notice_id)
            gathered = await self._gather(session, notice, message.now)
            if gathered is None:
                return await is_carried(session, await get_notice(session, notice.id))
        if gathered.lines:
            outcome = await self._deliver(gathered, message.now)
            await self._settle(gathered, outcome, message.now)
        return True

    async def _place_of(self, session: AsyncSession, notice: Notice) -> Municipality | None:
        """The municipality of a notice that may wait: a new one, never tried, of a real tenant."""
        untouched = (notice.status, notice.attempts, notice.message_id) == ("created", 0, "")
        if not untouched or notice.path_id is None or notice.kind not in DIGESTED:
            return None
        tenant = await get_tenant(session, notice.tenant_id)
        if tenant.simulated:
            return None
        try:
            return (await self._catalogues.of_tenant(session, tenant.id)).municipality(tenant.municipality)
        except UnknownMunicipality:
            return None

    async def _gather(self, session: AsyncSession, notice: Notice, now: datetime) -> _Gathered | None:
        """Claims everything that is due for this reader. None if the digest of the day was made before."""
        reader = Reader(notice.tenant_id, notice.recipient, notice.agency)
        day = day_at(now)
        key = digest_key(reader.tenant_id, reader.recipient, reader.agency, day)
        new = NewNotice(key, reader.tenant_id, DIGEST, notice.id, reader.recipient, day, reader.agency)
        row = await make_notice(session, new, now)
        if row is None or await claim_notice(session, row.id, now) is None:
            return None
        row.message_id = self._mailer.message_id_of(row.id)
        found = [
            await self._claim(session, SendNotice(notice_id=line.id, now=now))
            for line in await due_lines(session, reader, DIGESTED, now)
        ]
        lines = tuple(line for line in found if line is not None)
        for line in lines:
            line.notice.message_id = row.message_id
        if not lines:
            await settle_notice(session, row.id, "cancelled", "nothing_left", None, now)
        carried = [line.notice.handover_id for line in lines if line.notice.handover_id]
        open_before = await count_open_before(session, reader, carried) if reader.agency else 0
        return _Gathered(row, lines, open_before)

    async def _deliver(self, gathered: _Gathered, now: datetime) -> Outcome:
        mail = _rendered(gathered, now)
        if isinstance(mail, Outcome):
            return mail
        try:
            await self._mailer.send(mail)
        except TemporaryFailure as failure:
            return once_more(gathered.lines[0].notice, failure, now)
        except PermanentFailure as failure:
            return Outcome("permanent-failure", failure.error_class)
        except UnknownOutcome as failure:
            return Outcome("unclear", failure.error_class)
        return Outcome("delivered")

    async def _settle(self, gathered: _Gathered, outcome: Outcome, now: datetime) -> None:
        for pause in SETTLE_PAUSES:
            try:
                return await self._write(gathered, outcome, now)
            except DatabaseAway:
                await asyncio.sleep(pause)
        return await self._write(gathered, outcome, now)

    async def _write(self, gathered: _Gathered, outcome: Outcome, now: datetime) -> None:
        """One transaction for all: no task is lost between two of them. What failed, its paths look at."""
        async with self._database.transaction() as session:
            if outcome.status == "temporary-failure":
                await settle_notice(session, gathered.row.id, "cancelled", ALONE, None, now)
            carried = await settle_carried(session, gathered.row.message_id, outcome, now)
            for line in gathered.lines:
                if line.token and outcome.status == "delivered":
                    await keep_only(session, line.token, now)
                elif line.token and outcome.status != "unclear":
                    await revoke_link(session, line.token, now)
            if outcome.status != "delivered":
                await tell_paths(session, carried)


def _rendered(gathered: _Gathered, now: datetime) -> RenderedMail | Outcome:
    first = gathered.lines[0]
    if first.mailbox is None or first.municipality is None:
        return Outcome("permanent-failure", "no_mailbox")
    context = context_of(MailDraft(gathered.row.id, now), first.mailbox, first.municipality)
    tasks = tuple(_task(line) for line in gathered.lines)
    try:
        filled = context.model_copy(update={"tasks": tasks, "open_before": gathered.open_before})
        return render(DIGEST, filled)
    except (ValueError, TemplateError):
        return Outcome("permanent-failure", "content_invalid")


def _task(line: Claimed) -> TaskLine:
    assert line.draft is not None
    kind = KINDS_IN_WORDS[line.notice.kind]
    return TaskLine(kind=kind, case_number=line.draft.case_number, due_on=line.draft.due_on, link=line.draft.link)
