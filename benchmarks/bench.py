"""`make bench`: figures of a whole local stack, each measured in this run, as a table and as JSON.

Real processes on loopback (server, worker, API, mail catcher); the floor, a workflow of one activity, runs beside them.
"""

from __future__ import annotations

import asyncio
import contextlib
import platform
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx2
import psutil
from rich.console import Console
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from benchmarks.eventlog import eventlog_figures
from benchmarks.figures import Figure, show, spread, write
from benchmarks.pages import page_figures
from benchmarks.preview import preview_figures
from benchmarks.review import review_figures
from kim.local.demo import admin_token
from kim.local.stack import LocalStack
from kim.simulate.rules_engine import RulesEngine, opening_case
from kim.simulate.scenario_file import load_scenario
from kim.simulate.stage import Access, Json, Stage, StagedPath, at
from kim.simulate.temporal_engine import play_on
from process_exit import run_and_exit
from process_models.catalogue import load_catalogue
from process_models.planning import make_plan

ROOT = Path(__file__).parents[1]
PATH_A = ROOT / "scenarios" / "path-a.yaml"
RESULT = ROOT / ".local" / "bench.json"
BEGIN = at(date(2022, 2, 14), 6)
PERSON: Json = {"born": "1994-03-12", "nationality": "SY"}
CLICKS = 40
WAITING_PATHS = 200
_POLL_SECONDS = 0.01
EIGHT_YEARS = timedelta(days=8 * 365 + 2)


def _fact(ref: str, on: str, kind: str, **data: object) -> Json:
    return {"id": ref, "on": on, "fact": kind, "data": data}


HANDOVER_DUE = [
    _fact("a01", "2021-05-10", "asylum.sought"),
    _fact("a02", "2021-05-11", "asylum.registered"),
    _fact("a03", "2021-05-20", "asylum.lodged"),
    _fact("a04", "2021-07-06", "place.assigned", place="meerbusch"),
    _fact("a08", "2022-02-11", "asylum.decided", outcome="refugee"),
    _fact("k1", "2022-02-14", "consent.given", consent="k1", purpose="P1", form="written"),
    _fact("k2", "2022-02-14", "consent.given", consent="k2", purpose="P2", recipient="jobcenter",
          categories=["residence", "benefits", "housing"], form="written"),
    _fact("a09", "2022-02-14", "kim.opened"),
]  # fmt: skip
"""A path whose handover to the Jobcenter is due at once."""


@workflow.defn(name="bench-floor", sandboxed=False)
class Floor:
    """One activity, nothing else: what Temporal itself costs on this machine."""

    @workflow.run
    async def run(self) -> str:
        """Runs the activity."""
        return await workflow.execute_activity(echo, start_to_close_timeout=timedelta(seconds=10))


@workflow.defn(name="bench-waiting", sandboxed=False)
class Waiting:
    """One timer, nothing else."""

    @workflow.run
    async def run(self) -> None:
        """Waits a year."""
        await workflow.sleep(timedelta(days=365))

    @workflow.signal
    def news(self) -> None:
        """A nudge that changes nothing."""

    @workflow.query
    def ready(self) -> bool:
        """Answers once the first task is done."""
        return True


@activity.defn(name="bench-echo")
async def echo() -> str:
    """Answers at once."""
    return "ok"


@dataclass(frozen=True)
class Bench:
    """A running stack to measure."""

    stack: LocalStack
    access: Access
    client: Client

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far of server, worker and API. SQLite, the database here, works inside these processes."""
        pids = {name: process.pid for name, process in self.stack.processes.items() if name in ("worker", "api")}
        pids["server"] = self.stack.server_pid
        return {name: sum(psutil.Process(pid).cpu_times()[:2]) for name, pid in pids.items() if pid}

    def disk(self) -> dict[str, int]:
        """Bytes of both databases on disk, after what stood in the write-ahead logs was moved into them."""
        data = self.stack.directory
        files = {"KIM": data / "kim.db", "Temporal": data / "temporal" / "temporal.db"}
        for file in files.values():
            with contextlib.closing(sqlite3.connect(file, timeout=10)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        return {name: file.stat().st_size for name, file in files.items()}


async def rules() -> list[Figure]:
    """The pure rules: one plan of path A with all its facts, and the whole path on engine `rules`."""
    catalogue = load_catalogue()
    scenario = load_scenario(PATH_A, catalogue)
    case = opening_case(scenario, catalogue)
    case = type(case)(case.path_id, case.municipality, case.place, case.person, scenario.facts)
    moment = at(date(2026, 5, 12), 9)
    plans = []
    for _ in range(30):
        begun = time.perf_counter()
        make_plan(case, moment, catalogue)
        plans.append(time.perf_counter() - begun)
    whole = [(await RulesEngine(catalogue).play(scenario)).seconds for _ in range(5)]
    return [
        *spread("Regeln: ein Plan für Weg A", plans, 50),
        Figure("Regeln: der ganze Weg A auf Engine rules", 1000 * min(whole), "ms", None, "bester von 5 Läufen"),
    ]


async def path_a(bench: Bench) -> list[Figure]:
    """Path A through the whole system, then on to eight simulated years: time, CPU, history."""
    catalogue = load_catalogue()
    scenario = load_scenario(PATH_A, catalogue)
    await play_on(scenario, bench.access, catalogue)  # the first one warms up
    before = bench.cpu()
    played = await play_on(scenario, bench.access, catalogue)
    after = bench.cpu()
    events, size, runs = await history(bench.client, played.path.handle.id)
    held = f"{sum(check.ok for check in played.report.checks)} von {len(played.report.checks)} Prüfungen halten"
    cpu = [
        Figure(f"CPU für Weg A: {name}", after[name] - before[name], "s", None, "SQLite arbeitet im Prozess")
        for name in sorted(after)
    ]
    return [
        Figure("Weg A (sechs Jahre) auf Engine temporal", played.report.seconds, "s", None, held),
        *cpu,
        Figure("Verlauf von Weg A", events, "Ereignisse", 1_500, f"{runs} Läufe"),
        Figure("Verlauf von Weg A", size / 1000, "kB", 300),
    ]  # fmt: skip


async def eight_years(bench: Bench) -> list[Figure]:
    """A path that waits through eight years of reminders, without anybody looking."""
    stage = await Stage.open(bench.access, "rhein-kreis-neuss", BEGIN)
    path = await stage.start_path("meerbusch", PERSON, facts=HANDOVER_DUE)
    await path.rest()
    await path.act("handovers/H01/answer", {"answer": "accept", "now": BEGIN.isoformat()})
    await path.rest()
    begun = time.perf_counter()
    await path.move_to(BEGIN + EIGHT_YEARS)
    await path.rest()
    seconds = time.perf_counter() - begun
    events, _, _ = await history(bench.client, path.handle.id)
    return [Figure("acht simulierte Jahre", seconds, "s", 10, f"{events} Ereignisse")]


async def history(client: Client, workflow_id: str) -> tuple[int, int, int]:
    """Events, bytes and runs of all runs of a workflow."""
    events = size = runs = 0
    async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'"):
        description = await client.get_workflow_handle(workflow_id, run_id=run.run_id).describe()
        events += description.history_length
        size += description.raw_description.workflow_execution_info.history_size_bytes
        runs += 1
    return events, size, runs


async def clicks(bench: Bench) -> list[Figure]:
    """Starting paths; from an agency's answer to the next task in the API, and until the path has planned for it."""
    stage = await Stage.open(bench.access, "rhein-kreis-neuss", BEGIN)
    starts, seen, planned = [], [], []
    for _ in range(CLICKS):
        begun = time.perf_counter()
        path = await stage.start_path("meerbusch", PERSON, facts=HANDOVER_DUE)
        await _planned(path)
        starts.append(time.perf_counter() - begun)
        await path.rest()
        begun = time.perf_counter()
        await path.act("handovers/H01/answer", {"answer": "query", "now": BEGIN.isoformat()})
        shown = await path.read()
        assert any(task["kind"] == "query" for task in shown["tasks"])
        seen.append(time.perf_counter() - begun)
        await _planned(path)
        planned.append(time.perf_counter() - begun)
    floor = await _floor(bench.client)
    click = spread("Klick bis zur nächsten Aufgabe in der Schnittstelle", seen, 100)
    plan = spread("Klick, bis der Weg neu geplant hat", planned)
    floor_figures = spread("Boden: ein Workflow mit einer Aktivität", floor)
    ratio = Figure("Neu geplant im Verhältnis zum Boden", plan[0].value / floor_figures[0].value, "×")
    return [*spread("Start eines Weges bis zum ersten Plan", starts), *click, *plan, *floor_figures, ratio]


async def _planned(path: StagedPath) -> None:
    """Until the API shows a plan of the workflow for the latest version of the file."""
    while True:
        shown = await path.read()
        if shown["planned_version"] == shown["facts_version"]:
            return
        await asyncio.sleep(_POLL_SECONDS)


async def _floor(client: Client) -> list[float]:
    queue = f"bench-{uuid.uuid4().hex}"
    seconds = []
    async with Worker(client, task_queue=queue, workflows=[Floor], activities=[echo]):
        for _ in range(CLICKS):
            begun = time.perf_counter()
            await client.execute_workflow(Floor.run, id=f"bench-{uuid.uuid4().hex}", task_queue=queue)
            seconds.append(time.perf_counter() - begun)
    return seconds


async def waiting_paths(bench: Bench) -> list[Figure]:
    """Growth of both databases over many open paths that wait, divided by their number."""
    stage = await Stage.open(bench.access, "rhein-kreis-neuss", BEGIN)
    before = bench.disk()
    paths = []
    for _ in range(WAITING_PATHS // 10):
        paths += await asyncio.gather(*(stage.start_path("meerbusch", PERSON, facts=HANDOVER_DUE) for _ in range(10)))
    for path in paths:
        await path.rest()
    after = bench.disk()
    each = {name: (after[name] - before[name]) / WAITING_PATHS / 1000 for name in after}
    notes = f"Zuwachs über {WAITING_PATHS} offene Wege"
    empty = await _empty_waiting(bench)
    total = Figure("Platz je wartendem Weg, beide Datenbanken", sum(each.values()), "kB", 25, notes)
    parts = [Figure(f"davon {name}", value, "kB") for name, value in each.items()]
    floor = Figure("Boden: Platz eines leeren wartenden Workflows", empty, "kB", None, "Temporal allein")
    return [total, *parts, floor]


async def _empty_waiting(bench: Bench) -> float:
    """Growth of Temporal's database over workflows that do nothing but wait, divided by their number, in kB."""
    queue, before = f"bench-{uuid.uuid4().hex}", bench.disk()["Temporal"]
    async with Worker(bench.client, task_queue=queue, workflows=[Waiting]):
        for _ in range(WAITING_PATHS):
            handle = await bench.client.start_workflow(
                Waiting.run, id=f"bench-{uuid.uuid4().hex}", task_queue=queue, start_signal="news"
            )
        await handle.query(Waiting.ready)
    return (bench.disk()["Temporal"] - before) / WAITING_PATHS / 1000


@contextlib.asynccontextmanager
async def running_stack() -> AsyncIterator[Bench]:
    """A stack of its own in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="kim-bench-") as name:
        stack = LocalStack(Path(name))
        found = await stack.start()
        try:
            client = await Client.connect(
                found.temporal, namespace=found.namespace, data_converter=pydantic_data_converter
            )
            async with httpx2.AsyncClient(base_url=found.api, timeout=60, trust_env=False) as http:
                yield Bench(stack, Access(http, client, await admin_token(stack)), client)
        finally:
            await stack.stop()


async def measure(only: Sequence[str] = ()) -> int:
    """Measures everything, or only the parts named; 0 = every target met.

    Parts: `stack`, `preview`, `eventlog`, `pages`, `review`.
    """
    out = Console(highlight=False, width=160)
    figures = await rules()
    if not only or "stack" in only:
        async with running_stack() as bench:
            for part in (path_a, eight_years, clicks, waiting_paths):
                out.print(f"… {part.__name__}", style="dim")
                figures += await part(bench)
    if not only or "preview" in only:
        out.print("… preview", style="dim")
        figures += await asyncio.to_thread(preview_figures)
    if not only or "eventlog" in only:
        out.print("… eventlog", style="dim")
        figures += await asyncio.to_thread(eventlog_figures)
    if not only or "review" in only:
        out.print("… review", style="dim")
        figures += await review_figures()
    if not only or "pages" in only:
        out.print("… pages", style="dim")
        figures += await asyncio.to_thread(page_figures)
    show(figures, out)
    machine = {"cpus": str(psutil.cpu_count()), "system": platform.platform(), "python": platform.python_version()}
    out.print(write(figures, machine, RESULT), markup=False, soft_wrap=True)
    return 0 if all(figure.held is not False for figure in figures) else 1


def main() -> None:
    """Entry point; arguments name the parts to measure."""
    run_and_exit(lambda: measure(sys.argv[1:]))
