"""The mail catcher keeps every mail, shows it, and acts on nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx2
import pytest

from kim.local.ports import wait_for_port
from kim.mail_catcher import Mailbox, catch_mail, create_pages
from notifications.mailer import Mailer, SmtpSettings
from notifications.rendering import KINDS, render
from tests.notifications.samples import context


async def catch(directory: Path, *keys: str) -> Mailbox:
    mailbox = Mailbox(directory)
    async with catch_mail(mailbox) as port:
        mailer = Mailer(SmtpSettings("127.0.0.1", port, sender="kim@x.test", timeout=2))
        for key in keys:
            await mailer.send(render("offer", context(key=key)))
    return mailbox


def browser(mailbox: Mailbox, host: str = "127.0.0.1") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(create_pages(mailbox)), base_url=f"http://{host}")


async def test_a_caught_mail_lies_in_the_directory_and_is_found_again_after_a_restart(tmp_path: Path) -> None:
    await catch(tmp_path, "k1", "k2")
    assert sorted(os.listdir(tmp_path)) == ["000001.eml", "000002.eml"]
    again = await catch(tmp_path, "k3")
    assert [mail.number for mail in again.mails] == [1, 2, 3]
    assert len({mail.message_id for mail in again.mails}) == 3


async def test_the_json_gives_recipient_subject_text_html_and_links(tmp_path: Path) -> None:
    async with browser(await catch(tmp_path, "k1")) as client:
        [mail] = (await client.get("/mails.json")).json()
    assert mail["to"] == "aufgaben@jobcenter.example.test"
    assert mail["subject"] == "KIM-Lotse: Neue Aufgabe zum Vorgang KIM-7F3K-92QD"
    assert mail["links"] == ["http://127.0.0.1:8000/l/0123456789abcdef"]
    assert "Guten Tag," in mail["text"]
    assert mail["html"].startswith("<!doctype html>")


async def test_the_pages_show_the_list_the_mail_and_its_html_and_let_nothing_run(tmp_path: Path) -> None:
    async with browser(await catch(tmp_path, "k1")) as client:
        pages = [await client.get(path) for path in ("/", "/mails/1", "/mails/1/html")]
    for page in pages:
        assert page.status_code == 200
        assert "KIM-7F3K-92QD" in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert 'sandbox=""' in pages[1].text


async def test_without_mails_the_page_says_so_and_an_unknown_mail_is_absent(tmp_path: Path) -> None:
    async with browser(Mailbox(tmp_path)) as client:
        assert "Noch keine Mail" in (await client.get("/")).text
        assert (await client.get("/mails/1")).status_code == 404


async def test_a_page_of_another_host_cannot_read_the_mails(tmp_path: Path) -> None:
    async with browser(await catch(tmp_path, "k1"), host="evil.test") as client:
        assert (await client.get("/mails.json")).status_code == 400


async def test_a_mail_with_markup_in_its_subject_is_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / "000001.eml").write_bytes(b"Subject: <script>alert(1)</script>\r\nTo: a@x.test\r\n\r\n<b>x</b>\r\n")
    async with browser(Mailbox(tmp_path)) as client:
        for path in ("/", "/mails/1"):
            assert "<script>" not in (await client.get(path)).text


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_mail_reads_after_its_way_through_smtp_as_it_was_rendered(
    kind: str, tmp_path: Path
) -> None:
    mailbox, mail = Mailbox(tmp_path), render(kind, context())
    async with catch_mail(mailbox) as port:
        await Mailer(SmtpSettings("127.0.0.1", port, sender="KIM-Lotse <kim@x.test>")).send(mail)
    [caught] = mailbox.mails
    assert (caught.subject, caught.text.replace("\r\n", "\n")) == (mail.subject, mail.text)
    assert caught.html.replace("\r\n", "\n").strip() == mail.html.strip()


async def test_the_program_serves_both_ports_and_ends_with_zero_on_sigterm(
    tmp_path: Path, unused_ports: list[int]
) -> None:
    smtp_port, http_port = unused_ports
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kim.mail_catcher", "--smtp-port", str(smtp_port), "--http-port", str(http_port),
        "--directory", str(tmp_path), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        mail = render("offer", context())
        await until_it_answers(smtp_port)
        await until_it_answers(http_port)
        await Mailer(SmtpSettings("127.0.0.1", smtp_port, sender="kim@x.test")).send(mail)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{http_port}") as client:
            assert len((await client.get("/mails.json")).json()) == 1
    finally:
        program.send_signal(signal.SIGTERM)
        _, complaints = await asyncio.wait_for(program.communicate(), 10)
    assert (program.returncode, complaints) == (0, b"")


async def until_it_answers(port: int) -> None:
    assert await asyncio.to_thread(wait_for_port, f"127.0.0.1:{port}", lambda: True, 20)
