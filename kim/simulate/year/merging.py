"""Puts records of several SQLite files into one: tenants that were played one beside the other.

Rows as they are. Ids are random, so that nothing collides; numbers that a table counts itself are counted anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_NOT_ROWS = ("alembic_version",)


def merge(into: Path, others: Sequence[Path]) -> None:
    """Adds the rows of the other files. All have the same tables. Errors: sqlite3.Error; `into` is then as before."""
    with closing(sqlite3.connect(into)) as records:
        for other in others:
            records.execute("ATTACH DATABASE ? AS other", (str(other),))
            with records:
                for table in _tables(records):
                    columns = ", ".join(_columns(records, table))
                    records.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM other."{table}"')  # noqa: S608
            records.execute("DETACH DATABASE other")


def _tables(records: sqlite3.Connection) -> list[str]:
    rows = records.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in rows if name not in _NOT_ROWS]


def _columns(records: sqlite3.Connection, table: str) -> list[str]:
    """All but a number that the table counts itself."""
    rows = records.execute(f'PRAGMA main.table_info("{table}")').fetchall()
    return [
        f'"{name}"' for _, name, kind, _, _, is_key in rows if not (is_key and kind.upper() in ("INTEGER", "BIGINT"))
    ]
