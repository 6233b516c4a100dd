"""Sending one mail over SMTP, and telling apart what can be tried again, what is lost for good and what nobody knows.

Knows neither records nor rules. Error classes are codes: the words of a mail server may carry addresses and go nowhere.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException
from aiosmtplib.response import SMTPResponse

from notifications.message import ComposedMessage, MessageInvalid, compose, domain_of, message_id
from notifications.rendering import RenderedMail

_GO_AHEAD: Final = 354
_DONE: Final = 250
_LINE_STARTS_WITH_DOT: Final = re.compile(rb"(?m)^\.")
_PATIENCE_AT_QUIT: Final = 2.0
_LOST: Final = (SMTPException, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the mail server. `timeout`: seconds for each answer; `start_tls` on means required."""

    host: str
    port: int
    start_tls: bool = False
    username: str = ""
    password: str = ""
    sender: str = "KIM-Lotse <kim@localhost>"
    timeout: float = 15.0

    def __repr__(self) -> str:
        """Without the password."""
        return f"SmtpSettings(host={self.host!r}, port={self.port}, start_tls={self.start_tls})"


class DeliveryFailure(Exception):
    """A mail was not delivered, or nobody knows. `error_class` is a code such as `smtp_451`."""

    def __init__(self, error_class: str) -> None:
        super().__init__(error_class)
        self.error_class = error_class


class TemporaryFailure(DeliveryFailure):
    """Nothing was taken; the same mail may be tried again later."""


class PermanentFailure(DeliveryFailure):
    """Nothing was taken and trying again does not help."""


class UnknownOutcome(DeliveryFailure):
    """The mail was handed over in full, but the answer of the server was lost: it may have arrived."""


class Mailer:
    """Sends rendered mails, each on its own connection. Errors: MessageInvalid if the sender is not one mailbox."""

    def __init__(self, settings: SmtpSettings) -> None:
        domain_of(settings.sender)
        self._settings = settings

    def __repr__(self) -> str:
        """Without secrets."""
        return f"Mailer({self._settings!r})"

    def message_id_of(self, key: str) -> str:
        """Message-ID under which the mail of this notice leaves, at every attempt."""
        return message_id(key, domain_of(self._settings.sender))

    async def send(self, mail: RenderedMail) -> None:
        """Returns when the server has taken the mail.

        Errors: TemporaryFailure, PermanentFailure, UnknownOutcome. Trouble with our own server, login or sender address
        is temporary, also with 5xx: it says nothing about the recipient, and nobody's mail is given up for it.
        """
        try:
            message = compose(mail, self._settings.sender)
        except MessageInvalid:
            raise PermanentFailure("message_invalid") from None
        client = self._client()
        try:
            await self._introduce(client, message)
            await self._write(client, message.content)
            with suppress(*_LOST):
                await client.quit(timeout=_PATIENCE_AT_QUIT)
        finally:
            client.close()

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            start_tls=settings.start_tls,
            username=settings.username or None,
            password=settings.password or None,
            timeout=settings.timeout,
            local_hostname="localhost",
        )

    async def _introduce(self, client: SMTP, message: ComposedMessage) -> None:
        """Everything until the server waits for the text; all of it together may take four answers' time."""
        try:
            async with asyncio.timeout(4 * self._settings.timeout):
                await self._connect(client, message.sender)
                await client.rcpt(message.recipient)
                _expect(_GO_AHEAD, await client.execute_command(b"DATA"))
        except SMTPResponseException as error:
            raise _refusal(error.code) from None
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        except _LOST:
            raise TemporaryFailure("connection_lost") from None

    async def _connect(self, client: SMTP, sender: str) -> None:
        try:
            await client.connect()
            await client.ehlo()
            await client.mail(sender)
        except SMTPResponseException as error:
            raise TemporaryFailure(f"connect_{error.code}") from None

    async def _write(self, client: SMTP, content: bytes) -> None:
        """Text and final dot leave together: from here on only an answer of the server says what became of them."""
        protocol = client.protocol
        if protocol is None or not protocol.is_connected:
            raise TemporaryFailure("connection_lost")
        protocol.write(_LINE_STARTS_WITH_DOT.sub(b"..", content) + b".\r\n")
        try:
            _expect(_DONE, await protocol.read_response(timeout=self._settings.timeout))
        except SMTPResponseException as error:
            if error.code < 400:
                raise UnknownOutcome("reply_unreadable") from None
            raise _refusal(error.code) from None
        except TimeoutError:
            raise UnknownOutcome("reply_timeout") from None
        except _LOST:
            raise UnknownOutcome("reply_lost") from None


def _expect(code: int, response: SMTPResponse) -> None:
    if response.code != code:
        raise SMTPResponseException(response.code, "")


def _refusal(code: int) -> DeliveryFailure:
    """4xx may pass, 5xx will not. Anything else is not SMTP: another try may meet a saner server."""
    if 500 <= code < 600:
        return PermanentFailure(f"smtp_{code}")
    return TemporaryFailure(f"smtp_{code}")
