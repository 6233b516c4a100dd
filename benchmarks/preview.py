"""What a preview of a new law on all paths of a Kreis costs: time, CPU and memory of the real command.

The records are a fresh SQLite file; the command runs as a process of its own, with as many helpers as there are cores.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.figures import Figure
from benchmarks.records import fill, patterns
from process_models.catalogue import SHIPPED, catalogue
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring

PATHS: Final = 26_500
TEN_MINUTES: Final = 600
_EVERY_SECONDS: Final = 0.25
_NEEDS_PERSON: Final = 1


@dataclass(slots=True)
class Measured:
    """What watching a process and its helpers gave."""

    seconds: float = 0.0
    peak_bytes: int = 0
    cpu: dict[int, float] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)


def preview_figures(count: int = PATHS) -> list[Figure]:
    """Fills records with `count` paths and previews a law that makes naturalisation take a year longer."""
    with tempfile.TemporaryDirectory(prefix="kim-preview-") as name:
        directory, key = Path(name), secrets.token_bytes(KEY_BYTES)
        url = f"sqlite+aiosqlite:///{directory / 'kim.db'}"
        begun = time.perf_counter()
        facts = asyncio.run(_filled(url, key, count))
        filled = time.perf_counter() - begun
        environment = {"KIM_DATABASE_URL": url, "KIM_MASTER_KEY": base64.b64encode(key).decode()}
        load = os.getloadavg()[0]
        measured = _watched(_command(_longer_wait(directory)), environment, directory / "told.json")
    changed = f"{measured.summary['changed']} ändern sich, {measured.summary['need_person']} brauchen eine Person"
    return [
        Figure("Vorschau: Wege anlegen", filled, "s", None, f"{count} Wege, {facts} Tatsachen"),
        Figure("Vorschau eines neuen Gesetzes auf alle Wege", measured.seconds, "s", TEN_MINUTES, changed),
        Figure("Vorschau: je Weg", 1000 * measured.seconds / count, "ms", None, f"Last der Maschine vorher {load:.1f}"),
        Figure("Vorschau: CPU aller Prozesse", sum(measured.cpu.values()), "s", None, f"{psutil.cpu_count()} Kerne"),
        Figure("Vorschau: Speicher aller Prozesse, Spitze", measured.peak_bytes / 1e6, "MB"),
    ]


async def _filled(url: str, key: bytes, count: int) -> int:
    upgrade(url)
    database = Database(url, Keyring({"k1": key}, "k1"))
    try:
        return await fill(database, await patterns(catalogue()), count)
    finally:
        await database.close()


def _longer_wait(directory: Path) -> Path:
    """A law of one file: naturalisation after six years instead of five."""
    law = directory / "new" / "law"
    law.mkdir(parents=True)
    text = (SHIPPED / "law" / "settlement.yaml").read_text(encoding="utf-8")
    changed = text.replace("valid_from: 2024-06-27, years: 5", "valid_from: 2024-06-27, years: 6", 1)
    assert changed != text
    (law / "settlement.yaml").write_text(changed, encoding="utf-8")
    return law.parent


def _command(law: Path) -> list[str]:
    options = ["--law", str(law), "--paths", "DB", "--json", "--out", str(law / "list.csv")]
    return [sys.executable, "-m", "kim.main", "model", "preview", *options]


def _watched(command: list[str], environment: dict[str, str], told: Path) -> Measured:
    """Runs the command; its output goes to a file, since nobody would empty a pipe meanwhile."""
    measured, begun = Measured(), time.perf_counter()
    with told.open("wb") as out, subprocess.Popen(command, env=os.environ | environment, stdout=out) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            _sample(watched, measured)
            time.sleep(_EVERY_SECONDS)
        measured.seconds = time.perf_counter() - begun
    assert process.returncode in (0, _NEEDS_PERSON)
    measured.summary = json.loads(told.read_text(encoding="utf-8"))
    return measured


def _sample(watched: psutil.Process, measured: Measured) -> None:
    total = 0
    for process in _family(watched):
        try:
            total += process.memory_info().rss
            measured.cpu[process.pid] = sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    measured.peak_bytes = max(measured.peak_bytes, total)


def _family(watched: psutil.Process) -> list[psutil.Process]:
    try:
        return [watched, *watched.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
