"""Rows of the event log for tests of figures: written as they are, past the ways that the product writes them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select

from store.database import Database
from store.tables import PathEvent

Row = dict[str, Any]
WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
WAYS: Final = (("H01", "sozialamt", "jobcenter"), ("H03", "jobcenter", "abh"), ("H04", "kim", "kurstraeger"))
PLACES: Final = ("meerbusch", "neuss", "kaarst", "dormagen")
AGENCIES: Final = {
    "jobcenter": ("jobcenter-rkn",),
    "abh": ("abh-rkn", "abh-neuss"),
    "kurstraeger": ("kurstraeger-rkn",),
}
STEPS: Final = (
    *("handover_offered", "handover_received", "handover_accepted", "handover_refused", "handover_completed"),
    *("handover_forwarded", "stall_reason_given", "escalated", "gap_ended", "handover_queried"),
)
REASONS: Final = ("AGENCY_LATE", "DOC_MISSING", "CAPACITY")


def row(activity: str, on: date, way: int = 0, tenant: str = "rhein-kreis-neuss", **other: Any) -> Row:
    """One event at one of the WAYS; everything that is not told is empty."""
    code, sender, receiver = WAYS[way]
    blank = {"agency": "", "place": "", "reason": "", "detail": "", "level": "", "working_days": None, "days": None}
    place = {"code": code, "from_kind": sender, "to_kind": receiver}
    return {"tenant_id": tenant, "activity": activity, "happened_on": on, "created_at": WRITTEN} | blank | place | other


def drawn_rows(seed: int, count: int, since: date, until: date) -> Iterator[Row]:
    """A random log: some interfaces with much, some with hardly anything."""
    dice = random.Random(seed)
    for _ in range(count):
        way = dice.choices(range(len(WAYS)), (30, 6, 1))[0]
        place = dice.choices(PLACES, (20, 10, 3, 1))[0]
        agencies = AGENCIES[WAYS[way][2]]
        activity = dice.choice(STEPS)
        days = dice.choice((dice.randrange(4), dice.randrange(60)))
        yield row(
            activity,
            since + timedelta(days=dice.randrange((until - since).days + 1)),
            way,
            agency="" if activity == "gap_ended" else agencies[-1] if place == "neuss" else agencies[0],
            place=place,
            reason=dice.choice(REASONS) if activity == "stall_reason_given" else "",
            level=dice.choice(("E1", "E2")) if activity == "escalated" else "E0",
            working_days=None if activity in ("handover_offered", "handover_forwarded", "gap_ended") else days,
            days=days + 1 if activity == "gap_ended" else None,
        )


async def write_rows(database: Database, rows: Iterable[Row]) -> None:
    """Puts rows into the event log."""
    async with database.transaction() as session:
        await session.execute(insert(PathEvent), list(rows))


async def raw_rows(database: Database) -> list[PathEvent]:
    """All rows of the event log, as they are."""
    async with database.reading() as session:
        return list(await session.scalars(select(PathEvent)))
