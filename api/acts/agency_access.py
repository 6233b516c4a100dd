"""The door of an agency: what the link alone shows, the code that is mailed to its mailbox, and the visit it opens.

Nothing personal passes here; what is behind the door stands in `agency_answers`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import structlog
from jinja2 import TemplateError
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.agency_links import Found, by_token
from api.acts.telling import call_off
from api.acts.writing import Call, Sent, Writing, keep_sent, sent_before
from api.services import Services
from notifications.contexts import MailDraft, context_of, mailbox_of
from notifications.mailer import DeliveryFailure, UnknownOutcome
from notifications.rendering import RenderedMail, render
from process_models.look_again import day_at
from process_models.planning import plan_of_day
from process_models.work import TaskItem
from store.agency_codes import LIFETIME, add_code, may_ask, settle_code, use_code
from store.agency_visits import OPENED, note_deed, open_visit
from store.links import hash_token
from store.scope import Scope
from store.tasks import open_task

CODE_MAIL: Final = "access_code"
PATIENCE_SECONDS: Final = 10.0
"""How long somebody waits for the mail server before the page says what is known."""
WRONG_RECIPIENT: Final = "wrong_recipient"
"""Kind of the task of the office to find the right mailbox."""

Asked = Literal["sent", "just_sent", "unclear", "failed", "too_often"]

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """What the link alone shows: whose task it is, until when, and whom to ask. Neither person nor procedure."""

    case_number: str
    agency: str
    state: str
    answer_by: date | None
    valid_until: date
    unit: str
    contact: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A visit that was opened: its id stands in the address, its token in a cookie of that address."""

    visit_id: str
    token: str


async def see_door(tools: Services, token: str) -> Door:
    """What the link alone shows. Changes nothing. Errors: LinkInvalid."""
    async with tools.database.reading() as session:
        return _door(await by_token(tools, session, token))


async def ask_for_code(tools: Services, token: str) -> Asked:
    """Mails a code to the registered mailbox of the agency, and says what became of it. Errors: LinkInvalid.

    A second request within a minute asks for nothing new. The code is kept as a keyed digest only, so the mail leaves
    from here and at once; it waits in no queue.
    """
    async with tools.database.transaction() as session:
        found = await by_token(tools, session, token)
        may = await may_ask(session, found.link, tools.now())
        if may != "yes":
            return may
        code = f"{secrets.randbelow(10**6):06d}"
        row = await add_code(session, found.link, _digest(tools, code), tools.now())
        await writing_of(tools, session, found).audit("agency.code", found.row.code, found.path)
    state, error_class = await _post(tools, _letter(tools, found, row.id, code))
    async with tools.database.transaction() as session:
        await settle_code(session, row.id, state, error_class)
    _log.info("access_code", state=state, error_class=error_class, handover_id=found.row.id)
    return state


async def enter(tools: Services, token: str, code: str, sent: Sent | None = None) -> Entered | None:
    """Opens a visit if this is the code; None for a code that does not hold, whatever the reason. Errors: LinkInvalid.

    The try counts in any case. The same form sent twice opens one visit, and both answers lead into it: its token is
    made from the key of the form, and kept nowhere.
    """
    secret = _visit_token(tools, token, code, sent) if sent else ""
    async with tools.database.transaction() as session:
        found = await by_token(tools, session, token)
        if kept := await sent_before(session, _actor(token), sent):
            return Entered(str(kept.body["visit"]), secret)
        if not await use_code(session, found.link.id, _digest(tools, code), tools.now()):
            return None
        visit, secret = await open_visit(session, found.link, tools.now(), secret)
        await note_deed(session, found.deed(OPENED))
        await writing_of(tools, session, found).audit("agency.opened", found.row.code, found.path)
        await keep_sent(session, _actor(token), sent, {"visit": visit.id})
    return Entered(visit.id, secret)


async def report_wrong_recipient(tools: Services, token: str, sent: Sent | None = None) -> None:
    """Whoever got the mail says that it is not for them: the link ends, and the office has a task. Errors: LinkInvalid.

    No code is asked for: nobody shall have to read what is not meant for them in order to say so. The same form sent
    twice acts once.
    """
    async with tools.database.transaction() as session:
        if await sent_before(session, _actor(token), sent):
            return
        found = await by_token(tools, session, token)
        await wrong_recipient(writing_of(tools, session, found), found)
        await keep_sent(session, _actor(token), sent, {})
    tools.news.wake()


async def wrong_recipient(writing: Writing, found: Found) -> None:
    """Ends the links of the handover and the mails that wait, and opens the task of the office."""
    today = day_at(found.moment)
    await note_deed(writing.session, found.deed(WRONG_RECIPIENT))
    await call_off(writing, found.row)
    task = TaskItem(f"{WRONG_RECIPIENT}:{found.row.code}", WRONG_RECIPIENT, found.row.code, today)
    await open_task(writing.session, found.path, task)
    await writing.audit("agency.wrong_recipient", found.row.code, found.path)
    await writing.receipt(found.path)


def writing_of(tools: Services, session: AsyncSession, found: Found, key: str = "", fingerprint: str = "") -> Writing:
    """What an act of an agency works with; its actor is the link."""
    scope = Scope(found.tenant.id, "agency", day_at(tools.now()))
    call = Call(f"link:{found.link.id}", "agency", found.tenant.id, key, fingerprint, scope)
    return Writing(session, tools, call, found.tenant, tools.now(), found.catalogue)


def _door(found: Found) -> Door:
    plan = plan_of_day(found.case, found.moment, found.catalogue)
    planned = next((one for one in plan.handovers if one.code == found.row.code), None)
    due = (planned.receipt_due_on if found.row.state == "offered" else planned.next_level_on) if planned else None
    return Door(
        case_number=found.path.case_number,
        agency=found.agency,
        state=found.row.state,
        answer_by=due if found.item.awaits_answer else None,
        valid_until=found.link.expires_on,
        unit=found.municipality.coordinating_unit,
        contact=found.municipality.coordinating_mail,
    )


def _actor(token: str) -> str:
    return f"door:{hash_token(token)}"


def _visit_token(tools: Services, token: str, code: str, sent: Sent) -> str:
    """The same for the same form, and to be had by nobody who lacks link, code, the form's key or our own key."""
    text = f"visit {token} {code} {sent.key}"
    return hmac.new(tools.options.cookie_key, text.encode(), hashlib.sha256).hexdigest()


def _digest(tools: Services, code: str) -> Callable[[str], str]:
    """A six-digit code can be guessed from a plain hash; without the key of the installation it cannot."""

    def of_row(row_id: str) -> str:
        return hmac.new(tools.options.cookie_key, f"access code {row_id} {code}".encode(), hashlib.sha256).hexdigest()

    return of_row


def _letter(tools: Services, found: Found, key: str, code: str) -> RenderedMail | None:
    """The mail with the code; None if the agency has no mailbox, or the configuration has words for no mail."""
    mailbox = mailbox_of(found.municipality, found.row.to_kind, found.link.agency)
    if mailbox is None:
        return None
    minutes = int(LIFETIME.total_seconds()) // 60
    draft = MailDraft(f"code:{key}", tools.now(), found.path.case_number, code=code, code_minutes=minutes)
    try:
        return render(CODE_MAIL, context_of(draft, mailbox, found.municipality))
    except (ValueError, TemplateError):
        return None


async def _post(tools: Services, letter: RenderedMail | None) -> tuple[Literal["sent", "unclear", "failed"], str]:
    """Sends the mail within the patience of somebody who waits; what is not known is called unclear."""
    if letter is None or tools.options.postbox is None:
        return "failed", "no_mailbox" if letter is None else "no_mail_server"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await tools.options.postbox.send(letter)
    except UnknownOutcome as failure:
        return "unclear", failure.error_class
    except DeliveryFailure as failure:
        return "failed", failure.error_class
    except TimeoutError:
        return "unclear", "timeout"
    return "sent", ""
