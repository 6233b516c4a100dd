"""The same plan gives the same year: what was done, and what the product made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kim.simulate.year.lives import Plan
from kim.simulate.year.processes import KEYRING
from kim.simulate.year.world import play_year
from process_models.catalogue import load_catalogue
from store.database import Database, upgrade
from store.tables import PathEvent

PLAN = Plan(paths=14, first=date(2026, 1, 1), last=date(2026, 3, 31))


async def test_a_year_that_is_played_twice_is_the_same_year(tmp_path: Path) -> None:
    first, again = [await _played(tmp_path / name) for name in ("first.db", "again.db")]
    assert first == again
    assert len(first[1]) > 50


async def _played(file: Path) -> tuple[list[Any], list[Any]]:
    url = f"sqlite+aiosqlite:///{file}"
    upgrade(url)
    database = Database(url, KEYRING)
    try:
        played = await play_year(PLAN, database, load_catalogue())
        async with database.reading() as session:
            rows = list(await session.scalars(select(PathEvent)))
    finally:
        await database.close()
    # A case number is drawn anew each time: it says nothing.
    lines = [replace(line, code="") if line.what == "started" else line for line in played.journal.lines]
    events = sorted(
        str((row.happened_on, row.activity, row.code, row.place, row.reason, row.working_days, row.days, row.level))
        for row in rows
    )
    return lines, events
