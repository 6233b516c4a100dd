"""Pictures of what people see, taken in a real browser on a local stack: `make pictures` writes those of docs/pictures.

Only looking and taking pictures lives here; what must be seen is asserted by the test beside.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
from playwright.async_api import Browser, Page, async_playwright
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from drawing.layout import picture_of
from drawing.svg import picture_svg
from kim.local.demo import SCENARIOS, STALLED_QUERY, TALES, admin_token, records
from kim.local.demo_desks import furnish, note_needs
from kim.local.stack import LocalStack
from kim.simulate.scenario_file import load_scenario
from kim.simulate.stage import Access
from kim.simulate.temporal_engine import Played, play_on
from kim.simulate.year.show import records_url
from process_exit import run_and_exit
from process_models.catalogue import load_catalogue
from process_models.procedure.every import procedures
from store.database import upgrade
from tests.api.clerk import code_in

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
FONTS = Path(__file__).parents[2] / "api" / "static" / "kern" / "fonts"
DAYS_ALBUM = PICTURES / "days"
"""Pictures of the days of every role; the walkthrough shows them."""
STALL = "stall-benefit-gap.yaml"
STALLED_ON = date(2022, 3, 14)
PROCEDURES = ("WEG", "H01", "LADDER")
PROCEDURES_ON = date(2026, 11, 23)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A quiet Chromium: it calls nobody but the pages of the test."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def stalled_path(directory: Path) -> AsyncIterator[tuple[LocalStack, Played]]:
    """A local stack on which the handover of the benefit gap has reached the AG Verfahrensebene."""
    stack = LocalStack(directory, fresh=True, usual_ports=False)
    found = await stack.start()
    try:
        client = await Client.connect(found.temporal, namespace=found.namespace, data_converter=pydantic_data_converter)
        async with httpx2.AsyncClient(base_url=found.api, timeout=30, trust_env=False) as http:
            access = Access(http, client, await admin_token(stack))
            catalogue = load_catalogue()
            scenario = load_scenario(SCENARIOS / STALL, catalogue)
            name = next(tale.name for tale in TALES if tale.file == STALL)
            played = await play_on(scenario, access, catalogue, until=STALLED_ON, name=name)
            async with records(stack) as database:
                await furnish(played.stage, database)
            await note_needs(played.path)
            yield stack, played
    finally:
        await stack.stop()


async def new_page(chromium: Browser, width: int = 1400, height: int = 900) -> Page:
    """An empty page as a German coordinator has it."""
    context = await chromium.new_context(viewport={"width": width, "height": height}, locale="de-DE")
    return await context.new_page()


async def open_list(page: Page, stack: LocalStack) -> None:
    """The list of stalled paths in the Temporal UI, found by search attribute."""
    found = stack.addresses
    await page.goto(f"{found.temporal_ui}/namespaces/{found.namespace}/workflows?query={quote(STALLED_QUERY)}")
    await page.get_by_role("link", name="path-").first.wait_for(timeout=20_000)


async def open_details(page: Page) -> str:
    """From the list to the current details of the first path; returns their text (the UI shows them in a frame)."""
    await page.get_by_role("link", name="path-").first.click()
    await page.get_by_text("User Metadata").first.click()
    details = page.frame_locator("iframe").locator("body")
    await details.get_by_text("Übergaben").first.wait_for(timeout=20_000)
    return await details.inner_text()


async def open_mail(page: Page, stack: LocalStack) -> None:
    """The offer in the Jobcenter's mailbox."""
    await page.goto(f"{stack.addresses.mail_page}/mails/1/html")


async def open_task(page: Page, stack: LocalStack) -> None:
    """The task behind the newest link of the Jobcenter, by the code that its mailbox gets."""
    links = [link for mail in await _mails(stack) for link in mail["links"] if "/l/" in link]
    await page.goto(links[-1])
    await page.get_by_role("button", name="Code anfordern").click()
    await page.wait_for_url("**step=code")
    await page.get_by_label("Code aus der E-Mail").fill(code_in((await _mails(stack))[-1]["text"]))
    await page.get_by_role("button", name="Aufgabe öffnen").click()
    await page.wait_for_url("**/task/*")


async def _mails(stack: LocalStack) -> list[dict[str, Any]]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        found: list[dict[str, Any]] = (await http.get(f"{stack.addresses.mail_page}/mails.json")).json()
    return found


async def take(directory: Path, pictures: Path) -> None:
    """Takes every picture of the documentation."""

    async with stalled_path(directory) as (stack, _), browser() as chromium:
        page = await new_page(chromium)
        await open_list(page, stack)
        await page.screenshot(path=pictures / "temporal-ui-search.png")
        await open_details(page)
        await page.screenshot(path=pictures / "temporal-ui-stalled.png")
        narrow = await new_page(chromium, 720, 900)
        await open_mail(narrow, stack)
        await narrow.screenshot(path=pictures / "mail.png", full_page=True)
        await open_task(narrow, stack)
        await narrow.screenshot(path=pictures / "task.png", full_page=True)


async def take_procedures(pictures: Path) -> None:
    """The procedures that docs/procedures.md shows, as their pictures look in a page."""
    found = {procedure.code: procedure for procedure in procedures(load_catalogue(), None, PROCEDURES_ON)}
    async with browser() as chromium:
        for code in PROCEDURES:
            layout = picture_of(found[code])
            page = await new_page(chromium, ceil(layout.width), ceil(layout.height))
            await page.set_content(f'{_letters()}<body style="margin: 0">{picture_svg(found[code])}</body>')
            await page.evaluate("async () => { await document.fonts.ready }")
            await page.screenshot(path=pictures / f"procedure-{code.lower()}.png", full_page=True)


def _letters() -> str:
    """The font of our pages, without a server: the usual ones may be missing on this desk."""
    kinds = (("Regular", 400), ("Bold", 700))
    faces = (
        f"@font-face {{ font-family: 'Fira Sans'; font-weight: {weight}; "
        f"src: url(data:font/woff2;base64,{b64encode((FONTS / f'FiraSans-{kind}.woff2').read_bytes()).decode()}) }}"
        for kind, weight in kinds
    )
    return f"<style>{''.join(faces)}</style>"


async def take_days(directory: Path, album: Path, year: Path) -> None:
    """Every step of the day of every role. Those after a year need one that `make year` has played; else they stay."""
    from tests.pages.days import walk_after_a_year, walk_stalling  # they stand on the stack of this module

    async with browser() as chromium:
        await walk_stalling(directory, chromium, album, check=False)
        if (year / "kim.db").is_file():
            upgrade(records_url(year))
            await walk_after_a_year(records_url(year), chromium, album, check=False)


async def main() -> int:
    """Writes the pictures of the documentation."""
    await take_procedures(PICTURES)
    await take(Path(".local") / "pictures", PICTURES)
    await take_days(Path(".local") / "pictures", DAYS_ALBUM, Path(os.environ.get("KIM_YEAR", ".local/year")))
    from tests.pages.stalls import keep  # the walks are made of what stands here

    await keep()
    return 0


if __name__ == "__main__":
    run_and_exit(main)
