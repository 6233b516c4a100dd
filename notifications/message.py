"""A rendered mail as the bytes that leave: fixed headers, one recipient, and a check of the final bytes.

No transport here. No text of a user ever reaches a header; the check at the end does not rely on that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from notifications.calendar_entry import published
from notifications.rendering import RenderedMail, one_line

HEADERS: Final = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-KIM-Key",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
"""Every header of a mail, in order; another name or another count is never sent."""

ATTACHMENT: Final = "kim-termin.ics"

_ADDRESS: Final = re.compile(
    r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/_{|}~-]{0,63}@"
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_SENDER: Final = re.compile(r"(?P<name>[^<>@,;:\"\\]+) <(?P<mailbox>[^<>]+)>")


class MessageInvalid(ValueError):
    """The composed message is not what was meant: a foreign header, a second recipient, an invalid address."""


@dataclass(frozen=True, slots=True)
class ComposedMessage:
    """The bytes of one mail with its envelope."""

    sender: str
    recipient: str
    message_id: str
    content: bytes


def checked_address(address: str) -> str:
    """The address, if it is exactly one plain mailbox. Errors: MessageInvalid."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise MessageInvalid("not exactly one plain mailbox")
    return address


def message_id(key: str, domain: str) -> str:
    """Message-ID of a notice: the same for every attempt, so that the receiver can drop a second copy."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def domain_of(sender: str) -> str:
    """Domain of the sender's mailbox. Errors: MessageInvalid."""
    return _sender_of(sender)[1].partition("@")[2]


def compose(mail: RenderedMail, sender: str) -> ComposedMessage:
    """Composes a mail from `sender` ("Name <mailbox>" or a mailbox). Errors: MessageInvalid."""
    name, mailbox = _sender_of(sender)
    recipient = checked_address(mail.to)
    identity = message_id(mail.key, domain_of(sender))
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{mailbox}>" if name else mailbox
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = identity
    message["X-KIM-Key"] = sha256(mail.key.encode()).hexdigest()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if mail.entry is not None:
        message.add_attachment(
            published(mail.entry, mailbox),
            subtype="calendar",
            charset="utf-8",
            cte="quoted-printable",
            filename=ATTACHMENT,
            params={"method": "PUBLISH"},
        )
    message["Content-Language"] = (
        mail.language
    )  # set last: making the parts moves every Content- header into the first part
    content = message.as_bytes()
    check_headers(content, recipient, mail.subject)
    return ComposedMessage(mailbox, recipient, identity, content)


def check_headers(content: bytes, recipient: str, subject: str) -> None:
    """Reads the final bytes as a receiver does: known headers once each, this one recipient, this subject.

    Errors: MessageInvalid. Some interpreters write line breaks out of encoded words (CVE-2024-6923).
    """
    head, separator, _ = content.partition(b"\r\n\r\n")
    if not separator or re.search(rb"(?<!\r)\n|\r(?!\n)", head):
        raise MessageInvalid("broken line ends in the headers")
    fields = [line.partition(b":") for line in re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n")]
    names = sorted(name.decode("ascii", "replace") for name, _, _ in fields)
    if names != sorted(HEADERS):
        raise MessageInvalid("other headers than expected")
    values = {name.decode(): value.strip().decode("ascii", "replace") for name, _, value in fields}
    if values["To"] != recipient:
        raise MessageInvalid("another recipient than expected")
    if str(make_header(decode_header(values["Subject"]))) != subject:
        raise MessageInvalid("another subject than expected")


def _sender_of(sender: str) -> tuple[str, str]:
    """Display name and mailbox. `email.utils.parseaddr` would quietly take the first of two addresses."""
    found = _SENDER.fullmatch(sender) or re.fullmatch("(?P<name>)(?P<mailbox>.*)", sender)
    if found is None:
        raise MessageInvalid("the sender is not one mailbox")
    try:
        return one_line(found["name"].strip()), checked_address(found["mailbox"])
    except ValueError:
        raise MessageInvalid("the sender is not one mailbox") from None
