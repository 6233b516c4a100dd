"""Fixtures of the records: the same tests run on a SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.database import Database, upgrade
from store.paths import create_path
from store.tables import Path as PathRow
from store.tables import Record
from store.tenants import create_tenant
from tests.postgres import PostgresServer
from tests.store.examples import KEYRING, NEW_PATH, NOW, TENANT


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that needs an empty or a filled database runs on both kinds."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["sqlite", "postgresql"], scope="session")


@pytest.fixture(scope="session")
def migrated(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database without rows: the path of a file to copy, or the name of a PostgreSQL database to share."""
    if kind == "sqlite":
        file = tmp_path_factory.mktemp("migrated") / "records.db"
        upgrade(f"sqlite+aiosqlite:///{file}")
        return str(file)
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    upgrade(server.url(name))
    return name


@pytest.fixture
def url(kind: str, migrated: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh, migrated database."""
    if kind == "sqlite":
        file = shutil.copy(migrated, tmp_path / "records.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield server.url(migrated)
    server.empty(migrated, [table.name for table in reversed(Record.metadata.sorted_tables)])


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """The records, with the tenant of the examples."""
    records = Database(url, KEYRING)
    async with records.transaction() as session:
        await create_tenant(session, TENANT, "rhein-kreis-neuss", now=NOW)
    yield records
    await records.close()


@pytest.fixture
async def path(database: Database) -> PathRow:
    """A path in these records."""
    async with database.transaction() as session:
        return await create_path(session, KEYRING, NEW_PATH, NOW)
