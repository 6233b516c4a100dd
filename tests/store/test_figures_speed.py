"""Review and yearly figures stay quick with many events: along the index of counting, within CPU time, on SQLite.

`python -m benchmarks.review` measures 100,000 paths; here a fiftieth of them. CPU time, since others use the machine.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.review import A_PATH, PATHS, SECONDS, TENANT, YEAR, fill, reads
from process_models.catalogue import Catalogue, load_catalogue
from process_models.interface_split import Part
from process_models.quarters import of_year
from store.database import Database, upgrade
from store.figures import count_quarters
from store.scope import Scope
from store.yearly import count_flows, count_year
from tests.store.examples import DAY, KEYRING

COUNT: Final = 2_000
FIXED: Final = 0.75
"""CPU seconds that a read may take however few events there are: rules, words, a few thousand groups."""
COUNTING: Final = "ix_path_event_counting"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> AsyncIterator[Database]:
    """Records with the events of 2,000 paths."""
    file: Path = tmp_path_factory.mktemp("many") / "kim.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    database = Database(f"sqlite+aiosqlite:///{file}", KEYRING)
    await fill(database, COUNT, catalogue)
    yield database
    await database.close()


async def steps_of(session: AsyncSession, asked: list[tuple[str, Any]]) -> list[str]:
    """How SQLite answers what was asked."""
    connection = await session.connection()
    found = []
    for statement, parameters in asked:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found += [row[3] for row in plan]
    return found


async def test_counting_goes_along_its_index_and_never_through_the_table(filled: Database) -> None:
    scope, asked = Scope(TENANT, "coordinator", DAY), list[tuple[str, Any]]()
    async with filled.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    async with filled.reading() as session:
        await count_quarters(session, scope, of_year(YEAR))
        await count_quarters(session, scope, of_year(YEAR), part=Part(place="neuss"))
        await count_year(session, scope, YEAR)
        await count_flows(session, scope, range(2020, YEAR + 1))
        counting = [one for one in asked if "FROM path_event" in one[0]]
        review, *others = [await steps_of(session, [one]) for one in counting]
    assert len(review) == 1, "nothing is sorted"
    assert len(others) == 3
    for steps in (review, *others):
        assert f"USING COVERING INDEX {COUNTING} (tenant_id=? AND activity=?" in steps[0]
        assert not [step for step in steps if step.startswith("SCAN")]


async def test_every_read_keeps_the_pace_of_a_hundred_thousand_paths(filled: Database, catalogue: Catalogue) -> None:
    allowed = FIXED + SECONDS * COUNT / PATHS
    for name, read in reads(filled, catalogue).items():
        works = []
        for _ in range(3):
            begun = time.process_time()
            await read()
            works.append(time.process_time() - begun)
        assert min(works) < allowed, f"{name}: {min(works):.2f} s CPU for {COUNT * A_PATH:.0f} events"
