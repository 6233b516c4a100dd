"""Each thing that a mail server can do leads to the right word for it: taken, try again, given up, nobody knows."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from notifications.mailer import Mailer, PermanentFailure, SmtpSettings, TemporaryFailure, UnknownOutcome
from notifications.rendering import RenderedMail, render
from tests.notifications.samples import context
from tests.notifications.scripted_smtp import HANG_UP, SILENCE, Script, scripted_server

MAIL = render("offer", context())


def mailer(port: int, *, start_tls: bool = False, username: str = "") -> Mailer:
    settings = SmtpSettings(
        "127.0.0.1", port, start_tls=start_tls, username=username, password="geheim", sender="kim@x.test", timeout=0.5
    )
    return Mailer(settings)


async def outcome(script: Script, mail: RenderedMail = MAIL) -> str:
    async with scripted_server(script):
        try:
            await mailer(script.port).send(mail)
        except TemporaryFailure as failure:
            return f"temporary {failure}"
        except PermanentFailure as failure:
            return f"permanent {failure}"
        except UnknownOutcome as failure:
            return f"unknown {failure}"
    return "delivered"


async def test_a_mail_that_the_server_takes_is_delivered_once_to_one_recipient() -> None:
    script = Script()
    assert await outcome(script) == "delivered"
    assert script.recipients == ["aufgaben@jobcenter.example.test"]
    assert len(script.texts) == 1
    assert b"KIM-7F3K-92QD" in script.texts[0]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (Script(rcpt="451 greylisted"), "temporary smtp_451"),
        (Script(rcpt="450 mailbox busy"), "temporary smtp_450"),
        (Script(rcpt="421 closing"), "temporary smtp_421"),
        (Script(data="452 no space"), "temporary smtp_452"),
        (Script(text=["451 try later"]), "temporary smtp_451"),
        (Script(rcpt="550 no such user"), "permanent smtp_550"),
        (Script(data="554 no"), "permanent smtp_554"),
        (Script(text=["552 too big"]), "permanent smtp_552"),
        (Script(mail="550 sender unknown"), "temporary connect_550"),
        (Script(rcpt=HANG_UP), "temporary connection_lost"),
        (Script(rcpt=SILENCE), "temporary timeout"),
        (Script(data=HANG_UP), "temporary connection_lost"),
        (Script(data=SILENCE), "temporary timeout"),
        (Script(text=[HANG_UP]), "unknown reply_lost"),
        (Script(text=[SILENCE]), "unknown reply_timeout"),
        (Script(text=["hello?"]), "unknown reply_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_answer_of_the_server_has_its_class(script: Script, expected: str) -> None:
    assert await outcome(script) == expected


async def test_nobody_at_the_port_is_temporary(unused_port: int) -> None:
    with pytest.raises(TemporaryFailure, match="connection_lost"):
        await mailer(unused_port).send(MAIL)


async def test_a_server_without_tls_gets_no_mail_where_tls_is_required() -> None:
    async with scripted_server(Script()) as script:
        with pytest.raises(TemporaryFailure):
            await mailer(script.port, start_tls=True).send(MAIL)
    assert (script.recipients, script.texts) == ([], [])


async def test_a_mail_travels_over_tls_to_a_server_that_is_trusted(
    own_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate))
    async with scripted_server(Script(tls=server_tls(own_certificate))) as script:
        await mailer(script.port, start_tls=True).send(MAIL)
    assert len(script.texts) == 1


async def test_a_server_with_an_unknown_certificate_gets_no_mail(own_certificate: Path) -> None:
    async with scripted_server(Script(tls=server_tls(own_certificate))) as script:
        with pytest.raises(TemporaryFailure, match="connection_lost"):
            await mailer(script.port, start_tls=True).send(MAIL)
    assert (script.recipients, script.texts) == ([], [])


async def test_a_server_that_insists_on_tls_is_not_the_fault_of_the_recipient(own_certificate: Path) -> None:
    async with scripted_server(Script(tls=server_tls(own_certificate))) as script:
        with pytest.raises(TemporaryFailure, match="connect_530"):
            await mailer(script.port).send(MAIL)


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_server_that_offers_no_login_is_a_temporary_trouble_of_our_own() -> None:
    async with scripted_server(Script()) as script:
        with pytest.raises(TemporaryFailure):
            await mailer(script.port, username="kim").send(MAIL)
    assert script.texts == []


async def test_an_invalid_address_never_reaches_the_server() -> None:
    script = Script()
    assert await outcome(script, render("offer", context(to="a@x.test, b@evil.test"))) == "permanent message_invalid"
    assert script.recipients == []


async def test_a_line_with_a_single_dot_does_not_end_the_mail() -> None:
    script = Script()
    mail = render("offer", context(office="."))
    assert "\n.\n" in mail.text
    assert await outcome(script, mail) == "delivered"
    assert script.texts == [script.texts[0]]
    assert b"</html>" in script.texts[0]


async def test_ten_mails_side_by_side_all_arrive() -> None:
    mails = [render("offer", context(key=f"k{number}")) for number in range(10)]
    async with scripted_server(Script()) as script:
        await asyncio.gather(*(mailer(script.port).send(mail) for mail in mails))
    assert len(script.texts) == 10


def test_neither_settings_nor_failures_show_secrets_or_addresses() -> None:
    shown = repr(mailer(25, username="kim")) + repr(SmtpSettings("h", 1, password="geheim"))
    assert "geheim" not in shown


async def test_the_words_of_the_server_go_nowhere() -> None:
    async with scripted_server(Script(rcpt="550 aufgaben@jobcenter.example.test is unknown")) as script:
        with pytest.raises(PermanentFailure) as failure:
            await mailer(script.port).send(MAIL)
    assert str(failure.value) == "smtp_550"
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__
