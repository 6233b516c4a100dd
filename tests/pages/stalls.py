"""Three stalls from the first silence to the effect of a new version: real Temporal moves the time, people click.

Only walking and taking pictures lives here; `make pictures` keeps them, the test beside looks at every page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Browser
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from api.app import create_app
from api.services import ApiOptions
from kim.local.server import prepare_namespace, start_server
from kim.simulate.engine import Report
from kim.simulate.scenario_file import Scenario, load_scenario
from kim.simulate.scenario_shape import ActLine
from kim.simulate.stage import StagedPath
from kim.simulate.temporal_engine import People, play_on
from kim.world import PUBLIC_URL, World, whole_world
from process_models.names import NAMESPACE
from tests.pages.browser import new_guest, serving
from tests.pages.days import Scene, Walker
from tests.pages.pictures import PICTURES, browser

ALBUM: Final = PICTURES / "stall"
"""Pictures of the three walks; the walkthrough shows them."""
SCENARIOS: Final = Path(__file__).parents[2] / "scenarios"
OFFICE, ADMIN = "demo-koordination", "demo-verwaltung"
MEMBERS: Final = {"fall": "demo-ag-fallebene", "verfahren": "demo-ag-verfahrensebene", "lenkung": "demo-lenkungsgruppe"}
_SLOW: Final = 30_000
"""Milliseconds: a draft is checked like the whole model."""

Station = Callable[["Walk", str], Awaitable[None]]
"""What somebody does in an evening; the picture that they keep has this name."""


@dataclass(frozen=True)
class Story:
    """Which scenario is walked through, and what people do on which evening."""

    name: str
    scenario: str
    handover: str
    evenings: Mapping[date, tuple[tuple[Station, str], ...]]
    paper: Mapping[str, str]
    """What the office writes into the paper, by the label of the field."""
    before_and_after: tuple[int, int]
    """Working days until the acceptance, as the file says of the paths of others (median)."""
    shown: frozenset[str] | None = None
    """Pictures that are kept, of pages that a test looks at; None = all. The others are as in the first story."""


@dataclass
class Walk:
    """A story on its way: everybody has a browser of their own."""

    story: Story
    scenario: Scenario
    site: str
    chromium: Browser
    album: Path
    check: bool
    version: str = ""
    """Address of the version that was made from the decision."""
    _path: StagedPath | None = None
    _walkers: dict[str, Walker] = field(default_factory=dict)

    @property
    def path(self) -> StagedPath:
        """The path that stalls."""
        assert self._path is not None
        return self._path

    async def person(self, subject: str) -> Walker:
        """Somebody of the demo people, signed in."""
        if subject not in self._walkers:
            guest = await new_guest(self.chromium, self.site)
            guest.page.set_default_timeout(_SLOW)
            scene = Scene(self.site, self.path.stage.tenant, self.chromium)
            self._walkers[subject] = Walker(scene, guest, self.album, self.check)
            await self._walkers[subject].sign_in(subject)
        return self._walkers[subject]

    async def end(self) -> None:
        """Everybody closes their browser."""
        for one in self._walkers.values():
            await one.page.context.close()

    async def show(self, one: Walker, name: str, *, whole: bool = True) -> str:
        """The picture of this story with this name; gives what the page says."""
        if self.story.shown is None or name in self.story.shown:
            await one.show(f"{self.story.name}-{name}", whole=whole)
        return await one.text()

    async def item(self, one: Walker, body: str) -> None:
        """Opens the newest item of this body, to be decided or decided."""
        await one.guest.open(f"/bodies/{body}")
        await one.page.locator('main td a[href^="/items/"]').first.click()

    async def act(self, line: ActLine, path: StagedPath) -> None:
        """An act of the scenario, done at the pages."""
        self._path = path
        if line.act == "model.release":
            await self._release(line)
        else:
            await self._decide(line)

    async def evening(self, day: date, path: StagedPath) -> None:
        """What people do on this day after the checks."""
        self._path = path
        for station, name in self.story.evenings.get(day, ()):
            await station(self, name)

    async def _decide(self, line: ActLine) -> None:
        """The office finishes the paper, the body decides: handed on, or adopted with owner and day."""
        body = line.body or ""
        if line.decision == "to_lenkung":
            await self._write_paper(body)
        member = await self.person(MEMBERS[body])
        await self.item(member, body)
        assert self.path.case_number not in await member.text()
        words = {"to_lenkung": "der Lenkungsgruppe vorgelegt", "adopt": "angenommen"}[line.decision or ""]
        await member.page.get_by_label(words).check()
        if line.valid_from:
            await member.guest.fill("Wortlaut (freiwillig)", self.story.paper["Empfehlung"])
            await member.guest.fill("Zuständige Stelle (freiwillig)", line.owner)
            await member.guest.fill("Gilt ab (freiwillig)", f"{line.valid_from}")
            await member.guest.fill("Wirkung prüfen am (freiwillig)", f"{line.evaluate_on}")
            meeting = member.page.get_by_label("Sitzung (freiwillig)").locator(f'option:has-text("{line.on:%d.%m.%Y}")')
            if await meeting.count():
                await member.guest.fill("Sitzung (freiwillig)", str(await meeting.first.get_attribute("value")))
        await member.guest.press("Beschluss festhalten")
        assert words in await self.show(member, "08-handed-on" if line.decision == "to_lenkung" else "09-decided")

    async def _write_paper(self, body: str) -> None:
        office = await self.person(OFFICE)
        await self.item(office, body)
        for label, text in self.story.paper.items():
            await office.guest.fill(f"{label} (freiwillig)", text)
        await office.guest.press("Vorlage speichern")
        await self.show(office, "07-paper")

    async def _release(self, line: ActLine) -> None:
        """From the decision to a draft and its preview by the office; the administration releases it."""
        [edit] = self.scenario.version(line.version or "").edits
        office = await self.person(OFFICE)
        await self.item(office, "lenkung")
        await office.guest.press("Entwurf einer neuen Fassung aus diesem Beschluss")
        await office.guest.fill("Datei", edit.file)
        await office.guest.press("Datei öffnen")
        await office.guest.fill("Bisheriger Text", edit.replace)
        await office.guest.fill("Neuer Text (freiwillig)", edit.by)
        await office.guest.fill("Wofür (freiwillig)", self.scenario.version(line.version or "").label)
        await self.show(office, "10-draft", whole=False)
        await office.guest.press("Entwurf prüfen und anlegen")
        self.version = office.page.url.removeprefix(self.site)
        await office.guest.press("Vorschau zählen")
        await self._until(office, "Fertig gezählt.")
        await self.show(office, "11-preview")
        admin = await self.person(ADMIN)
        await admin.guest.open(self.version)
        await admin.guest.fill("Wege je Minute, höchstens", "6000")
        await admin.guest.press("Fassung freigeben")
        await self._until(admin, "Wege folgen noch\n0")
        await self.show(admin, "12-released")

    async def _until(self, one: Walker, said: str) -> None:
        """Loads the page again until it says so, as its reader does. The worker counts meanwhile."""
        for _ in range(200):
            await one.page.reload()
            if said in await one.text():
                return
        raise AssertionError(f"{one.page.url} does not say {said}")


async def on_the_board(walk: Walk, name: str) -> None:
    """The office sees on the board that it is stuck, and since when on the list behind the number."""
    office = await walk.person(OFFICE)
    await office.guest.open("/board")
    level = name.rpartition("-")[2].upper()
    assert level in await walk.show(office, name, whole=False)


async def reminds(walk: Walk, name: str) -> None:
    """The office reminds the agency before the ladder does."""
    office = await walk.person(OFFICE)
    await office.guest.open("/board")
    await office.page.locator("main td a", has_text=walk.story.handover).first.click()
    assert walk.path.case_number in await office.text()
    await office.page.locator("main summary").first.click()
    await office.page.get_by_role("button", name="Jetzt erinnern").first.click()
    assert "Die Erinnerung geht hinaus." in await walk.show(office, name, whole=False)


async def single_case(walk: Walk, name: str) -> None:
    """The AG Fallebene speaks about one path, by its case number, because the client has consented."""
    member = await walk.person(MEMBERS["fall"])
    await walk.item(member, "fall")
    assert walk.path.case_number in await walk.show(member, name)


async def pattern(walk: Walk, name: str) -> None:
    """The AG Verfahrensebene sees an interface, figures and why it was raised, and nobody."""
    member = await walk.person(MEMBERS["verfahren"])
    await member.guest.open("/bodies/verfahren")
    await walk.show(member, "05-agenda")
    await member.page.locator('main td a[href^="/items/"]').first.click()
    said = await walk.show(member, name)
    assert "Warum dieser Punkt" in said
    assert walk.path.case_number not in said


async def calls_a_meeting(walk: Walk, name: str) -> None:
    """The office calls the Lenkungsgruppe on demand."""
    office = await walk.person(OFFICE)
    await office.guest.open("/bodies/lenkung")
    await office.guest.fill("Tag der Sitzung", "2025-04-09")
    await office.guest.fill("Anlass", "Im April enden die Aufenthaltstitel von elf Personen")
    await office.guest.press("Ansetzen")
    assert "09.04.2025 (bei Bedarf)" in await walk.show(office, name)


async def writes_minutes(walk: Walk, name: str) -> None:
    """The office writes what was said at the meeting."""
    office = await walk.person(OFFICE)
    await office.guest.open("/bodies/lenkung")
    await office.guest.press("09.04.2025 (bei Bedarf)")
    await office.guest.fill("Niederschrift", "Die Vorlage wurde beraten und einstimmig angenommen.")
    await office.guest.fill("Vertretene Stellen (freiwillig)", "Ausländerbehörde, Jobcenter, Sozialämter")
    await office.guest.press("Niederschrift speichern")
    assert "einstimmig" in await walk.show(office, name)


async def path_moves_on(walk: Walk, name: str) -> None:
    """The case manager sees the path go on under the new version."""
    manager = await walk.person("demo-fallmanagement")
    await manager.guest.open(f"/paths/{walk.path.id}")
    assert walk.version.rpartition("/")[2] in await manager.text()
    await manager.page.locator("#handovers").scroll_into_view_if_needed()
    await walk.show(manager, name, whole=False)


async def effect(walk: Walk, name: str) -> None:
    """The Lenkungsgruppe reads figures from before and after; the office keeps the effect with the decision."""
    steering = await walk.person(MEMBERS["lenkung"])
    await steering.guest.open(walk.version)
    said = await walk.show(steering, name)
    before, after = walk.story.before_and_after
    assert f"Arbeitstage bis zur Annahme (Median)\t{before}\t{after}" in said
    office = await walk.person(OFFICE)
    await walk.item(office, "lenkung")
    await office.guest.fill("Was hat der Beschluss bewirkt?", f"Median von {before} auf {after} Arbeitstage.")
    await office.guest.press("Wirkung festhalten")
    assert "Die Wirkung ist festgehalten." in await walk.show(office, "15-kept")


BENEFIT_GAP: Final = Story(
    name="benefit-gap",
    scenario="decision-benefit-gap",
    handover="H01",
    before_and_after=(17, 2),
    evenings={
        date(2022, 2, 17): ((on_the_board, "01-silence-e1"),),
        date(2022, 3, 1): ((single_case, "02-single-case"),),
        date(2022, 3, 11): ((reminds, "03-reminded"),),
        date(2022, 3, 14): ((on_the_board, "04-board-e4"), (pattern, "06-item")),
        date(2022, 10, 6): ((path_moves_on, "13-path"),),
        date(2022, 11, 16): ((effect, "14-effect"),),
    },
    paper={
        "Ursache": "Die Eingangsliste verlangt den eAT; das Sozialamt stellt automatisch ein.",
        "Möglichkeiten": "Bescheid und Aufenthaltsgestattung genügen, oder vorläufige Entscheidung.",
        "Empfehlung": "Übergangsvereinbarung Rechtskreiswechsel: Bescheid und Aufenthaltsgestattung genügen.",
    },
)
FICTION_PAPER: Final = Story(
    name="fiction-paper",
    scenario="decision-fiction-paper",
    handover="H16",
    before_and_after=(60, 5),
    shown=frozenset({"04-board-e4", "06-item", "08-meeting", "09-minutes", "14-effect"}),
    evenings={
        date(2025, 2, 24): ((on_the_board, "01-silence-e1"),),
        date(2025, 3, 11): ((single_case, "02-single-case"), (reminds, "03-reminded")),
        date(2025, 3, 19): ((on_the_board, "04-board-e4"), (pattern, "06-item")),
        date(2025, 4, 2): ((calls_a_meeting, "08-meeting"),),
        date(2025, 4, 9): ((writes_minutes, "09-minutes"),),
        date(2025, 7, 1): ((path_moves_on, "13-path"),),
        date(2025, 11, 19): ((effect, "14-effect"),),
    },
    paper={
        "Ursache": "Termine gibt es nur zur Abholung der Karte, nicht für eine Bescheinigung.",
        "Möglichkeiten": "Vorläufige Bescheinigung per Post; ein gemeinsames Muster; eine Stelle mehr.",
        "Empfehlung": "Nach fünf Arbeitstagen ohne Bescheinigung geht eine vorläufige hinaus.",
    },
)
RULE_CHANGE: Final = Story(
    name="rule-change",
    scenario="decision-rule-change",
    handover="H16",
    before_and_after=(40, 8),
    shown=frozenset({"06-item", "09-decided", "14-effect"}),
    evenings={
        date(2026, 2, 9): ((on_the_board, "04-board-e4"), (pattern, "06-item")),
        date(2026, 6, 1): ((path_moves_on, "13-path"),),
        date(2026, 11, 18): ((effect, "14-effect"),),
    },
    paper={
        "Ursache": "Eine Rechtsänderung; keine Stelle ist zu spät.",
        "Möglichkeiten": "Verpflichtung durch Jobcenter oder Sozialamt, Berufssprachkurs, kommunaler Kurs.",
        "Empfehlung": "Wer durch eine Rechtsänderung wartet, wird nach dreißig Arbeitstagen zum Thema.",
    },
)
STORIES: Final = (BENEFIT_GAP, FICTION_PAPER, RULE_CHANGE)


async def walk_through(story: Story, world: World, chromium: Browser, album: Path, *, check: bool) -> Report:
    """Plays the scenario of the story on this world while people click; gives what came of its checks."""
    scenario = load_scenario(SCENARIOS / f"{story.scenario}.yaml", world.catalogue)
    options = ApiOptions(public_url=PUBLIC_URL, demo=True, postbox=world.parts.mailer)
    async with serving(create_app(world.database, world.catalogue, world.news, options)) as site:
        walk = Walk(story, scenario, site, chromium, album, check)
        people = People(frozenset({"body.decide", "model.release"}), walk.act, walk.evening)
        try:
            played = await play_on(scenario, await world.access(), world.catalogue, people=people)
        finally:
            await walk.end()
    return played.report


async def keep(album: Path = ALBUM) -> None:
    """Takes the pictures of all three walks, on a server of its own."""
    with TemporaryDirectory(prefix="kim-stalls-") as name:
        server = start_server(Path(name) / "temporal", in_memory=True)
        try:
            await prepare_namespace(server.address, NAMESPACE, retention_days=1)
            client = await Client.connect(server.address, namespace=NAMESPACE, data_converter=pydantic_data_converter)
            async with whole_world(Path(name), client) as world, browser() as chromium:
                for story in STORIES:
                    await walk_through(story, world, chromium, album, check=False)
        finally:
            server.stop()
