# ruff: noqa: N802  # aiosmtpd calls its handlers by these names
"""A mail server whose answers a test writes down beforehand, with everything it was told. Loopback, free port.

`ScriptedServer` speaks SMTP by aiosmtpd; answers may be a reply line or a way to disappear.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

TAKE: Final = "250 taken"
HANG_UP: Final = "hang up"
SILENCE: Final = "silence"


@dataclass
class Script:
    """What the server answers at each step, and what it heard. `texts` holds only mails that it took in full."""

    mail: str = TAKE
    rcpt: str = TAKE
    data: str = "354 go ahead"
    text: list[str] = field(default_factory=list)
    """Answers after the final dot, one a mail; afterwards everything is taken."""
    texts: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    """Given: the server insists on STARTTLS."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody names a recipient."""
    port: int = 0

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answers MAIL FROM."""
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> Any:
        """Answers RCPT TO."""
        self.recipients.append(address)
        self.asked.set()
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return await _answer(server, self.rcpt)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> Any:
        """Answers the final dot."""
        answer = self.text.pop(0) if self.text else TAKE
        if answer in (TAKE, HANG_UP, SILENCE):
            self.texts.append(envelope.original_content or b"")
        return await _answer(server, answer)


class _Server(SMTP):
    """aiosmtpd that also follows the script between DATA and the text."""

    def __init__(self, script: Script) -> None:
        super().__init__(script, hostname="localhost", tls_context=script.tls, require_starttls=script.tls is not None)
        self._script = script

    async def smtp_DATA(self, arg: str) -> None:
        """Refuses or disappears before a text is sent, if the script says so."""
        if self._script.data.startswith("354"):
            await super().smtp_DATA(arg)
            return
        status = await _answer(self, self._script.data)
        if status is not MISSING:
            await self.push(status)


async def _answer(server: SMTP, answer: str) -> Any:
    if answer == HANG_UP:
        _disappear(server)
        return MISSING
    if answer == SILENCE:
        await asyncio.get_running_loop().create_future()
    return answer


def _disappear(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[Script]:
    """Runs the server as long as the block; `script.port` is its port."""
    loop = asyncio.get_running_loop()
    sessions: list[_Server] = []

    def session() -> _Server:
        sessions.append(_Server(script))
        return sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for one in sessions:
            _disappear(one)
        await server.wait_closed()
