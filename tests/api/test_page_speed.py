"""How fast pages answer over many paths, in short: CPU time of every page, and along which index lists are read.

The whole measurement: `python -m benchmarks pages`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.desks import TODAY, multiply
from benchmarks.pages import LISTS, PAGE_MS, TENANT, filled, opened
from benchmarks.surroundings import FACTS
from kim.model.preview import scenario_files
from store.database import Database, upgrade
from store.facts import load_facts
from store.scope import Scope
from store.sealing import Keyring
from store.tables import Path
from store.worklist import Tab, WantedWork, count_work, list_work

WRITTEN: Final = 200
TIMES: Final = 50
"""10,000 paths for lists and counts."""
ROUNDS: Final = 4
SCENARIOS: Final = (
    *("path-a", "family-arrives-in-care", "naturalisation-handover-forty-days", "paused-and-resumed"),
    *("revocation-hands-over-deadline", "statute-handovers", "ended-path-reopened"),
)
"""Long ones, and with handovers that wait."""


@pytest.fixture(scope="module")
async def kreis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Database, dict[str, str]]]:
    """Records of a Kreis with 10,000 paths, from a few of the scenarios; a name of everything for addresses."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('many') / 'kim.db'}"
    upgrade(url)
    database = Database(url, Keyring({"k1": b"k" * 32}, "k1"))
    files = [file for file in scenario_files() if file.stem in SCENARIOS]
    names = await filled(database, WRITTEN, files, TIMES)
    await multiply(database, TIMES)
    yield database, names
    await database.close()


@pytest.fixture(scope="module")
def database(kreis: tuple[Database, dict[str, str]]) -> Database:
    return kreis[0]


async def test_no_page_takes_twice_its_150_milliseconds_over_ten_thousand_paths(
    kreis: tuple[Database, dict[str, str]],
) -> None:
    database, names = kreis
    async with database.reading() as session:
        path = await session.get_one(Path, names["path_id"])
        assert len(await load_facts(session, database.keyring, path)) == FACTS
    found = await opened(database, names, rounds=ROUNDS)
    assert {page.address for page in found} >= {*LISTS, f"/paths/{path.id}"}
    slow = [page for page in found if min(page.cpu) > _limit(page.address)]
    assert {f"{page.address} ({page.who})": min(page.cpu) for page in slow} == {}


def _limit(address: str) -> int:
    """Twice what `make bench` holds pages to: a shared machine is slow at times. Papers are set for print."""
    return 12 * PAGE_MS if address.endswith("pdf") else 2 * PAGE_MS


@pytest.mark.parametrize("role", ["case_manager", "coordinator"])
@pytest.mark.parametrize("tab", ["mine", "team", "others"])
async def test_the_worklist_is_found_along_indexes_and_touches_no_row_of_a_path_that_is_not_shown(
    database: Database, role: str, tab: Tab
) -> None:
    scope = Scope(TENANT, role, TODAY, "somebody")
    async with database.reading() as session:
        asked = _noted(session)
        await list_work(session, scope, WantedWork(tab), scope.today)
        await count_work(session, scope, WantedWork(tab), scope.today)
        steps = [step for statement in tuple(asked) for step in await _steps(session, *statement)]
    of_paths = [step for step in steps if step.split()[1] == "path"]
    assert of_paths
    assert [step for step in of_paths if "COVERING INDEX" not in step and "(id=?)" not in step] == []
    assert [step for step in steps if step.startswith("SCAN assignment")] == []


def _noted(session: AsyncSession) -> list[tuple[str, Any]]:
    """What is asked of the database from now on, with its parameters."""
    asked: list[tuple[str, Any]] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    return asked


async def _steps(session: AsyncSession, statement: str, parameters: Any) -> list[str]:
    """How SQLite answers it."""
    if not statement.lstrip().startswith("SELECT"):
        return []
    connection = await session.connection()
    plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in plan]
