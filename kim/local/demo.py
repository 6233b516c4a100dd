"""`make demo`: the whole product on this desk, path A and two stalled paths played on it, and their story.

Tells and checks only; the stack stands in `stack.py`, the playing in `kim.simulate`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx2
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from kim.local.demo_desks import furnish, give, let_another_wait, note_needs
from kim.local.stack import Addresses, LocalStack
from kim.simulate.scenario_file import Scenario, load_scenario
from kim.simulate.stage import Access
from kim.simulate.temporal_engine import Played, play_on
from kim.simulate.timeline import Timeline
from process_exit import run_and_exit
from process_models.catalogue import load_catalogue
from process_models.errors import KimError
from settings import Settings
from store.access import create_token
from store.database import Database

SCENARIOS: Final = Path(__file__).resolve().parents[2] / "scenarios"
STALLED_QUERY: Final = "KimStalled=true AND ExecutionStatus='Running'"
_PATIENCE_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Tale:
    """A path of the demo: which scenario, up to which day, and of which invented person."""

    file: str
    until: date
    teller: str
    name: str
    holder: str = ""
    """Which of the demo people accompanies the path; empty = nobody yet, it waits for somebody."""


TALES: Final = (
    Tale("path-a.yaml", date.max, "Weg A: vom Asylgesuch 2021 zur Einbürgerung 2027", "Nur Erfunden"),
    Tale(
        "stall-benefit-gap.yaml",
        date(2022, 3, 14),
        "Stockt: Leistungslücke zwischen Sozialamt und Jobcenter",
        "Samir Ausgedacht",
        "demo-fallmanagement-2",
    ),
    Tale(
        "stall-fiction-paper.yaml",
        date(2025, 4, 9),
        "Stockt: fehlende Fiktionsbescheinigung",
        "Zînê Beispielî",
        "demo-fallmanagement",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the story, and whether it held."""

    text: str
    held: bool


class Demo:
    """One run of the demo on a running stack."""

    def __init__(self, stack: LocalStack, out: Console) -> None:
        self._stack = stack
        self._out = out
        self._catalogue = load_catalogue()
        self._shown: list[dict[str, Any]] = []
        """The paths as the API shows them in the end."""
        self.findings: list[Finding] = []

    async def play(self) -> list[Played]:
        """Plays every tale, one after the other, with a bar that shows the day on the path's clock."""
        scenarios = [load_scenario(SCENARIOS / tale.file, self._catalogue) for tale in TALES]
        async with self._access() as access:
            with _bar(self._out) as bar:
                played = [
                    await self._play(tale, scenario, access, bar)
                    for tale, scenario in zip(TALES, scenarios, strict=True)
                ]
            self._shown = [await each.path.read() for each in played]
            await self._check_mails(played)
            await self._check_desks(played)
            await self._check_search(access.client, played)
        return played

    async def _play(self, tale: Tale, scenario: Scenario, access: Access, bar: Progress) -> Played:
        days = [day for day in Timeline(scenario).days if day <= tale.until]
        task = bar.add_task(tale.teller, total=len(days), day="")

        def progress(day: date) -> None:
            bar.update(task, advance=1, day=f"{day:%d.%m.%Y}")

        played = await play_on(scenario, access, self._catalogue, until=tale.until, progress=progress, name=tale.name)
        await self._furnish(tale, played)
        checks = played.report.checks
        held = sum(check.ok for check in checks)
        text = f"{tale.teller}: {held} von {len(checks)} Prüfungen halten ({played.report.seconds:.1f} s)"
        self.findings.append(Finding(text, played.report.ok))
        self.findings += [
            Finding(
                f"   {check.on:%d.%m.%Y} {check.key}: erwartet {check.expected}, gefunden {check.actual}", held=False
            )
            for check in checks
            if not check.ok
        ]
        return played

    async def _furnish(self, tale: Tale, played: Played) -> None:
        """The desks around the path; a path that has ended needs nothing more."""
        async with records(self._stack) as database:
            accounts = await furnish(played.stage, database)
        if tale.until < date.max:
            await note_needs(played.path)
            await let_another_wait(played.path)
        if tale.holder:
            await give(played.path, accounts[tale.holder])

    async def _check_mails(self, played: list[Played]) -> None:
        """Every notice that the records call delivered lies in the mail catcher."""
        delivered = sum(notice["status"] == "delivered" for path in self._shown for notice in path["notices"])
        agendas = [await each.stage.agenda("verfahren") for each in played]
        open_items = sum(len(items) for items in agendas)
        async with httpx2.AsyncClient(trust_env=False) as http:
            caught = len((await http.get(f"{self._stack.addresses.mail_page}/mails.json")).json())
        self.findings += [
            Finding(f"{caught} Mails gefangen, davon {delivered} zu Wegen", delivered <= caught and delivered > 0),
            Finding(f"{open_items} Punkte auf der Tagesordnung der AG Verfahrensebene", open_items > 0),
        ]

    async def _check_desks(self, played: list[Played]) -> None:
        """The paths that go on have a need that was met and one that could not be, and offers to choose from."""
        for each in played[1:]:
            states = Counter(
                need["state"] for need in (await each.stage.get(f"/v1/paths/{each.path.id}/needs"))["needs"]
            )
            offers = len((await each.stage.get("/v1/offers"))["offers"])
            text = (
                f"{each.path.case_number}: {states['met']} Bedarf gedeckt, {states['unmet']} nicht, {offers} Angebote"
            )
            self.findings.append(Finding(text, bool(states["met"] and states["unmet"] and offers)))

    async def _check_search(self, client: Client, played: list[Played]) -> None:
        """The stalled paths are found in Temporal by search attribute (which follows within about a second)."""
        expected = {each.path.handle.id for each in played[1:]}
        found: set[str] = set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not expected <= found:
                    found = {run.id async for run in client.list_workflows(STALLED_QUERY)}
                    await asyncio.sleep(0.2)
        self.findings.append(Finding(f"{len(found)} stockende Wege über Suchattribute gefunden", expected <= found))

    @contextlib.asynccontextmanager
    async def _access(self) -> AsyncIterator[Access]:
        addresses = self._stack.addresses
        client = await Client.connect(
            addresses.temporal, namespace=addresses.namespace, data_converter=pydantic_data_converter
        )
        async with httpx2.AsyncClient(base_url=addresses.api, timeout=30, trust_env=False) as http:
            yield Access(http, client, await admin_token(self._stack))

    def tell(self, played: list[Played]) -> None:
        """The story, in a few lines a path."""
        self._out.print("\n[bold]Was geschehen ist[/]")
        for tale, each, shown in zip(TALES, played, self._shown, strict=True):
            self._out.print(f"\n[bold]{tale.teller}[/] ({each.path.case_number})")
            for line in _story(shown):
                self._out.print(f"  {line}", markup=False)
        self._out.print("\n[bold]Geprüft[/]")
        for finding in self.findings:
            self._out.print("[green]✓[/]" if finding.held else "[red]✗[/]", end=" ")
            self._out.print(finding.text, markup=False)

    def show_addresses(self, played: list[Played]) -> None:
        """Where to look further."""
        found = self._stack.addresses
        self._out.print("\n[bold]Adressen[/]")
        for name, address in _links(found):
            self._out.print(f"  {name:<26}{address}", markup=False, soft_wrap=True)
        self._out.print("\nZugang für die Schnittstelle (Fallmanagement der drei simulierten Kommunen):")
        for tale, each in zip(TALES, played, strict=True):
            self._out.print(f"  {tale.file:<26}Bearer {each.stage.token}", markup=False, soft_wrap=True)


async def admin_token(stack: LocalStack) -> str:
    """A token of an administrator, good for one day, made directly in the records of the stack."""
    async with records(stack) as database, database.transaction() as session:
        return await create_token(session, "admin", "demo", None, datetime.now(UTC), timedelta(days=1))


@contextlib.asynccontextmanager
async def records(stack: LocalStack) -> AsyncIterator[Database]:
    """The records of a running stack, opened beside its processes."""
    settings = Settings(
        **{name.removeprefix("KIM_").lower(): value for name, value in stack.environment(stack.addresses).items()}
    )
    database = Database(settings.database_url, settings.keyring())
    try:
        yield database
    finally:
        await database.close()


def _story(shown: dict[str, Any]) -> list[str]:
    standing = shown["standing"]
    benefits = ", ".join(standing["benefits"]) or "keine"
    lines = [
        f"Stand {_day(shown['computed_for'])}: Aufenthalt {standing['residence']}, Leistungen {benefits}, "
        f"Fallmanagement {standing['kim']}, Weg {'beendet' if shown['state'] == 'ended' else 'offen'}",
    ]
    lines += [
        f"Übergabe {item['code']} {item['from_kind']} → {item['to_kind']}: {item['state']}, Stufe {item['level']}"
        for item in shown["handovers"]
    ]
    if shown["stalled_since"]:
        lines.append(
            f"Stockt seit {_day(shown['stalled_since'])}, Grund {shown['stall_reason']}, Stufe {shown['level']}"
        )
    if shown["waiting"]:
        lines.append(f"Wartet: {shown['waiting']['sentence']}")
    lines.append(f"{len(shown['notices'])} Mitteilungen, je Anlass genau eine")
    return lines


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d.%m.%Y}"


def _links(found: Addresses) -> list[tuple[str, str]]:
    stalled = f"{found.temporal_ui}/namespaces/{found.namespace}/workflows?query={quote(STALLED_QUERY)}"
    return [
        ("Seiten", f"{found.api}/"),
        ("Schnittstelle", f"{found.api}/docs"),
        ("Temporal-Oberfläche", found.temporal_ui),
        ("  stockende Wege", stalled),
        ("Mailfänger", found.mail_page),
        ("Messwerte", f"{found.api}/metrics"),
    ]


def _bar(out: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"))
    return Progress(*columns, TimeElapsedColumn(), console=out)


async def run(once: bool) -> int:
    """Plays the demo; ends by itself with `once` (0 when every check of the story held), otherwise with Ctrl-C."""
    out = Console(highlight=False)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    stack = LocalStack(fresh=True, progress=lambda line: out.print(line, markup=False))
    try:
        await stack.start()
        demo = Demo(stack, out)
        played = await demo.play()
        demo.tell(played)
        demo.show_addresses(played)
        if not once:
            out.print("\nAlles läuft weiter. Ende mit Strg-C.")
            await stop.wait()
        return 0 if all(finding.held for finding in demo.findings) else 1
    except KimError as error:
        out.print(f"{error.title}\n{error.detail}", style="red", markup=False)
        return 2
    finally:
        out.print("Der Stapel wird beendet …")
        await stack.stop()


def main() -> None:
    """Entry point of `make demo`."""
    parser = argparse.ArgumentParser(description="Spielt die Vorführung.")
    parser.add_argument("--once", action="store_true", help="von selbst enden, Exit-Code 0, wenn alles hielt")
    arguments = parser.parse_args()
    run_and_exit(lambda: run(arguments.once))


if __name__ == "__main__":
    main()
