"""Plays a year in one process, or in several that each play municipalities of their own, into one file of records.

How processes are made and their records put together; the year itself stands in `world`.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from kim.simulate.year.lives import SHARES, Plan
from kim.simulate.year.merging import merge
from kim.simulate.year.world import play_year
from process_models.catalogue import load_catalogue
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring

KEYRING: Final = Keyring({"k1": bytes(KEY_BYTES)}, "k1")
"""The records hold nobody who exists."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process did and took."""

    lines: int
    looks: int
    mails: int
    cpu_seconds: float
    megabytes: float


def groups(jobs: int) -> list[tuple[str, ...]]:
    """The municipalities of each process; the first one has half of the paths."""
    first, *others = SHARES
    return [(first, *others)] if jobs == 1 else [(first,), tuple(others)]


def play_in_processes(plan: Plan, out: Path, groups: Sequence[Collection[str]]) -> list[Cost]:
    """Plays each group in a process of its own; `out` then holds `kim.db` and `journal.jsonl` of all."""
    files = [out / f"part-{number}.db" for number in range(len(groups))]
    with ProcessPoolExecutor(len(groups), mp_context=get_context("spawn")) as processes:
        costs = list(processes.map(_play_group, [plan] * len(groups), files, groups))
    merge(files[0], files[1:])
    files[0].rename(out / "kim.db")
    journals = [file.with_suffix(".jsonl") for file in files]
    (out / "journal.jsonl").write_text("".join(one.read_text(encoding="utf-8") for one in journals), encoding="utf-8")
    for file in (*files[1:], *journals):
        file.unlink()
    return costs


def _play_group(plan: Plan, file: Path, municipalities: Collection[str]) -> Cost:
    url = f"sqlite+aiosqlite:///{file.resolve()}"
    upgrade(url)
    return asyncio.run(_play(plan, url, file.with_suffix(".jsonl"), municipalities))


async def _play(plan: Plan, url: str, journal: Path, municipalities: Collection[str]) -> Cost:
    database = Database(url, KEYRING)
    try:
        played = await play_year(plan, database, load_catalogue(), municipalities, _shown)
        await database.scrub()
    finally:
        await database.close()
    played.journal.write(journal)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    return Cost(len(played.journal.lines), played.looks, played.mails, seconds, used.ru_maxrss / 1024)


def _shown(day: date) -> None:
    if day.weekday() == 0:
        sys.stderr.write(f"{day:%d.%m.%Y}\n")
