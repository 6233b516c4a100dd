"""Records with many paths: cases of the scenarios, each moved by some days, so that no two are alike. Seeded.

Only for measurements: rows are written in bulk, past the ways that the product writes them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kim.model.preview import scenario_files
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import load_scenario
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.plan import Plan
from process_models.work import OpenWork
from store import tables
from store.database import Database
from store.facts import sealed_row
from store.persons import NamedPerson, add_household, create_person
from store.tenants import create_tenant

SEED: Final = 26_500
MOVED_BY: Final = 180
"""Days by which a path lies earlier or later than its scenario, at most."""
CHUNK: Final = 250
NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A case to be copied, and where it stalls."""

    case: Case
    plan: Plan


async def patterns(catalogue: Catalogue, files: Sequence[Path] | None = None) -> list[Pattern]:
    """Every scenario, or only these files, as it stands on its last day."""
    found: list[Pattern] = []
    for file in scenario_files() if files is None else files:
        last: list[Pattern] = []
        scenario = load_scenario(file, catalogue)
        own = scenario.person

        def watch(case: Case, plan: Plan, _now: datetime, own: Any = own, last: list[Pattern] = last) -> None:
            last[:] = [Pattern(case, plan)] if case.person == own else last

        await RulesEngine(catalogue).play(scenario, watch)
        found += last
    return found


async def fill(database: Database, kinds: Sequence[Pattern], count: int) -> int:
    """Writes `count` open paths; returns how many facts they have."""
    drawn = random.Random(SEED)
    facts = 0
    async with database.transaction() as session:
        for municipality in sorted({kind.case.municipality for kind in kinds}):
            await create_tenant(session, municipality, municipality, now=NOW)
    for start in range(0, count, CHUNK):
        async with database.transaction() as session:
            for number in range(start, min(start + CHUNK, count)):
                kind = kinds[number % len(kinds)]
                days = timedelta(days=drawn.randint(-MOVED_BY, MOVED_BY))
                facts += await _write(session, database, number, kind, days)
    return facts


async def _write(session: AsyncSession, database: Database, number: int, kind: Pattern, days: timedelta) -> int:
    case = moved(kind.case, days)
    named = NamedPerson(case.person, f"Person {number}")
    person, key = await create_person(session, database.keyring, case.municipality, named, NOW)
    path = tables.Path(
        tenant_id=case.municipality,
        person_id=person.id,
        case_number=f"KIM-{number:08d}",
        municipality=case.municipality,
        place=case.place,
        current_place=kind.plan.place,
    )
    session.add(path)
    await session.flush()
    await add_household(session, key, path.id, case.household)
    rows = [sealed_row(path.id, fact, key, "bench", NOW) for fact in case.facts]
    await session.execute(insert(tables.Fact), [row.model_dump() for row in rows])
    session.add_all(_work_rows(path, case.work))
    session.add_all(_stalls(path, kind.plan, days))
    await session.flush()
    session.expunge_all()
    return len(rows)


def _work_rows(path: tables.Path, work: OpenWork) -> Iterator[tables.Record]:
    for item in work.handovers:
        told = {part.name: getattr(item, part.name) for part in fields(item)} | {"members": " ".join(item.members)}
        yield tables.Handover(tenant_id=path.tenant_id, path_id=path.id, to_agency=item.to_kind, **told)
    for task in work.tasks:
        told = {part.name: getattr(task, part.name) for part in fields(task)}
        yield tables.Task(tenant_id=path.tenant_id, path_id=path.id, **told)
    for key in sorted(work.notices_made):
        yield tables.Notice(
            key=f"{path.id}:{key}",
            tenant_id=path.tenant_id,
            path_id=path.id,
            kind="offer",
            subject="",
            recipient="",
            made_on=NOW.date(),
            status="delivered",
        )


def _stalls(path: tables.Path, plan: Plan, days: timedelta) -> Iterator[tables.Record]:
    for handover in plan.handovers:
        if handover.stalled_since is not None:
            yield tables.StallNote(
                tenant_id=path.tenant_id,
                path_id=path.id,
                handover=handover.code,
                from_kind=handover.from_kind,
                to_kind=handover.to_kind,
                reason=handover.reason or "AGENCY_LATE",
                detail=handover.detail,
                since=handover.stalled_since + days,
            )


def moved(case: Case, days: timedelta) -> Case:
    """The same case, every day of it earlier or later."""
    return replace(
        case,
        person=replace(case.person, born=case.person.born + days),
        facts=tuple(_fact(fact, days) for fact in case.facts),
        work=_work(case.work, days),
    )


def _fact(fact: Any, days: timedelta) -> Any:
    data = {name: value + days if isinstance(value, date) else value for name, value in fact.data.items()}
    return replace(fact, on=fact.on + days, recorded=fact.recorded + days, data=data)


def _work(work: OpenWork, days: timedelta) -> OpenWork:
    return OpenWork(
        handovers=tuple(replace(item, **_dates(item, days)) for item in work.handovers),
        tasks=tuple(replace(task, key=_key(task.key, days), **_dates(task, days)) for task in work.tasks),
        notices_made=frozenset(_keys(work.notices_made, days)),
        undeliverable=frozenset(_keys(work.undeliverable, days)),
        agenda=work.agenda,
    )


def _dates(of: Any, days: timedelta) -> Mapping[str, Any]:
    found = {part.name: getattr(of, part.name) for part in fields(of)}
    return {name: value + days for name, value in found.items() if isinstance(value, date)}


def _keys(keys: Iterable[str], days: timedelta) -> Iterator[str]:
    return (_key(key, days) for key in keys)


def _key(key: str, days: timedelta) -> str:
    return _ISO_DAY.sub(lambda day: (date.fromisoformat(day.group()) + days).isoformat(), key)
