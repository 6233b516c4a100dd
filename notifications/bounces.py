"""Delivery reports that come back by mail (RFC 3464): which of our mails they are about, and whether it is lost.

Reading only. Every byte comes from strangers: codes are taken over, words are not; what does not parse is no report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from typing import Final, Literal

Outcome = Literal["permanent", "temporary"]

LARGEST: Final = 1024 * 1024
"""Bytes that are read of a message: a report and the mail that it returns are far smaller."""
_OUR_ID: Final = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,253}>")
"""Identities of our mails; nobody who has not seen the mail can guess one."""
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RETURNED: Final = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_REPORTED: Final = ("message/delivery-status", "message/global-delivery-status")
_MOST_PARTS: Final = 50


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a report says: about which mails, for good or for now, with which code."""

    message_ids: tuple[str, ...]
    outcome: Outcome
    status: str
    fingerprint: str


def read_report(content: bytes) -> BounceReport | None:
    """The report in a message; None if it is none, or one of success, or about no mail of ours."""
    message = message_from_bytes(content[:LARGEST])
    if message.get_content_type() != "multipart/report":
        return None
    parts = _parts(message)
    said = _worst(block for part in parts if part.get_content_type() in _REPORTED for block in _blocks(part))
    ids = _ours(message, parts)
    if said is None or not ids:
        return None
    outcome, status = said
    return BounceReport(ids, outcome, status, _fingerprint(message, content))


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) == _MOST_PARTS:
            break
    return found


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a report: the first is about the message, each other one about a recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))


def _worst(blocks: Iterator[Message]) -> tuple[Outcome, str] | None:
    """A failure for good before one for now; a delivery that succeeded is no news."""
    found: dict[Outcome, str] = {}
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        code = _STATUS.search(str(block.get("Status", "")))
        status = code.group(1) if code else ""
        if action == "failed" and status.startswith("5"):
            found.setdefault("permanent", status)
        elif action in ("failed", "delayed"):
            found.setdefault("temporary", status)
    for outcome in ("permanent", "temporary"):
        if outcome in found:
            return outcome, found[outcome]
    return None


def _ours(message: Message, parts: list[Message]) -> tuple[str, ...]:
    """Identities that the returned mail names; some servers name them in the report's own references only."""
    texts = [str(message.get(name, "")) for name in ("In-Reply-To", "References")]
    for part in parts:
        if part.get_content_type() in _RETURNED:
            texts.extend(str(one.get("Message-ID", "")) for one in _blocks(part))
            texts.extend(_headers_in_text(part))
    return tuple(dict.fromkeys(found for text in texts for found in _OUR_ID.findall(text)))


def _headers_in_text(part: Message) -> list[str]:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return []
    head = message_from_bytes(payload)
    return [str(head.get("Message-ID", ""))]


def _fingerprint(message: Message, content: bytes) -> str:
    """The identity of the report; where it has none, everything that it says."""
    own = str(message.get("Message-ID", "")).strip().encode("utf-8", "replace")
    return sha256(own or content).hexdigest()
