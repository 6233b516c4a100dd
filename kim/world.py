"""A whole KIM-Lotse in one process: records, API, relay, worker and a mail server on loopback.

For simulation, measurements and tests; production runs the same parts as processes of their own.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import httpx2
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client

from activities.news import NewsRelay, always
from api.app import create_app
from api.services import ApiOptions
from kim.local import ports
from kim.simulate.stage import Access
from notifications.mailer import Mailer, SmtpSettings
from process_models.catalogue import Catalogue, load_catalogue
from process_models.names import TASK_QUEUE
from store.access import create_token
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring
from worker import Parts, working

PUBLIC_URL = "http://kim.test"
SENDER = "kim-lotse@kim.test"
MakeDatabase = Callable[[str, Keyring], Database]


@dataclass
class Mailbox:
    """An SMTP handler that keeps what it accepts, and answers as it was told to."""

    mails: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """Answers for the next mails, first one first; "250" when empty."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keeps the mail if the answer is yes."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content))
        return answer

    def to(self, address: str) -> list[Message]:
        """The mails to this address."""
        return [mail for mail in self.mails if address in str(mail["To"])]


@dataclass
class World:
    """The running parts."""

    client: Client
    database: Database
    catalogue: Catalogue
    http: httpx2.AsyncClient
    mailbox: Mailbox
    news: NewsRelay
    parts: Parts
    environment: dict[str, str]
    """The variables `KIM_...` with which a process of its own joins this world."""

    async def access(self) -> Access:
        """How a stage reaches this world."""
        async with self.database.transaction() as session:
            token = await create_token(session, "admin", "simulation", None, datetime.now(UTC), timedelta(days=1))
        return Access(self.http, self.client, token)


@contextlib.asynccontextmanager
async def whole_world(
    directory: Path,
    client: Client,
    *,
    mailbox: Mailbox | None = None,
    url: str | None = None,
    max_cached_workflows: int = 500,
) -> AsyncIterator[World]:
    """Everything together, worker and relay running; a fresh SQLite file in `directory`, or the database at `url`."""
    async with idle_world(directory, client, mailbox=mailbox, url=url) as world:
        parts = replace(world.parts, max_cached_workflows=max_cached_workflows)
        async with working(parts):
            yield world


@contextlib.asynccontextmanager
async def idle_world(
    directory: Path,
    client: Client,
    *,
    mailbox: Mailbox | None = None,
    url: str | None = None,
    make_database: MakeDatabase = Database,
) -> AsyncIterator[World]:
    """Everything together except worker and relay, which the caller starts (`worker.working`)."""
    url = url or f"sqlite+aiosqlite:///{directory / 'kim.db'}"
    upgrade(url)
    key = secrets.token_bytes(KEY_BYTES)
    database = make_database(url, Keyring({"k1": key}, "k1"))
    mailbox = mailbox or Mailbox()
    async with _closing(database):
        with _smtp(mailbox) as port:
            parts = Parts(
                client=client,
                database=database,
                catalogue=load_catalogue(),
                mailer=Mailer(SmtpSettings(host=ports.LOOPBACK, port=port, start_tls=False, sender=SENDER)),
                news=NewsRelay(always(client), database),
                public_url=PUBLIC_URL,
                task_queue=TASK_QUEUE,
            )
            async with _http(parts) as http:
                environment = _environment(client, url, key, port)
                yield World(client, database, parts.catalogue, http, mailbox, parts.news, parts, environment)


@contextlib.asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[None]:
    """Closes the records when the block is left, in whatever way."""
    try:
        yield
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _http(parts: Parts) -> AsyncIterator[httpx2.AsyncClient]:
    """A caller of the API inside this process."""
    app = create_app(parts.database, parts.catalogue, parts.news, ApiOptions(postbox=parts.mailer))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL, timeout=30) as http:
        yield http


def _environment(client: Client, url: str, key: bytes, smtp_port: int) -> dict[str, str]:
    free = [str(port) for port in ports.free_ports(4)]
    names = ("KIM_API_PORT", "KIM_METRICS_PORT", "KIM_WORKER_METRICS_PORT", "KIM_WORKER_HEALTH_PORT")
    return dict(zip(names, free, strict=True)) | {
        "KIM_DATABASE_URL": url,
        "KIM_MASTER_KEY": base64.b64encode(key).decode(),
        "KIM_TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "KIM_TEMPORAL_NAMESPACE": client.namespace,
        "KIM_SMTP_HOST": ports.LOOPBACK,
        "KIM_SMTP_PORT": str(smtp_port),
        "KIM_MAIL_FROM": SENDER,
        "KIM_PUBLIC_URL": PUBLIC_URL,
    }


@contextlib.contextmanager
def _smtp(mailbox: Mailbox) -> Iterator[int]:
    """A real SMTP server on a free loopback port."""
    controller = Controller(mailbox, hostname=ports.LOOPBACK, port=ports.free_ports(1)[0])
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
