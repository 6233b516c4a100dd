"""Lives of the simulated year leave the same records on real workflows as led through time without a Temporal server.

`KIM_YEAR_SAMPLE` says how many; each is played in tenants of its own, once this way and once that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from api.services import ApiOptions, Services
from kim.simulate.stage import Access, Stage, at
from kim.simulate.year.lives import Life, Plan, lives
from kim.simulate.year.looking import WithoutTemporal
from kim.simulate.year.mail import YearMailer
from kim.simulate.year.office import Office, open_office
from kim.simulate.year.on_temporal import OnTemporal
from kim.simulate.year.playing import Clock, Course, Year
from kim.simulate.year.world import PUBLIC_URL, NobodyToWake
from kim.world import World, whole_world
from process_models.catalogue import Catalogue
from store import tables
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring

SAMPLE: Final = int(os.environ.get("KIM_YEAR_SAMPLE", "2"))
PLAN: Final = Plan(paths=400, first=date(2026, 1, 1), last=date(2026, 12, 31))
KINDS: Final = 9


async def test_the_same_lives_leave_the_same_records(tmp_path: Path, temporal_client: Client) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'led.db'}"
    upgrade(url)
    led = Database(url, Keyring({"k1": bytes(KEY_BYTES)}, "k1"))
    try:
        async with whole_world(tmp_path, temporal_client) as world:
            access = await world.access()
            for life in islice(_of_every_kind(world.catalogue), SAMPLE):
                on_temporal = await _played_on_temporal(life, world, access)
                without = await _played_without(life, led, world.catalogue)
                assert without["events"], life.kind
                for what, rows in without.items():
                    assert on_temporal[what] == rows, (life.number, life.kind, what)
    finally:
        await led.close()


def _of_every_kind(catalogue: Catalogue) -> Iterator[Life]:
    """Lives that begin in the first half of the year, one kind after the other."""
    early = [life for life in lives(PLAN, catalogue) if life.starts_on <= date(2026, 6, 30)]
    kinds = sorted({life.kind for life in early})
    by_kind = {kind: iter([life for life in early if life.kind == kind]) for kind in kinds}
    assert len(kinds) == KINDS
    while True:
        for kind in ("recognised", *kinds):
            if (life := next(by_kind[kind], None)) is not None:
                yield life


async def _played_on_temporal(life: Life, world: World, access: Access) -> dict[str, list[Any]]:
    stage = await Stage.open(access, life.municipality, at(life.starts_on, 8))
    tools = Services(world.database, Catalogues(world.catalogue), world.news, ApiOptions())
    office = await open_office(tools, life.municipality, at(life.starts_on, 8), stage.tenant)
    return await _play(life, office, OnTemporal(world.database, stage), world.database, world.catalogue)


async def _played_without(life: Life, database: Database, catalogue: Catalogue) -> dict[str, list[Any]]:
    begins = at(life.starts_on, 8)
    tools = Services(database, Catalogues(catalogue), NobodyToWake(), ApiOptions(now=lambda: begins))
    office = await open_office(tools, life.municipality, begins, f"led-{life.number}")
    mailer = YearMailer(lambda: begins)
    course = WithoutTemporal(database, catalogue, mailer, PUBLIC_URL, frozenset({office.tenant}))
    return await _play(life, office, course, database, catalogue)


async def _play(
    life: Life, office: Office, course: Course, database: Database, catalogue: Catalogue
) -> dict[str, list[Any]]:
    plan = replace(PLAN, first=life.starts_on - timedelta(days=1))
    year = Year(plan, catalogue, database, Clock(at(plan.first, 6)), course, {life.municipality: office})
    journal = await year.play([life])
    assert not [line for line in journal.lines if line.refused]
    return await _records(database, office.tenant, year.ids[life.number])


async def _records(database: Database, tenant: str, path_id: str) -> dict[str, list[Any]]:
    """What the records say of a path, without ids and moments of writing."""
    found: dict[str, list[Any]] = {}
    kinds: dict[str, tuple[type[tables.Record], tuple[str, ...]]] = {
        "facts": (tables.Fact, ("kind", "effective_on", "recorded_on", "who")),
        "tasks": (tables.Task, ("key", "kind", "subject", "opened_on", "done_on")),
        "notices": (tables.Notice, ("key", "kind", "recipient", "agency", "made_on", "due_on", "status")),
        "handovers": (tables.Handover, _HANDOVER),
        "events": (tables.PathEvent, _EVENT),
        "plan": (tables.PlanRow, ("planned_for", "plan", "stalled_since", "level", "next_due_on", "waits_for")),
        "path": (tables.Path, ("state", "current_place")),
    }
    async with database.reading() as session:
        for what, (table, names) in kinds.items():
            key = getattr(table, "id" if table is tables.Path else "path_id")
            rows = await session.scalars(select(table).where(key == path_id))
            found[what] = _plain(rows, names, path_id)
        items = select(tables.BodyItem).where(col(tables.BodyItem.tenant_id) == tenant)
        found["items"] = _plain(await session.scalars(items), _ITEM, path_id)
    return found


_HANDOVER: Final = (
    *("code", "trigger_on", "from_kind", "to_kind", "to_agency", "state", "offered_on", "received_on", "accepted_on"),
    *("refused_on", "completed_on", "cancelled_on", "reason", "detail", "level", "escalated_on", "offers", "members"),
)
_EVENT: Final = (
    *("happened_on", "activity", "code", "from_kind", "to_kind", "agency", "place", "reason", "detail", "level"),
    *("working_days", "days"),
)
_ITEM: Final = (
    "key",
    "body",
    "handover",
    "reason",
    "detail",
    "cause",
    "raised_on",
    "path_count",
    "state",
    "decided_on",
)


def _plain(rows: Any, names: tuple[str, ...], path_id: str) -> list[Any]:
    return sorted(str([getattr(row, name) for name in names]).replace(path_id, "PATH") for row in rows)
