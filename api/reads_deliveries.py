"""Reading what became of mails: those that did not arrive, those that are late, missing mailboxes.

Case numbers, offices and codes; no person is named. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from api.caller import Caller
from api.services import Services
from notifications.contexts import mailbox_of
from process_models.catalogue import Catalogue
from process_models.rules import Municipality
from store.agency_codes import lost_codes
from store.bounces import delayed_notices
from store.notices import list_failed_notices
from store.tables import Notice
from store.tenants import get_tenant
from store.visible import case_numbers

_CODES_SHOWN: Final = timedelta(days=1)
"""A code that is older is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One mail that did not arrive, or may not have."""

    id: str
    case_number: str
    """Empty for mails of the bodies."""
    kind: str
    subject: str
    receiver: str
    agency: str
    """Id; empty for the own office and the bodies."""
    mailbox: str
    deputy: str
    """Mailbox of whoever stands in at the agency; empty if the configuration names none."""
    made_on: date
    status: str
    error_class: str


@dataclass(frozen=True, slots=True)
class Late:
    """One mail that a server reports as late."""

    case_number: str
    receiver: str
    kind: str
    status: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class LostCode:
    """A code that an agency asked for and that did not leave, or may not have arrived."""

    case_number: str
    receiver: str
    asked_at: datetime
    state: str
    error_class: str


@dataclass(frozen=True, slots=True)
class MissingMailbox:
    """An agency without a mailbox, or without one for its head of unit."""

    agency: str
    what: str


@dataclass(frozen=True, slots=True)
class DeliveriesSeen:
    """What did not arrive, what is late, and what could not be addressed."""

    failed: tuple[Undelivered, ...]
    agencies: tuple[tuple[str, str, int], ...]
    """Id, title and number of lost mails of every agency that lost some."""
    late: tuple[Late, ...]
    codes: tuple[LostCode, ...]
    missing: tuple[MissingMailbox, ...]


async def read_deliveries(tools: Services, caller: Caller) -> DeliveriesSeen:
    """Mails that did not arrive or may not have, late ones, and mailboxes that the configuration lacks."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        failed = await list_failed_notices(session, scope)
        delayed = await delayed_notices(session, scope)
        codes = await lost_codes(session, scope, tools.now() - _CODES_SHOWN)
        ids = [one.path_id for one in (*failed, *(notice for notice, _ in delayed))]
        ids += [row.path_id for _, row in codes]
        numbers = await case_numbers(session, scope, ids)
    config = catalogue.municipality(tenant.municipality)
    lines = tuple(_line(one, numbers.get(one.path_id or "", ""), config, catalogue) for one in failed)
    late = (
        Late(
            numbers.get(notice.path_id or "", ""),
            _receiver(notice, config, catalogue),
            notice.kind,
            bounce.status,
            bounce.received_at,
        )
        for notice, bounce in delayed
    )
    titles = {one.id: one.title for one in config.agencies}
    lost = (
        LostCode(
            numbers.get(row.path_id, ""),
            titles.get(code.agency, code.agency),
            code.created_at,
            code.state,
            code.error_class,
        )
        for code, row in codes
    )
    return DeliveriesSeen(lines, tuple(_by_agency(lines)), tuple(late), tuple(lost), tuple(_missing(config)))


def _line(notice: Notice, number: str, config: Municipality, catalogue: Catalogue) -> Undelivered:
    mailbox = mailbox_of(config, notice.recipient, notice.agency)
    deputies = {one.id: one.deputy_mail for one in config.agencies}
    return Undelivered(
        id=notice.id,
        case_number=number,
        kind=notice.kind,
        subject=notice.subject,
        receiver=_receiver(notice, config, catalogue),
        agency=notice.agency,
        mailbox=mailbox.address if mailbox else "",
        deputy=deputies.get(notice.agency, ""),
        made_on=notice.made_on,
        status=notice.status,
        error_class=notice.error_class,
    )


def _receiver(notice: Notice, config: Municipality, catalogue: Catalogue) -> str:
    mailbox = mailbox_of(config, notice.recipient, notice.agency)
    return mailbox.title if mailbox else catalogue.label(notice.recipient)


def _by_agency(lines: Iterable[Undelivered]) -> Iterable[tuple[str, str, int]]:
    lost = [line for line in lines if line.agency and line.status == "permanent-failure"]
    titles = {line.agency: line.receiver for line in lost}
    return ((agency, title, sum(line.agency == agency for line in lost)) for agency, title in sorted(titles.items()))


def _missing(config: Municipality) -> Iterable[MissingMailbox]:
    for agency in config.agencies:
        if not agency.mail:
            yield MissingMailbox(agency.title, "mail")
        elif not agency.head_mail:
            yield MissingMailbox(agency.title, "head_mail")
