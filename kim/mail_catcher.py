"""A mail server for demo and tests that keeps every mail and shows it on a small page. It never sends anything on.

Loopback only: caught mails carry valid links. Start: `python -m kim.mail_catcher`; production has a real mail server.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware.trustedhost import TrustedHostMiddleware

LOOPBACK: Final = "127.0.0.1"
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_STRICT: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "mail_catcher_pages"), undefined=StrictUndefined, autoescape=True
)


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail as its recipient would read it."""

    number: int
    to: str
    subject: str
    date: str
    message_id: str
    text: str
    html: str
    links: tuple[str, ...]


class Mailbox:
    """Every mail that came, in order; each also lies in the directory as an .eml file. Handler of aiosmtpd."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.mails = [_read(int(file.stem), file.read_bytes()) for file in sorted(directory.glob("[0-9]*.eml"))]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keeps the mail; aiosmtpd calls it by this name."""
        content = envelope.original_content or b""
        number = self.mails[-1].number + 1 if self.mails else 1
        (self._directory / f"{number:06d}.eml").write_bytes(content)
        self.mails.append(_read(number, content))
        return "250 angenommen"

    def find(self, number: int) -> CaughtMail | None:
        """The mail of this number, if any."""
        return next((mail for mail in self.mails if mail.number == number), None)


def _read(number: int, content: bytes) -> CaughtMail:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    text = _part(message, "plain")
    return CaughtMail(
        number=number,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        message_id=str(message.get("Message-ID", "")),
        text=text,
        html=_part(message, "html"),
        links=tuple(dict.fromkeys(_LINK.findall(text))),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part else ""


@asynccontextmanager
async def catch_mail(mailbox: Mailbox, port: int = 0) -> AsyncIterator[int]:
    """Takes mail by SMTP on loopback as long as the block runs; gives the port (0 = any free one)."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="localhost", loop=loop), LOOPBACK, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


def create_pages(mailbox: Mailbox) -> FastAPI:
    """The page: a list, each mail as text and as HTML, everything as JSON. Reading only."""
    app = FastAPI(title="Mailfänger", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])

    @app.get("/", response_class=HTMLResponse)
    async def list_mails() -> Response:
        return _page("list.html", mails=list(reversed(mailbox.mails)))

    @app.get("/mails.json")
    async def list_as_json() -> list[dict[str, object]]:
        return [asdict(mail) for mail in mailbox.mails]

    @app.get("/mails/{number}", response_class=HTMLResponse)
    async def show_mail(number: int) -> Response:
        return _page("mail.html", mail=_existing(mailbox, number))

    @app.get("/mails/{number}/html", response_class=HTMLResponse)
    async def show_html(number: int) -> Response:
        return _answer(_existing(mailbox, number).html)

    @app.get("/healthz")
    async def alive() -> dict[str, int]:
        return {"mails": len(mailbox.mails)}

    return app


def _existing(mailbox: Mailbox, number: int) -> CaughtMail:
    mail = mailbox.find(number)
    if mail is None:
        raise HTTPException(404, "Diese Mail gibt es nicht")
    return mail


def _page(template: str, **values: object) -> Response:
    return _answer(_PAGES.get_template(template).render(values))


def _answer(html: str) -> Response:
    return HTMLResponse(html, headers={"Content-Security-Policy": _STRICT, "Cache-Control": "no-store"})


class _Server(uvicorn.Server):
    """Ends with exit code 0 on SIGTERM: the signal is the normal end here, not to be raised again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(directory: Path, smtp_port: int, http_port: int) -> None:
    """Catches mail and shows it until SIGINT or SIGTERM."""
    mailbox = Mailbox(directory)
    config = uvicorn.Config(
        create_pages(mailbox), host=LOOPBACK, port=http_port, log_level="warning", access_log=False, lifespan="off"
    )
    async with catch_mail(mailbox, smtp_port):
        await _Server(config).serve()


def command(
    directory: Annotated[Path, typer.Option(help="Ordner für die Mails (.eml)")],
    smtp_port: Annotated[int, typer.Option(help="Port für SMTP")] = 2525,
    http_port: Annotated[int, typer.Option(help="Port für die Seite")] = 8025,
) -> None:
    """Fängt Mails der Vorführung auf und zeigt sie."""
    asyncio.run(serve(directory, smtp_port, http_port))


if __name__ == "__main__":
    typer.run(command)
