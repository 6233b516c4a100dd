"""Transactions, their errors, and what errors must not say."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database, upgrade
from store.errors import DatabaseAway, RecordsRefused
from store.tables import Tenant
from store.tenants import create_tenant, find_tenant
from tests.postgres import PostgresServer
from tests.store.examples import KEYRING, NOW, TENANT


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            await create_tenant(session, "sim-1", "muenster", simulated=True, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as session:
        assert await find_tenant(session, "sim-1") is None


async def test_what_a_reading_session_changes_is_thrown_away(database: Database) -> None:
    async with database.reading() as session:
        await create_tenant(session, "sim-1", "muenster", now=NOW)
    async with database.reading() as session:
        assert await find_tenant(session, "sim-1") is None


async def test_forty_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.transaction() as session:
            await create_tenant(session, f"sim-{number}", "muenster", now=NOW)

    await asyncio.gather(*(write(number) for number in range(40)))
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM tenant")) == 41


async def test_two_processes_that_write_at_once_both_get_their_turn(database: Database, url: str) -> None:
    other = Database(url, KEYRING)

    async def write(records: Database, name: str) -> None:
        async with records.transaction() as session:
            assert await find_tenant(session, name) is None  # who reads first and then writes must not be turned away
            await create_tenant(session, name, "muenster", now=NOW)

    await asyncio.gather(
        *(write(database, f"api-{number}") for number in range(10)),
        *(write(other, f"worker-{number}") for number in range(10)),
    )
    async with other.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM tenant")) == 21
    await other.close()


async def test_a_violated_constraint_is_refused_without_any_value(database: Database) -> None:
    with pytest.raises(RecordsRefused) as refused:
        async with database.transaction() as session:
            session.add(Tenant(id=TENANT, municipality="Zarathustra"))
    assert "Zarathustra" not in f"{refused.value}{refused.value.detail}"
    assert TENANT not in refused.value.detail
    assert refused.value.__cause__ is None


async def test_a_dangling_reference_is_refused(database: Database) -> None:
    with pytest.raises(RecordsRefused):
        async with database.transaction() as session:
            await session.execute(
                text("INSERT INTO household_member (id, path_id, ref, sealed) VALUES ('1', 'nobody', 'wife', :sealed)"),
                {"sealed": b"x"},
            )


async def test_a_living_database_answers_a_ping(database: Database) -> None:
    await database.ping()


async def test_sqlite_keeps_every_commit_over_a_power_cut_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    database = _on_sqlite(tmp_path)
    settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 10000}
    async with database.reading() as session:
        found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in settings}
    await database.close()
    assert found == settings


async def test_a_locked_sqlite_file_is_away_and_comes_back(tmp_path: Path) -> None:
    database = _on_sqlite(tmp_path, busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAway):
        async with database.transaction() as session:
            await create_tenant(session, TENANT, "muenster", now=NOW)
    other.execute("ROLLBACK")
    other.close()
    async with database.transaction() as session:
        await create_tenant(session, TENANT, "muenster", now=NOW)
    await database.close()


async def test_a_writer_does_not_wait_for_ever_for_another_of_its_process(tmp_path: Path) -> None:
    database = _on_sqlite(tmp_path, busy_seconds=0.05)
    async with database.transaction():
        with pytest.raises(DatabaseAway):
            async with database.transaction():
                raise AssertionError("two writers at once")
    await database.close()


@pytest.mark.parametrize("url", ["sqlite:///{}/missing/records.db", "postgresql://nobody@/none?host={}"])
async def test_an_unreachable_database_is_away(url: str, tmp_path: Path) -> None:
    database = Database(url.format(tmp_path), KEYRING)
    with pytest.raises(DatabaseAway) as away:
        await database.ping()
    await database.close()
    assert away.value.status == 503
    assert away.value.way_out


async def test_a_missing_table_is_a_defect_and_not_a_question_of_waiting(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db", KEYRING)
    with pytest.raises(RecordsRefused):
        async with database.reading() as session:
            await find_tenant(session, TENANT)
    await database.close()


async def test_a_connection_that_postgresql_cuts_is_away_and_the_next_one_works(postgres: PostgresServer) -> None:
    name = postgres.create()
    upgrade(postgres.url(name))
    database = Database(postgres.url(name), KEYRING)

    async def write_until_cut() -> None:
        async with database.transaction() as session:
            await create_tenant(session, TENANT, "muenster", now=NOW)
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseAway):
        await write_until_cut()
    async with database.transaction() as session:
        assert await find_tenant(session, TENANT) is None
    await database.close()
    postgres.drop(name)


def test_another_kind_of_database_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="allowed: sqlite, postgresql"):
        Database("mysql://localhost/kim", KEYRING)


def _on_sqlite(directory: Path, busy_seconds: float = 10) -> Database:
    url = f"sqlite:///{directory}/records.db"
    upgrade(url)
    return Database(url, KEYRING, busy_seconds=busy_seconds)
