"""Engines for SQLite and PostgreSQL that keep what they promise: durable commits, one writer at a time, foreign keys.

How to connect, and nothing about tables; the doors that the rest of the code uses stand in `database` and `migrate`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from process_models.phrases import Phrase
from store.errors import DatabaseAway, RecordsRefused

BUSY_SECONDS: Final = 10
"""How long a writer waits for its turn before it gives up."""
WRITING: Final = "kim_writing"
"""Execution option of an engine whose transactions write: SQLite then takes the write lock at BEGIN."""

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def parse_url(url: str, *, sync: bool = False) -> URL:
    """The URL with the driver that this product uses. Errors: ValueError for another kind of database."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite" if sync else "sqlite+aiosqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"unknown kind of database {other!r}; allowed: sqlite, postgresql")


def make_async_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """Engine of the running product; a writer waits `busy_seconds` for other processes."""
    engine = create_async_engine(
        parse_url(url), **_options(url, busy_seconds), pool_size=10, max_overflow=10, pool_timeout=10
    )
    _prepare(engine.sync_engine)
    return engine


def make_sync_engine(url: str) -> Engine:
    """Engine of the migrations; every transaction writes."""
    engine = create_engine(parse_url(url, sync=True), **_options(url, BUSY_SECONDS))
    _prepare(engine)
    return engine.execution_options(**{WRITING: True})


def is_sqlite(url: str) -> bool:
    """Whether the records lie in one SQLite file."""
    return parse_url(url).get_backend_name() == "sqlite"


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Turns what drivers say into facts without values. Errors: DatabaseAway, RecordsRefused."""
    try:
        yield
    except PoolTimeout:
        raise _away("PoolTimeout") from None
    except DBAPIError as error:
        if error.connection_invalidated or _is_away(error):
            raise _away(type(error.orig).__name__) from None
        raise RecordsRefused(_refused(type(error.orig).__name__)) from None


def _options(url: str, busy_seconds: float) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}
    if is_sqlite(url):
        return {**options, "connect_args": {"timeout": busy_seconds}}
    return {**options, "connect_args": {"connect_timeout": 5}, "pool_pre_ping": True}


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: BEGIN says whether we write
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """The first process that opens a new file switches its journal; SQLite does not let a second one wait for that."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)
        else:
            return


def _on_sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_away(error: DBAPIError) -> bool:
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code != sqlite3.SQLITE_ERROR  # a wrong statement, such as a missing table, is no question of waiting


def _refused(cause: str) -> Phrase:
    return Phrase("Die Datenbank hat eine Anweisung abgelehnt (%(cause)s).", cause=cause)


def _away(cause: str) -> DatabaseAway:
    return DatabaseAway(
        Phrase("Die Datenbank antwortet nicht (%(cause)s). Es wurde nichts geändert.", cause=cause),
        way_out="Die Anfrage in einigen Sekunden unverändert wiederholen.",
    )
