"""Who gets a mail and what it may say: from the configuration of a municipality to the few values of a `MailContext`.

Mailboxes are functional ones of the configuration, never of a person; no record is read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from notifications.labels import CASE_MANAGEMENT, HEAD_OF_UNIT
from notifications.rendering import Audience, MailContext
from notifications.words import words
from process_models.configuration import Language
from process_models.names import BODY_ROLES, CASE_MANAGER, HEAD_OF_UNIT_SUFFIX
from process_models.rules import Agency, Municipality

COORDINATOR: Final = "coordinator"
BODY_OF_ROLE: Final = {role: kind for kind, role in BODY_ROLES.items()}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A functional mailbox: where a mail goes, how it addresses the reader, in what capacity and language they read."""

    address: str
    title: str
    audience: Audience
    language: Language = "de"


def mailbox_of(municipality: Municipality, recipient: str, agency_id: str = "") -> Mailbox | None:
    """The mailbox of a role or of an agency; None if the configuration has none."""
    found: Mailbox | None
    spoken = municipality.mail_language
    if recipient == CASE_MANAGER:
        found = Mailbox(municipality.case_manager_mail, f"{CASE_MANAGEMENT} {municipality.title}", "office", spoken)
    elif recipient == COORDINATOR:
        found = Mailbox(municipality.coordinating_mail, municipality.coordinating_unit, "office", spoken)
    elif recipient in BODY_OF_ROLE:
        found = _mailbox_of_body(municipality, recipient)
    else:
        found = _mailbox_of_agency(municipality, recipient, agency_id)
    return found if found and found.address else None


def _mailbox_of_body(municipality: Municipality, role: str) -> Mailbox | None:
    body = next((body for body in municipality.bodies if body.kind == BODY_OF_ROLE[role]), None)
    return Mailbox(body.mail, body.title, "body", body.language) if body else None


def _mailbox_of_agency(municipality: Municipality, recipient: str, agency_id: str) -> Mailbox | None:
    agency = _agency(municipality, recipient.removesuffix(HEAD_OF_UNIT_SUFFIX), agency_id)
    if agency is None:
        return None
    if recipient.endswith(HEAD_OF_UNIT_SUFFIX):
        head = words(agency.language).gettext(HEAD_OF_UNIT)
        return Mailbox(agency.head_mail, f"{agency.title}, {head}", "head", agency.language)
    return Mailbox(agency.mail, agency.title, "agency", agency.language)


def _agency(municipality: Municipality, kind: str, agency_id: str) -> Agency | None:
    """The agency of this id; it has to be of the kind that the notice names, or a mail would go astray."""
    return next((agency for agency in municipality.agencies if (agency.id, agency.kind) == (agency_id, kind)), None)


@dataclass(frozen=True, slots=True)
class MailDraft:
    """What a notice contributes to its mail. `case_number` is empty in anonymous mails, `link` where none is due."""

    key: str
    now: datetime
    case_number: str = ""
    due_on: date | None = None
    about: str = ""
    """What `due_on` is about, for the reader's calendar; names no person and leaves as a hash."""
    link: str = ""
    link_until: date | None = None
    code: str = field(default="", repr=False)
    code_minutes: int = 0


def context_of(draft: MailDraft, mailbox: Mailbox, municipality: Municipality) -> MailContext:
    """The values of a mail. Errors: ValueError if one of them has no place in a mail."""
    return MailContext(
        to=mailbox.address,
        key=draft.key,
        written_at=draft.now,
        addressee=mailbox.title,
        office=municipality.coordinating_unit,
        audience=mailbox.audience,
        language=mailbox.language,
        case_number=draft.case_number,
        link=draft.link,
        due_on=draft.due_on,
        about=draft.about,
        link_until=draft.link_until,
        code=draft.code,
        code_minutes=draft.code_minutes,
    )


def task_link(public_url: str, token: str) -> str:
    """The page of a task; the token is all that opens it."""
    return f"{public_url.rstrip('/')}/l/{token}"


def offer_link(public_url: str, token: str) -> str:
    """The page on which the owner of an offer confirms it; nothing on it is about a person."""
    return f"{public_url.rstrip('/')}/o/{token}"


def office_link(public_url: str) -> str:
    """The entrance for people of the office; what they look for they find by the case number, after a login."""
    return f"{public_url.rstrip('/')}/"
