"""The door to the records: transactions that write, sessions that read, and the keyring.

No query stands here; queries stand in the modules named after the noun.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from store.engines import BUSY_SECONDS, WRITING, is_sqlite, make_async_engine, translated_errors
from store.errors import DatabaseAway
from store.migrate import upgrade
from store.sealing import Keyring

__all__ = ["WRITES", "Database", "upgrade"]

WRITES: Final = "writes"
"""Key in `session.info` of a session that writes: reads in it lock the path that they read."""


class Database:
    """The records at a URL (`sqlite+aiosqlite:///file` or `postgresql+psycopg://...`). One event loop, one object."""

    def __init__(self, url: str, keyring: Keyring, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.keyring = keyring
        self._engine = make_async_engine(url, busy_seconds)
        self._one_file = is_sqlite(url)
        self._busy_seconds = busy_seconds
        self._turn = asyncio.Lock()
        writing = self._engine.execution_options(**{WRITING: True})
        self._write = async_sessionmaker(writing, expire_on_commit=False, info={WRITES: True})
        self._read = async_sessionmaker(self._engine, expire_on_commit=False)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A transaction that writes: commits at the end, rolls back on any error. Must not be nested.

        Errors: DatabaseAway (nothing was changed), RecordsRefused.
        """
        with translated_errors():
            async with self._my_turn(), self._write() as session, session.begin():
                yield session

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; what it changes is thrown away. Errors: DatabaseAway, RecordsRefused."""
        with translated_errors():
            async with self._read() as session:
                yield session

    async def ping(self) -> None:
        """Asks the database for a sign of life. Errors: DatabaseAway."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def scrub(self) -> None:
        """After an erasure: empties SQLite's write-ahead log, so that no old page keeps a destroyed key."""
        if self._one_file:
            with translated_errors():
                async with self._engine.connect() as connection:
                    autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    @contextlib.asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        """Writers of one process queue up here: SQLite's own waiting is a lottery with pauses of up to 100 ms."""
        if not self._one_file:
            yield
            return
        try:
            async with asyncio.timeout(self._busy_seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseAway(
                "Die Datenbank ist von einer anderen Änderung belegt; es wurde nichts geändert."
            ) from None
        try:
            yield
        finally:
            self._turn.release()
