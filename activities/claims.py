"""What sending a notice works with: a notice that is ours to send, and what became of it. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from notifications.contexts import Mailbox, MailDraft
from notifications.mailer import TemporaryFailure
from notifications.retries import next_try_at
from process_models.rules import Municipality
from store.notices import NoticeStatus
from store.tables import Notice

SETTLE_PAUSES: Final = (0.5, 3.0, 10.0)
"""Seconds between tries to write down an outcome that is known: losing it would make a clear case unclear."""


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
    token: str = field(default="", repr=False)
    """The task link of this mail, if it has one. The older one works until this mail has left."""


def once_more(notice: Notice, failure: TemporaryFailure, now: datetime) -> Outcome:
    """When it is tried again, or that it is given up."""
    again = next_try_at(notice.attempts, notice.created_at, now)
    if again is None:
        return Outcome("permanent-failure", f"given_up_{failure.error_class}")
    return Outcome("temporary-failure", failure.error_class, again)
