"""What the review of interfaces and the yearly figures cost over 100,000 paths: seconds and CPU, on both databases.

Events are written in bulk, seeded, past the ways that the product writes them. Alone: `python -m benchmarks.review
[paths] [url]`; without a URL on a fresh SQLite file.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from rich.console import Console
from sqlalchemy import insert, text

from api.caller import Caller
from api.reads_figures import read_yearly
from api.reads_review import WantedReview, read_interface, read_review
from api.services import ApiOptions, NewsPort, Services
from benchmarks.figures import Figure, show
from process_models.catalogue import Catalogue, load_catalogue
from process_models.interface_review import Interface
from store import tables
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring
from store.tenants import create_tenant

PATHS: Final = 100_000
A_PATH: Final = 13.5
"""Events of a path, so many as a simulated path of six years leaves."""
SECONDS: Final = 2.0
TENANT: Final = "rhein-kreis-neuss"
BEGUN: Final = date(2020, 1, 1)
DAYS: Final = 6 * 365
NOW: Final = datetime(2026, 2, 2, 8, tzinfo=UTC)
YEAR: Final = 2025
_CHUNK: Final = 20_000
_HANDOVER: Final = (
    *("handover_offered", "handover_received", "handover_accepted", "handover_completed"),
    *("stall_reason_given", "escalated"),
)
_PATH: Final = (
    *("path_opened", "phase_entered", "case_management_changed", "screened", "residence_entered"),
    *("title_renewed", "framework_entered", "gap_started", "gap_ended"),
)
_REASONS: Final = ("AGENCY_LATE", "DOC_MISSING", "CLIENT_OPEN", "CAPACITY")
_CODES: Final = {
    "case_management_changed": ("active", "paused", "closed"),
    "screened": ("N2", "N4"),
    "residence_entered": ("R03", "R12", "R31", "R35"),
    "framework_entered": ("B02", "B05", "B13"),
}
Read = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Ways:
    """The interfaces of the rules and the agencies and places that they have in one municipality."""

    interfaces: tuple[Interface, ...]
    agencies: dict[str, tuple[str, ...]]
    places: tuple[str, ...]


def ways_of(catalogue: Catalogue) -> Ways:
    """What the events are drawn from."""
    config = catalogue.municipality(TENANT)
    agencies: dict[str, tuple[str, ...]] = {}
    for agency in config.agencies:
        agencies[agency.kind] = (*agencies.get(agency.kind, ()), agency.id)
    codes = sorted({rule.code for rule in catalogue.handovers})
    kinds = sorted(agencies)
    interfaces = (Interface(code, kinds[n % len(kinds)], kinds[(n + 3) % len(kinds)]) for n, code in enumerate(codes))
    return Ways(tuple(interfaces), agencies, tuple(config.places))


def event_rows(paths: int, ways: Ways) -> Iterator[dict[str, Any]]:
    """The events of so many paths over six years."""
    drawn = random.Random(paths)
    for _ in range(round(paths * A_PATH)):
        blank = {"code": "", "from_kind": "", "to_kind": "", "agency": "", "reason": "", "level": "", "detail": ""}
        row: dict[str, Any] = {"tenant_id": TENANT, "working_days": None, "days": None, "created_at": NOW} | blank
        row["happened_on"] = BEGUN + timedelta(days=drawn.randrange(DAYS))
        row["place"] = ways.places[min(int(drawn.expovariate(0.6)), len(ways.places) - 1)]
        yield row | (_of_handover(drawn, ways) if drawn.random() < 0.6 else _of_path(drawn))


def _of_handover(drawn: random.Random, ways: Ways) -> dict[str, Any]:
    way = ways.interfaces[min(int(drawn.expovariate(0.15)), len(ways.interfaces) - 1)]
    activity = drawn.choice(_HANDOVER)
    return {
        "activity": activity,
        "code": way.code,
        "from_kind": way.from_kind,
        "to_kind": way.to_kind,
        "agency": drawn.choice(ways.agencies[way.to_kind]),
        "reason": drawn.choice(_REASONS) if activity == "stall_reason_given" else "",
        "level": drawn.choice(("E1", "E2", "E3")) if activity == "escalated" else "E0",
        "working_days": None if activity == "handover_offered" else int(drawn.expovariate(0.1)),
    }


def _of_path(drawn: random.Random) -> dict[str, Any]:
    activity = drawn.choice(_PATH)
    return {
        "activity": activity,
        "code": drawn.choice(_CODES.get(activity, ("",))),
        "reason": drawn.choice(("prospect", "active")) if activity == "case_management_changed" else "",
        "days": drawn.randrange(2500) if activity in ("residence_entered", "framework_entered", "gap_ended") else None,
    }


async def fill(database: Database, paths: int, catalogue: Catalogue) -> None:
    """Writes the events of so many paths."""
    async with database.transaction() as session:
        await create_tenant(session, TENANT, TENANT, now=NOW)
    rows: list[dict[str, Any]] = []
    for row in event_rows(paths, ways_of(catalogue)):
        rows.append(row)
        if len(rows) == _CHUNK:
            await _write(database, rows)
    await _write(database, rows)
    async with database.transaction() as session:
        await session.execute(text("ANALYZE"))


async def _write(database: Database, rows: list[dict[str, Any]]) -> None:
    if rows:
        async with database.transaction() as session:
            await session.execute(insert(tables.PathEvent), rows)
    rows.clear()


def reads(database: Database, catalogue: Catalogue) -> dict[str, Read]:
    """What is measured: the functions that the pages call."""
    tools = Services(database, Catalogues(catalogue), cast(NewsPort, None), ApiOptions(now=lambda: NOW))
    caller = Caller("bench", "coordinator", TENANT, "none")
    way = ways_of(catalogue).interfaces[0]
    place = catalogue.municipality(TENANT).places[0]
    return {
        "Schnittstellen, ein Jahr": lambda: read_review(tools, caller, WantedReview(YEAR)),
        "Schnittstellen, ein Jahr und ein Ort": lambda: read_review(tools, caller, WantedReview(YEAR, place=place)),
        "eine Schnittstelle, vorher und nachher": lambda: read_interface(
            tools, caller, way, WantedReview(YEAR), date(2024, 7, 1)
        ),
        "Jahreszahlen": lambda: read_yearly(tools, caller, YEAR),
    }


async def measured(database: Database, catalogue: Catalogue, about: str, rounds: int = 3) -> list[Figure]:
    """Seconds and CPU of this process for each read, the quickest of some rounds."""
    figures = []
    for name, read in reads(database, catalogue).items():
        walls, works = [], []
        for _ in range(rounds):
            wall, work = time.perf_counter(), time.process_time()
            await read()
            walls.append(time.perf_counter() - wall)
            works.append(time.process_time() - work)
        note = f"{about}; CPU dieses Prozesses {min(works):.2f} s"
        figures.append(Figure(name, min(walls), "s", SECONDS, note))
    return figures


async def review_figures(paths: int = PATHS, url: str = "") -> list[Figure]:
    """Fills records with the events of so many paths and measures."""
    with tempfile.TemporaryDirectory(prefix="kim-review-") as directory:
        where = url or f"sqlite+aiosqlite:///{Path(directory) / 'kim.db'}"
        await asyncio.to_thread(upgrade, where)
        database = Database(where, Keyring({"k1": bytes(KEY_BYTES)}, "k1"))
        catalogue = load_catalogue()
        try:
            await fill(database, paths, catalogue)
            return await measured(database, catalogue, f"{round(paths * A_PATH)} Ereignisse, {where.partition(':')[0]}")
        finally:
            await database.close()


if __name__ == "__main__":
    paths, url = (int(sys.argv[1]) if len(sys.argv) > 1 else PATHS), (sys.argv[2] if len(sys.argv) > 2 else "")
    show(asyncio.run(review_figures(paths, url)), Console(width=160))
