"""What the export of a large event log costs: seconds and memory of the real command, in both formats.

The records are a fresh SQLite file or the empty PostgreSQL database at a URL, the command a process of its own.
Alone: `python -m benchmarks.eventlog [events] [URL]`.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.figures import Figure, show
from benchmarks.records import NOW
from store import tables
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring
from store.tenants import create_tenant

EVENTS: Final = 1_000_000
A_MINUTE: Final = 60
MEGABYTES: Final = 300
_TENANT: Final = "rhein-kreis-neuss"
_PLACES: Final = ("meerbusch", "dormagen", "grevenbroich", "kaarst")
_STEPS: Final = ("handover_offered", "handover_received", "stall_reason_given", "escalated", "handover_accepted")
_ROUNDS: Final = 2
_OF_PATH: Final = len(_STEPS) * _ROUNDS
_CHUNK: Final = 1_000
_EVERY_SECONDS: Final = 0.1


@dataclass(slots=True)
class Measured:
    """What watching a process gave."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    written: int = 0
    """Bytes of the file."""
    load: float = 0.0
    """Of the machine, before."""
    said: str = ""


def eventlog_figures(count: int = EVENTS, url: str = "") -> list[Figure]:
    """Fills records with `count` events, ten a path, and exports them in both formats."""
    figures = []
    for form, measured in measure(count, url).items():
        kind = "PostgreSQL" if url else "SQLite"
        label = f"Ereignisprotokoll als {form.upper()} ({kind})"
        note = f"{count} Ereignisse, {measured.written / 1e6:.0f} MB, Last der Maschine vorher {measured.load:.1f}"
        figures.append(Figure(label, measured.seconds, "s", A_MINUTE, note))
        figures.append(Figure(f"{label}: CPU", measured.cpu_seconds, "s"))
        figures.append(Figure(f"{label}: Speicher, Spitze", measured.peak_bytes / 1e6, "MB", MEGABYTES))
    return figures


def measure(count: int, url: str = "") -> dict[str, Measured]:
    """What exporting `count` events takes, by format; the process of the command alone."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="kim-eventlog-") as name:
        directory = Path(name)
        records = url or f"sqlite+aiosqlite:///{directory / 'kim.db'}"
        asyncio.run(_filled(records, count))
        for form in ("ocel", "xes"):
            out = directory / f"log.{form}"
            found[form] = _watched(form, records, out)
            assert f" {count} Ereignisse" in found[form].said
            out.unlink()
    return found


async def _filled(url: str, count: int) -> None:
    upgrade(url)
    database = Database(url, Keyring({"k1": bytes(KEY_BYTES)}, "k1"))
    drawn = random.Random(count)
    try:
        async with database.transaction() as session:
            await create_tenant(session, _TENANT, _TENANT, now=NOW)
            session.add(tables.Person(id="0" * 32, tenant_id=_TENANT, sealed=b""))
        for start in range(0, count, _CHUNK * _OF_PATH):
            async with database.transaction() as session:
                await _write(session, start // _OF_PATH, min(_CHUNK, (count - start) // _OF_PATH), drawn)
    finally:
        await database.close()


async def _write(session: AsyncSession, first: int, paths: int, drawn: random.Random) -> None:
    rows = [_path(first + number, drawn) for number in range(paths)]
    handovers = [_handover(path, turn) for path in rows for turn in range(_ROUNDS)]
    events = [event for handover in handovers for event in _events(handover, drawn)]
    drawn.shuffle(events)  # in life the events of many paths are written in turn
    for table, found in ((tables.Path, rows), (tables.Handover, handovers), (tables.PathEvent, events)):
        await session.execute(insert(table), found)


def _path(number: int, drawn: random.Random) -> dict[str, Any]:
    return {
        "id": f"{drawn.getrandbits(128):032x}",
        "tenant_id": _TENANT,
        "person_id": "0" * 32,
        "case_number": f"KIM-{number:08d}",
        "municipality": _TENANT,
        "place": _PLACES[number % len(_PLACES)],
        "current_place": _PLACES[number % len(_PLACES)],
        "facts_version": 0,
        "state": "open",
        "created_at": NOW,
    }


def _handover(path: dict[str, Any], turn: int) -> dict[str, Any]:
    return {
        "id": f"{int(path['id'], 16) ^ (turn + 1):032x}",
        "tenant_id": _TENANT,
        "path_id": path["id"],
        "code": f"H0{turn + 1}",
        "trigger_on": date(2024, 1, 1),
        "from_kind": "sozialamt",
        "to_kind": "jobcenter",
        "to_agency": f"jobcenter-{path['place']}",
        "state": "accepted",
        "level": "E1",
        "version": 0,
        "created_at": NOW,
    }


def _events(handover: dict[str, Any], drawn: random.Random) -> Iterator[dict[str, Any]]:
    begun = date(2024, 1, 1) + timedelta(days=drawn.randrange(700))
    taken = sorted(drawn.randrange(60) for _ in _STEPS)
    for step, days in zip(_STEPS, taken, strict=True):
        yield {
            **{name: handover[name] for name in ("tenant_id", "path_id", "code", "from_kind", "to_kind")},
            "handover_id": handover["id"],
            "activity": step,
            "happened_on": begun + timedelta(days=days),
            "agency": handover["to_agency"],
            "place": handover["to_agency"].removeprefix("jobcenter-"),
            "reason": "DOC_MISSING",
            "detail": drawn.choice(("DOC_BANK", "DOC_RENT", "DOC_PHOTO")),
            "level": "E1",
            "working_days": days * 5 // 7,
            "created_at": NOW,
        }


def _watched(form: str, url: str, out: Path) -> Measured:
    command = [sys.executable, "-m", "kim.main", "eventlog", "export", "--format", form, "--out", str(out)]
    measured, begun = Measured(load=os.getloadavg()[0]), time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"KIM_DATABASE_URL": url}
    with subprocess.Popen([*command, "--tenant", _TENANT], env=environment, stdout=subprocess.PIPE) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            measured.peak_bytes = max(measured.peak_bytes, _memory(watched))
            time.sleep(_EVERY_SECONDS)
        measured.seconds = time.perf_counter() - begun
        measured.said = process.stdout.read().decode() if process.stdout else ""
    assert process.returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured.cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    measured.written = out.stat().st_size
    return measured


def _memory(watched: psutil.Process) -> int:
    try:
        return int(watched.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    show(eventlog_figures(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS, *sys.argv[2:3]), Console())
