"""An office for the tests of sending: records in a file, a path with consents, an offered handover, a mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final

from temporalio.testing import ActivityEnvironment

from activities.notifications import NotificationActivities
from notifications.mailer import Mailer, SmtpSettings
from process_models.catalogue import Catalogue, catalogue
from process_models.facts import Fact
from process_models.messages import SendNotice
from process_models.names import notice_key
from process_models.work import HandoverItem
from store.catalogues import Catalogues
from store.database import Database
from store.facts import add_facts
from store.handovers import save_item
from store.notices import NewNotice, get_notice, make_notice
from store.paths import NewPath, create_path
from store.sealing import Keyring
from store.tables import Handover, Notice, Path
from store.tenants import create_tenant
from tests.notifications.scripted_smtp import Script, scripted_server

TENANT: Final = "rhein-kreis-neuss"
DAY: Final = date(2022, 2, 14)
NOW: Final = datetime(2022, 2, 14, 8, 0, tzinfo=UTC)
KEYRING: Final = Keyring({"test": b"k" * 32}, current="test")
PUBLIC_URL: Final = "https://kim.example.org"
PERSON: Final = NewPath(
    tenant_id=TENANT,
    municipality=TENANT,
    place="meerbusch",
    born=date(1994, 3, 12),
    nationality="SY",
    name="Zarathustra Beispielsdottir",
)
ARRIVED: Final = (
    Fact("a02", "asylum.registered", date(2021, 5, 11), date(2021, 5, 11)),
    Fact("a04", "place.assigned", date(2021, 7, 6), date(2021, 7, 6), {"place": "meerbusch"}),
    Fact("a08", "asylum.decided", date(2022, 2, 11), date(2022, 2, 11), {"outcome": "refugee"}),
)
H01: Final = HandoverItem("H01", date(2022, 2, 11), "sozialamt", "jobcenter", offered_on=DAY)
H02: Final = HandoverItem("H02", date(2021, 7, 6), "bezirksregierung", "sozialamt", offered_on=DAY)
AGENCIES: Final = {
    "jobcenter": "jobcenter-rkn",
    "jobcenter_head": "jobcenter-rkn",
    "sozialamt": "sozialamt-meerbusch",
    "abh": "abh-rkn",
}


def consent(ref: str, purpose: str, recipient: str = "", categories: tuple[str, ...] = ()) -> Fact:
    """A written consent of that day."""
    data: dict[str, Any] = {"consent": ref, "purpose": purpose, "form": "written"}
    if recipient:
        data |= {"recipient": recipient, "categories": list(categories)}
    return Fact(f"given-{ref}", "consent.given", DAY, DAY, data)


def revocation(ref: str, on: date = DAY) -> Fact:
    """The withdrawal of a consent."""
    return Fact(f"revoked-{ref}", "consent.revoked", on, on, {"consent": ref})


P1: Final = consent("k1", "P1")
P2: Final = consent("k2", "P2", "jobcenter", ("residence", "benefits", "housing"))
P3: Final = consent("k3", "P3")
ABH: Final = consent("k5", "P2", "abh", ("residence", "benefits"))


@dataclass
class Office:
    """Everything that a test of sending touches."""

    database: Database
    script: Script
    path: Path
    handovers: dict[str, Handover] = field(default_factory=dict)
    now: datetime = NOW
    rules: Catalogue = field(default_factory=catalogue)

    async def record(self, *facts: Fact) -> None:
        """Writes facts into the file of the person."""
        async with self.database.transaction() as session:
            await add_facts(session, KEYRING, self.path, facts, "test", self.now)

    async def hand_over(self, item: HandoverItem, to_agency: str) -> Handover:
        """Writes a handover as it stands."""
        async with self.database.transaction() as session:
            self.handovers[item.code] = await save_item(session, self.path, item, to_agency)
        return self.handovers[item.code]

    async def notice(self, kind: str, recipient: str, handover: str | None = "H01", **changes: Any) -> Notice:
        """Makes a notice that waits to be sent."""
        columns: dict[str, Any] = {
            "key": notice_key(self.path.id, handover or "F01", kind, recipient),
            "tenant_id": TENANT,
            "kind": kind,
            "subject": handover or "F01",
            "recipient": recipient,
            "made_on": DAY,
            "agency": AGENCIES.get(recipient, ""),
            "due_on": date(2022, 2, 17),
            "path_id": self.path.id,
            "handover_id": self.handovers[handover].id if handover else None,
        }
        async with self.database.transaction() as session:
            made = await make_notice(session, NewNotice(**{**columns, **changes}), self.now)
        assert made is not None
        return made

    def activities(self, database: Database | None = None, *, timeout: float = 2.0) -> NotificationActivities:
        """The activities, pointed at the scripted server."""
        settings = SmtpSettings("127.0.0.1", self.script.port, sender="KIM-Lotse <kim@x.test>", timeout=timeout)
        return NotificationActivities(database or self.database, Mailer(settings), Catalogues(self.rules), PUBLIC_URL)

    async def send(self, notice: Notice, environment: ActivityEnvironment | None = None) -> str:
        """Runs the activity as a worker would; gives the status it answers with."""
        run = (environment or ActivityEnvironment()).run
        delivery = await run(self.activities().send_notice, SendNotice(notice_id=notice.id, now=self.now))
        assert delivery.notice_id == notice.id
        return delivery.status

    async def row(self, notice: Notice) -> Notice:
        """The notice as the records know it now."""
        async with self.database.reading() as session:
            return await get_notice(session, notice.id)

    @property
    def mails(self) -> list[EmailMessage]:
        """Mails that the server took, as their recipients read them."""
        parsed = [message_from_bytes(text, policy=default) for text in self.script.texts]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage, subtype: str = "plain") -> str:
    """A part of a mail as text."""
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


@asynccontextmanager
async def open_office(url: str, script: Script | None = None) -> AsyncIterator[Office]:
    """Records at this URL with a recognised person of Meerbusch who gave no consent yet, and a mail server."""
    database = Database(url, KEYRING)
    async with database.transaction() as session:
        await create_tenant(session, TENANT, TENANT, now=NOW)
        path = await create_path(session, KEYRING, PERSON, NOW)
    async with scripted_server(script or Script()) as server:
        office = Office(database, server, path)
        await office.record(*ARRIVED)
        yield office
    await database.close()
