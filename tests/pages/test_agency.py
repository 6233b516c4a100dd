"""The way of an agency clerk in a real browser, from the mail to the answer, with a real mail server in between."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser

from api.services import Services
from kim.local import ports
from kim.mail_catcher import Mailbox, catch_mail
from notifications.mailer import Mailer, SmtpSettings
from tests.api.clerk import Clerk, code_in
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.api.test_agency_link import NAME, offered
from tests.api.test_agency_task import NAMED, consented
from tests.notifications.scripted_smtp import SILENCE, Script, scripted_server
from tests.pages.browser import Guest

Guests = Callable[..., Awaitable[Guest]]
SENDER = "kim-lotse@kim.test"


def postbox(app: FastAPI, port: int, timeout: float = 3.0) -> None:
    """Gives the application a mail server."""
    services: Services = app.state.services
    settings = SmtpSettings(ports.LOOPBACK, port, start_tls=False, sender=SENDER, timeout=timeout)
    app.state.services = replace(services, options=replace(services.options, postbox=Mailer(settings)))


@pytest.fixture
async def caught(demo_app: FastAPI, tmp_path: Path) -> AsyncIterator[Mailbox]:
    """The mailbox of every agency."""
    mailbox = Mailbox(tmp_path / "mails")
    async with catch_mail(mailbox) as port:
        postbox(demo_app, port)
        yield mailbox


async def test_a_clerk_goes_from_the_mail_to_the_answer(office: Office, guest: Guests, caught: Mailbox) -> None:
    path_id, token = await offered(office, consented(*NAMED))
    clerk = await guest()
    await clerk.open(f"/l/{token}")
    await clerk.check()
    await clerk.press("Diese E-Mail ist bei uns falsch angekommen")
    await clerk.check()
    await clerk.press("Abbrechen")
    await clerk.press("Code anfordern")
    await clerk.check()
    await clerk.fill("Code aus der E-Mail", "12345")
    await clerk.press("Aufgabe öffnen")
    assert "Der Code hat sechs Ziffern." in await clerk.page.inner_text("main")
    await clerk.check()
    await clerk.fill("Code aus der E-Mail", code_in(caught.mails[-1].text))
    await clerk.press("Aufgabe öffnen")
    assert "/task/" in clerk.page.url
    assert token not in clerk.page.url
    text = await clerk.page.inner_text("main")
    for shown in (NAME, "12.03.1994", "BAMF-Bescheid", "Einwilligung vom 14.02.2022"):
        assert shown in text
    await clerk.page.locator("summary").click()
    await clerk.check()
    await clerk.press("Rückfrage stellen")
    await clerk.check()
    await clerk.press("Rückfrage absenden")
    assert "welche Unterlage fehlt" in await clerk.page.inner_text(".summary")
    await clerk.check()
    await clerk.page.get_by_label("Mietvertrag oder Gebührenbescheid").check()
    await clerk.press("Rückfrage absenden")
    assert "Ihre Rückfrage ist angekommen" in await clerk.page.inner_text("[role=status]")
    await clerk.press("Nicht zuständig")
    await clerk.check()
    await clerk.press("Abbrechen")
    await clerk.press("Ablehnen")
    await clerk.check()
    await clerk.fill("Grund der Ablehnung", "CAPACITY")
    await clerk.press("Ablehnen")
    assert "Die Übergabe ist abgelehnt." in await clerk.page.inner_text("main")
    assert NAME not in await clerk.page.content()
    await clerk.check()
    handover = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]
    assert (handover["state"], handover["first_opened_on"]) == ("refused", "2022-02-14")


@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
async def test_the_whole_way_works_without_javascript_and_at_320_pixels(
    office: Office, guest: Guests, caught: Mailbox, language: str
) -> None:
    words = {
        "de-DE": ("Code anfordern", "Code aus der E-Mail", "Aufgabe öffnen", "Annehmen", "Erledigt", "erledigt"),
        "en-GB": ("Request a code", "Code from the e-mail", "Open the task", "Accept", "Done", "done"),
    }[language]
    path_id, token = await offered(office, consented(*NAMED))
    clerk = await guest(javascript=False, language=language)
    await clerk.page.set_viewport_size({"width": 320, "height": 640})
    await clerk.open(f"/l/{token}")
    await clerk.press(words[0])
    await clerk.fill(words[1], code_in(caught.mails[-1].text))
    await clerk.press(words[2])
    assert NAME in await clerk.page.inner_text("main")
    for answer in words[3:5]:
        await clerk.press(answer)
    assert words[5] in await clerk.page.inner_text("main")
    clerk.assert_quiet()
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]["state"] == "completed"


async def test_a_double_click_acts_once(office: Office, guest: Guests, caught: Mailbox) -> None:
    path_id, token = await offered(office, consented(*NAMED))
    clerk = await guest()
    await clerk.open(f"/l/{token}")
    await clerk.named("Code anfordern").dblclick()
    await clerk.page.wait_for_url("**step=code")
    assert len(caught.mails) == 1
    await clerk.fill("Code aus der E-Mail", code_in(caught.mails[0].text))
    await clerk.press("Aufgabe öffnen")
    await clerk.named("Annehmen").dblclick()
    await clerk.page.get_by_role("status").wait_for()
    assert "Die Übergabe ist angenommen." in await clerk.page.inner_text("main")
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]["state"] == "accepted"


async def test_by_keyboard_alone(office: Office, guest: Guests, caught: Mailbox) -> None:
    _, token = await offered(office, consented(*NAMED))
    clerk = await guest()
    await clerk.open(f"/l/{token}")
    await clerk.named("Code anfordern").focus()
    await clerk.page.keyboard.press("Enter")
    await clerk.page.wait_for_url("**step=code")
    await clerk.page.get_by_label("Code aus der E-Mail").focus()
    await clerk.page.keyboard.type(code_in(caught.mails[-1].text))
    await clerk.page.keyboard.press("Enter")
    await clerk.page.wait_for_url("**/task/*")
    await clerk.named("Eingang bestätigen").focus()
    await clerk.page.keyboard.press("Space")
    await clerk.page.get_by_role("status").wait_for()
    assert "Der Eingang ist bestätigt." in await clerk.page.inner_text("main")


async def test_a_scanner_that_opens_everything_and_runs_scripts_changes_nothing(
    office: Office, guest: Guests, caught: Mailbox, chromium: Browser, served: str
) -> None:
    """As mail scanners do: the link again and again, every link on the pages, scrolling, scripts of its own."""
    _, token = await offered(office, consented(*NAMED))
    clerk = await guest()
    await clerk.open(f"/l/{token}")
    await clerk.press("Code anfordern")
    before, mails = await fingerprint(office), len(caught.mails)
    context = await chromium.new_context(bypass_csp=True, extra_http_headers={"Sec-Purpose": "prefetch"})
    page = await context.new_page()
    opened = 0
    try:
        while opened < 200:
            await page.goto(f"{served}/l/{token}")
            links: list[str] = await page.eval_on_selector_all("main a[href]", "all => all.map(one => one.href)")
            opened += 1 + await page.evaluate(_PROWL, [f"{served}/l/{token}", *links])
            for link in [one for one in links if one.startswith(served)]:
                await page.goto(link)
                await page.mouse.wheel(0, 2000)
                opened += 1
    finally:
        await context.close()
    assert await fingerprint(office) == before
    assert len(caught.mails) == mails


async def test_a_mail_server_that_hangs_gives_a_clear_page_soon(
    office: Office, guest: Guests, demo_app: FastAPI
) -> None:
    _, token = await offered(office)
    async with scripted_server(Script(rcpt=SILENCE)) as script:
        postbox(demo_app, script.port, timeout=0.5)
        clerk = await guest()
        await clerk.open(f"/l/{token}")
        await clerk.press("Code anfordern")
        assert "konnte gerade nicht verschickt werden" in await clerk.page.inner_text("[role=alert]")
        clerk.complaints = [one for one in clerk.complaints if "status of 503" not in one]
        await clerk.check()
    postbox(demo_app, ports.free_ports(1)[0], timeout=0.5)
    await clerk.press("Code anfordern")
    assert "konnte gerade nicht verschickt werden" in await clerk.page.inner_text("[role=alert]")


_PROWL = """async (addresses) => {
    let count = 0;
    for (const address of addresses.filter(one => one.startsWith(location.origin))) {
        for (const method of ["GET", "HEAD", "OPTIONS"]) {
            for (const mode of ["same-origin", "no-cors"]) {
                await fetch(address, { method, mode: method === "OPTIONS" ? "same-origin" : mode }).catch(() => 0);
                count += 1;
            }
        }
    }
    document.querySelectorAll("form").forEach(one => { one.checkValidity(); one.reset(); });
    return count;
}"""


async def fingerprint(office: Office) -> str:
    """One digest over every row of every table."""
    return hashlib.sha256(repr(await office.state()).encode()).hexdigest()


async def test_the_case_manager_sees_when_the_page_was_opened_and_which_documents_are_missing(
    office: Office, guest: Guests, caught: Mailbox, clerk: Callable[[str], Clerk]
) -> None:
    path_id, token = await offered(office, consented(*NAMED))
    manager = await guest()
    await manager.sign_in("demo-fallmanagement", MUNICIPALITY, wanted=f"/paths/{path_id}")
    assert "Noch nicht geöffnet." in await manager.page.inner_text("main")
    somebody = clerk(token)
    await somebody.ask()
    await somebody.enter(code_in(caught.mails[-1].text))
    await somebody.answer("query", documents=["D2"])
    await manager.open(f"/paths/{path_id}")
    text = await manager.page.inner_text("main")
    assert "Zuerst geöffnet am 14.02.2022." in text
    assert "Rückfrage der Stelle, es fehlt: Aufenthaltsgestattung" in text


async def test_the_coordinator_sees_codes_that_did_not_arrive(
    office: Office, guest: Guests, demo_app: FastAPI, clerk: Callable[[str], Clerk]
) -> None:
    _, token = await offered(office)
    postbox(demo_app, ports.free_ports(1)[0], timeout=0.5)
    assert (await clerk(token).ask()).status_code == 503
    coordinator = await guest()
    await coordinator.sign_in("demo-koordination", MUNICIPALITY, wanted="/deliveries")
    text = await coordinator.page.inner_text("main")
    assert "Codes, die nicht ankamen" in text
    assert "Jobcenter Rhein-Kreis Neuss" in text
    await coordinator.check()
