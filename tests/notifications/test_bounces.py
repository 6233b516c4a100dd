"""Delivery reports: read whatever strangers send, match by an identity nobody can guess, act once."""

from __future__ import annotations

import io
import mailbox
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select
from typer.testing import CliRunner

from kim.mail.bounce import messages_in, take
from kim.main import app
from notifications.bounces import LARGEST, BounceReport, read_report
from process_models.catalogue import catalogue
from process_models.planning import make_plan
from process_models.settling import settle
from store.bounces import delayed_notices
from store.mail_tables import Bounce
from store.notices import send_again
from store.paths import load_case
from store.scope import Scope
from store.tables import Notice, Outbox
from tests.notifications.office import DAY, H01, KEYRING, NOW, P1, P2, TENANT, Office
from tests.notifications.reports import report

OURS = f"<{'0af3' * 8}@x.test>"
EXCHANGE = f"""\
From: postmaster@behoerde.example.org
To: kim@x.test
Subject: Unzustellbar
In-Reply-To: {OURS}
References: {OURS}
Message-ID: <e1@behoerde.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="=_x"

--=_x
Content-Type: text/plain; charset="utf-8"

Fehler.

--=_x
Content-Type: message/delivery-status

Reporting-MTA: dns; ex.behoerde.example.org

Original-recipient: rfc822;eingang@behoerde.example.org
Final-recipient: rfc822;eingang@behoerde.example.org
Action: failed
Status: 5.2.2
--=_x--
"""


async def sent(office: Office) -> Notice:
    """An offer that the mail server took."""
    await office.record(P1, P2)
    await office.hand_over(H01, "jobcenter-rkn")
    notice = await office.notice("offer", "jobcenter")
    assert await office.send(notice) == "delivered"
    return await office.row(notice)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("content", "outcome", "status"),
    [
        (report(OURS), "permanent", "5.1.1"),
        (report(OURS, returned="text/rfc822-headers"), "permanent", "5.1.1"),
        (report(OURS, action="delayed", status="4.4.1"), "temporary", "4.4.1"),
        (report(OURS, action="failed", status="4.4.7"), "temporary", "4.4.7"),
        (EXCHANGE.encode(), "permanent", "5.2.2"),
    ],
    ids=["Postfix", "headers only", "delayed", "given up after 4.x.x", "Exchange by its references"],
)
def test_a_report_says_which_mail_and_whether_it_is_lost(content: bytes, outcome: str, status: str) -> None:
    found = read_report(content)
    assert found is not None
    assert (found.message_ids, found.outcome, found.status) == ((OURS,), outcome, status)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Abwesend\r\n\r\nIch bin im Urlaub.",
        report(OURS, action="delivered", status="2.0.0"),
        report(OURS, action="relayed", status="2.0.0"),
        report("<1234@x.test>"),
        report(f"<{'0af3' * 8}@x.test"),
        report(OURS).replace(b"multipart/report", b"multipart/mixed"),
        report(OURS).replace(b"message/delivery-status", b"text/plain"),
    ],
    ids=[
        "nothing", "rubbish", "out of office", "delivered", "relayed", "a foreign mail", "a broken identity",
        "no report", "no status",
    ],
)  # fmt: skip
def test_whatever_else_comes_is_no_report(content: bytes) -> None:
    assert read_report(content) is None


def test_the_same_report_by_another_way_is_the_same_and_another_one_is_not() -> None:
    first, again, other = (
        read_report(content)
        for content in (report(OURS), b"Received: from a by b\r\n" + report(OURS), report(OURS, report="9.9"))
    )
    assert first
    assert again
    assert other
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_a_report_of_any_length_is_read_up_to_a_limit() -> None:
    assert read_report(b"X-Long: " + b"a" * LARGEST + report(OURS)) is None


@given(garbage=st.binary(max_size=400), at=st.integers(0, 1800), status=st.text(max_size=20))
@settings(max_examples=1500, deadline=None)
def test_no_message_of_a_stranger_breaks_the_reader(garbage: bytes, at: int, status: str) -> None:
    content = report(OURS, status=status)
    found = read_report(content[:at] + garbage + content[at:])
    assert found is None or isinstance(found, BounceReport)
    if found is not None:
        ours = content.index(OURS.encode())
        if not ours < at < ours + len(OURS):  # else it is another identifier, of which nobody knows anything
            assert found.message_ids == (OURS,)
        assert found.status == "" or found.status[0] in "245"


# ---------------------------------------------------------------- acting


async def test_a_mail_that_came_back_is_undeliverable_and_the_path_opens_a_task(office: Office) -> None:
    notice = await sent(office)
    assert await take(office.database, report(notice.message_id)) == "permanent"
    row = await office.row(notice)
    assert (row.status, row.error_class) == ("permanent-failure", "bounced_5.1.1")
    async with office.database.reading() as session:
        assert [news.path_id for news in await session.scalars(select(Outbox)) if news.state == "waiting"][-1:] == [
            office.path.id
        ]
        case = await load_case(session, KEYRING, office.path.id)
    assert notice.key in case.work.undeliverable
    settled = settle(case, NOW, catalogue())
    assert "clear_delivery" in {getattr(action, "kind", "") for action in settled.actions}
    assert make_plan(case, NOW, catalogue()).waiting


async def test_a_mail_that_is_late_is_noted_and_nothing_else_happens(office: Office) -> None:
    notice = await sent(office)
    before = office.path.facts_version
    assert await take(office.database, report(notice.message_id, action="delayed", status="4.4.1")) == "temporary"
    assert (await office.row(notice)).status == "delivered"
    async with office.database.reading() as session:
        scope = Scope(TENANT, "coordinator", DAY)
        assert [(one.id, bounce.status) for one, bounce in await delayed_notices(session, scope)] == [
            (notice.id, "4.4.1")
        ]
        assert await delayed_notices(session, Scope("muenster", "coordinator", DAY)) == []
        case = await load_case(session, KEYRING, office.path.id)
    assert case.work.undeliverable == frozenset()
    assert before == office.path.facts_version


async def test_the_same_report_twice_acts_once_even_after_the_mail_was_sent_again(office: Office) -> None:
    notice = await sent(office)
    content = report(notice.message_id)
    assert await take(office.database, content) == "permanent"
    async with office.database.transaction() as session:
        assert await send_again(session, notice.id, Scope(TENANT, "coordinator", DAY))
    assert await office.send(notice) == "delivered"
    assert await take(office.database, content) == "known"
    assert (await office.row(notice)).status == "delivered"
    assert await take(office.database, report(notice.message_id, report="2nd")) == "permanent"
    assert (await office.row(notice)).status == "permanent-failure"
    async with office.database.reading() as session:
        assert len(list(await session.scalars(select(Bounce)))) == 2


@pytest.mark.parametrize("status", ["created", "cancelled", "temporary-failure"])
async def test_a_mail_that_never_left_cannot_come_back(office: Office, status: str) -> None:
    notice = await sent(office)
    async with office.database.transaction() as session:
        row = await session.get(Notice, notice.id)
        assert row
        row.status = status
    await take(office.database, report(notice.message_id))
    assert (await office.row(notice)).status == status


async def test_who_does_not_know_the_identity_of_a_mail_changes_nothing(office: Office) -> None:
    notice = await sent(office)
    for guess in (OURS, f"<{notice.id}@x.test>", notice.message_id.replace("x.test", "y.test")):
        assert await take(office.database, report(guess)) == "foreign"
    assert (await office.row(notice)).status == "delivered"


async def test_nothing_that_a_stranger_wrote_is_kept(office: Office) -> None:
    notice = await sent(office)
    await take(office.database, report(notice.message_id, text="Zarathustra Beispielsdottir"))
    async with office.database.reading() as session:
        kept = str([row.model_dump() for row in await session.scalars(select(Bounce))])
    for word in ("Zarathustra", "jobcenter", "unknown", "mx.example.org"):
        assert word not in kept


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize("kind", ["file", "mbox", "maildir", "input"])
def test_every_source_gives_its_messages(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = report(OURS), report(OURS, report="9.9")
    source = tmp_path / kind
    if kind == "file":
        source.write_bytes(one)
    elif kind == "input":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(one)))
    else:
        box: mailbox.Mailbox[mailbox.Message] = {"mbox": mailbox.mbox, "maildir": mailbox.Maildir}[kind](source)  # type: ignore[abstract, assignment]
        for content in (one, other):
            box.add(content)
        box.close()
    name = "-" if kind == "input" else str(source)
    found = [read_report(content) for content in messages_in(name)]
    assert all(found)
    assert len(found) == (1 if kind in ("file", "input") else 2)
    if kind == "maildir":
        assert list(messages_in(name)) == []
        assert len(mailbox.Maildir(source)) == 2


def test_the_command_tells_counts_and_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_file: Path
) -> None:
    monkeypatch.setenv("KIM_DATABASE_URL", f"sqlite+aiosqlite:///{migrated_file}")
    file = tmp_path / "report.eml"
    file.write_bytes(report(OURS))
    answer = CliRunner().invoke(app, ["mail", "bounce", str(file)])
    assert (answer.exit_code, answer.output) == (0, "1 gelesen: 1 ohne Bezug zu einer Mitteilung\n")


def test_a_source_that_does_not_exist_is_refused() -> None:
    assert CliRunner().invoke(app, ["mail", "bounce", "/nowhere/at/all"]).exit_code == 66


def test_without_records_the_mail_server_keeps_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIM_DATABASE_URL", "postgresql+psycopg://kim@127.0.0.1:1/kim")
    file = tmp_path / "report.eml"
    file.write_bytes(report(OURS))
    assert CliRunner().invoke(app, ["mail", "bounce", str(file)]).exit_code == 75
