"""A day of each role on the data of the demo: a whole local stack, real mail, a real browser; every step has a picture.

Only walking and taking pictures lives here; `make pictures` keeps them, the test beside looks at every page.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
from playwright.async_api import Browser

from kim.simulate.year.processes import KEYRING
from kim.simulate.year.show import pages
from store.database import Database
from tests.pages.browser import Guest, new_guest, serving
from tests.pages.pictures import stalled_path
from tests.year.conftest import AFTER

NARROW: Final = {"width": 390, "height": 780}
TALL: Final = {"width": 1280, "height": 2400}


@dataclass(frozen=True)
class Scene:
    """Where a day takes place: the site, and whose data are shown there."""

    site: str
    tenant: str
    chromium: Browser
    path: str = ""
    """The address of the path that stalls."""
    mail_page: str = ""
    """Where the mail catcher shows what it has caught."""

    async def mails(self) -> list[dict[str, Any]]:
        """What lies in the mail catcher, the oldest first."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            found: list[dict[str, Any]] = (await http.get(f"{self.mail_page}/mails.json")).json()
        return found

    async def newest_link(self) -> str:
        """The link of the last mail to the agency."""
        links = [link for mail in await self.mails() for link in mail["links"] if "/l/" in link]
        return str(links[-1])

    async def newest_code(self) -> str:
        """The code that was asked for last."""
        codes = [re.search(r"^\s+(\d{6})\s*$", mail["text"], re.MULTILINE) for mail in await self.mails()]
        return [code.group(1) for code in codes if code][-1]


class Walker:
    """Somebody who walks through their day; each page that is shown is checked and pictured once."""

    def __init__(self, scene: Scene, guest: Guest, album: Path, check: bool) -> None:
        self.scene = scene
        self.guest = guest
        self.page = guest.page
        self._album = album
        self._check = check

    async def sign_in(self, person: str, wanted: str = "/desk") -> None:
        """As one of the demo people, in the tenant of the scene."""
        await self.guest.sign_in(person, self.scene.tenant, wanted)

    async def show(self, name: str, *, whole: bool = True, ours: bool = True) -> None:
        """Takes the picture `name`; in a test a page of ours is held against what every page owes."""
        await self.page.wait_for_load_state()
        await self.page.screenshot(path=self._album / f"{name}.png", full_page=whole)
        if self._check and ours:
            await self.guest.check()

    async def text(self) -> str:
        """What the page says."""
        return await self.page.inner_text("main")


Day = Callable[[Walker], Awaitable[None]]


@asynccontextmanager
async def stalling(directory: Path, chromium: Browser) -> AsyncIterator[Scene]:
    """The stack of the demo, on which the benefit gap has reached the AG Verfahrensebene."""
    async with stalled_path(directory) as (stack, played):
        found = stack.addresses
        yield Scene(found.api, played.stage.tenant, chromium, f"/paths/{played.path.id}", found.mail_page)


@asynccontextmanager
async def after_a_year(records: str, chromium: Browser) -> AsyncIterator[Scene]:
    """The Rhein-Kreis Neuss after a simulated year, whose records lie at this address; no workflow moves any more."""
    database = Database(records, KEYRING)
    try:
        async with serving(pages(database, AFTER.date(), "")) as site:
            yield Scene(site, "rhein-kreis-neuss", chromium)
    finally:
        await database.close()


async def walk(day: Day, where: Scene, album: Path, *, check: bool, javascript: bool) -> None:
    """One day, in a browser of its own."""
    guest = await new_guest(where.chromium, where.site, javascript=javascript)
    try:
        await day(Walker(where, guest, album, check))
    finally:
        await guest.page.context.close()


async def everybody(one: Walker) -> None:
    """Without signing in: what this is, how procedures go, what the words mean."""
    await one.guest.open("/")
    await one.show("everybody-1-start")
    await one.guest.open("/procedures/H01")
    await one.show("everybody-2-procedure", whole=False)
    await one.guest.open("/glossary")
    await one.show("everybody-3-glossary", whole=False)


async def case_manager(one: Walker) -> None:
    """The desk, the worklist, the path that stalls: claimed, a fact looked at before it is recorded; a path begins."""
    await one.sign_in("demo-fallmanagement")
    await one.guest.open("/paths?tab=team")
    await one.show("case-manager-1-worklist")
    await one.guest.open(one.scene.path)
    await one.guest.press("Übernehmen")
    await one.show("case-manager-2-path")
    await one.guest.open("/desk")
    await one.show("case-manager-3-desk")
    await one.guest.open(f"{one.scene.path}/facts/new?kind=benefits.granted")
    await one.show("case-manager-4-fact")
    await one.guest.open("/paths/new")
    await one.show("case-manager-5-start", whole=False)


async def agency_clerk(one: Walker) -> None:
    """From the mail to the answer, on a narrow screen: link, code, task, answer. No account."""
    await one.page.set_viewport_size(NARROW)
    await one.page.goto(f"{one.scene.mail_page}/mails/1/html")
    await one.show("agency-1-mail", ours=False)
    one.guest.foreign.clear()  # the mail catcher is no page of ours
    await one.page.goto(await one.scene.newest_link())
    await one.show("agency-2-door")
    await one.guest.press("Code anfordern")
    await one.guest.fill("Code aus der E-Mail", await one.scene.newest_code())
    await one.show("agency-3-code")
    await one.guest.press("Aufgabe öffnen")
    await one.show("agency-4-task")
    await one.guest.press("Eingang bestätigen")
    await one.show("agency-5-received")


async def coordinator(one: Walker) -> None:
    """The board, the list behind a number and what may be done, what did not arrive."""
    await one.sign_in("demo-koordination")
    await one.show("coordinator-1-desk")
    await one.guest.open("/board")
    await one.page.locator("main td a").first.click()
    await one.page.locator("main summary").first.click()
    await one.show("coordinator-2-list")
    await one.page.get_by_role("button", name="Jetzt erinnern").first.click()
    await one.show("coordinator-3-reminded", whole=False)


async def coordinator_looks_back(one: Walker) -> None:
    """After a year: the board of a whole Kreis, deliveries, workload, the review of interfaces."""
    await one.sign_in("demo-koordination", "/board")
    await one.show("coordinator-4-board")
    await one.guest.open("/deliveries")
    await one.show("coordinator-5-deliveries", whole=False)
    await one.guest.open("/workload")
    await one.show("coordinator-6-workload", whole=False)
    await one.guest.open("/review")
    await one.show("coordinator-7-review")
    await one.page.locator('main a[href^="/review/"]').first.click()
    await one.show("coordinator-8-interface")


async def procedure_group(one: Walker) -> None:
    """The AG Verfahrensebene: its agenda, one item with its reason, a paper, and the step to the Lenkungsgruppe."""
    await one.sign_in("demo-ag-verfahrensebene", "/bodies/verfahren")
    await one.show("procedure-group-1-agenda")
    await one.page.locator('main a[href^="/items/"]').first.click()
    await one.guest.fill("Befund (freiwillig)", "Das Jobcenter wartet auf den elektronischen Aufenthaltstitel.")
    await one.guest.press("Vorlage speichern")
    await one.show("procedure-group-2-item")
    await one.page.get_by_label("der Lenkungsgruppe vorgelegt").check()
    await one.guest.press("Beschluss festhalten")
    await one.show("procedure-group-3-handed-on", whole=False)


async def steering_group(one: Walker) -> None:
    """The Lenkungsgruppe: what it was handed, and its decision."""
    await one.sign_in("demo-lenkungsgruppe", "/bodies/lenkung")
    await one.show("steering-group-1-agenda", whole=False)
    await one.page.locator('main a[href^="/items/"]').first.click()
    await one.page.get_by_label("angenommen").check()
    await one.guest.fill("Wortlaut (freiwillig)", "Bescheid und Aufenthaltsgestattung genügen ab sofort.")
    await one.guest.press("Beschluss festhalten")
    await one.show("steering-group-2-decided")


async def steering_group_looks_back(one: Walker) -> None:
    """After a year: its figures, with their definitions."""
    await one.sign_in("demo-lenkungsgruppe", "/figures")
    await one.show("steering-group-3-figures")


async def land(one: Walker) -> None:
    """The Land: the totals of a year and what they mean, nothing else."""
    await one.sign_in("demo-land", "/figures")
    await one.show("land-1-figures", whole=False)


async def administrator(one: Walker) -> None:
    """Whoever looks after the service: every mail as it goes out, in both languages."""
    await one.sign_in("demo-verwaltung", "/mails")
    await one.show("administrator-1-mails", whole=False)
    await one.page.set_viewport_size(TALL)  # a frame below the fold is not painted into a picture of the whole page
    await one.guest.open("/mails/offer")
    await one.show("administrator-2-mail")


STALLING: Final[tuple[Day, ...]] = (
    everybody,
    case_manager,
    agency_clerk,
    coordinator,
    procedure_group,
    steering_group,
    administrator,
)
"""In this order: the Lenkungsgruppe decides what the AG Verfahrensebene has handed on."""
AFTER_A_YEAR: Final[tuple[Day, ...]] = (coordinator_looks_back, steering_group_looks_back, land)


async def walk_stalling(
    directory: Path, chromium: Browser, album: Path, *, check: bool, javascript: bool = True
) -> None:
    """The days on which the benefit gap stalls; `album` then holds a picture of every step."""
    async with stalling(directory, chromium) as where:
        for day in STALLING:
            await walk(day, where, album, check=check, javascript=javascript)


async def walk_after_a_year(
    records: str, chromium: Browser, album: Path, *, check: bool, javascript: bool = True
) -> None:
    """The days after a year, whose records lie at this address."""
    async with after_a_year(records, chromium) as where:
        for day in AFTER_A_YEAR:
            await walk(day, where, album, check=check, javascript=javascript)
