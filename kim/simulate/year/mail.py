"""The mail server of the simulated year: takes every mail, except while a mailbox is out of order.

Rendering and what becomes of a failure are the product's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from activities.upkeep import OFFER_UPKEEP
from notifications.mailer import Mailer, PermanentFailure, SmtpSettings
from notifications.rendering import RenderedMail
from process_models.look_again import day_at

_LINK: Final = re.compile(r"/o/([\w-]+)")


@dataclass(frozen=True, slots=True)
class Broken:
    """A mailbox that refuses every mail between two days, both included."""

    address: str
    since: date
    until: date


@dataclass
class _Post:
    now: Callable[[], datetime]
    broken: tuple[Broken, ...]
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    questions: list[str] = field(default_factory=list)
    """Tokens of the links by which owners of offers are asked, the oldest first."""


class YearMailer(Mailer):
    """Counts mails by address instead of sending them. Errors: PermanentFailure while a mailbox is out of order."""

    def __init__(self, now: Callable[[], datetime], broken: tuple[Broken, ...] = ()) -> None:
        super().__init__(SmtpSettings("localhost", 25, sender="kim-lotse@kim.test"))
        self.post = _Post(now, broken)

    async def send(self, mail: RenderedMail) -> None:
        """Takes the mail or refuses it for good."""
        post = self.post
        day = day_at(post.now())
        if any(one.address == mail.to and one.since <= day <= one.until for one in post.broken):
            post.refused[mail.to] += 1
            raise PermanentFailure("smtp_550")
        post.taken[mail.to] += 1
        if mail.kind == OFFER_UPKEEP:
            post.questions += _LINK.findall(mail.text)[:1]

    def take_questions(self) -> list[str]:
        """What owners of offers have been asked since the last time."""
        taken, self.post.questions = self.post.questions, []
        return taken
