"""How rows are written so that it may happen twice, and what SQLite and PostgreSQL say differently.

Small tools for the modules named after the nouns; no query of a noun stands here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, func, literal, select, text, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.database import WRITES
from store.tables import Path, Record


def upsert(session: AsyncSession, table: type[Record]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of this session."""
    return postgresql.insert(table) if _is_postgresql(session) else sqlite.insert(table)


async def insert_unless_there(session: AsyncSession, row: Record, *unique: str) -> bool:
    """Inserts the row; False if one with the same unique columns is there already. Waits for a concurrent writer."""
    table = type(row)
    statement = upsert(session, table).values(**_values(row)).on_conflict_do_nothing(index_elements=list(unique))
    inserted = await session.execute(statement.returning(table.__table__.c[unique[0]]))  # type: ignore[attr-defined]
    return inserted.first() is not None


async def lock_path(session: AsyncSession, path_id: str) -> None:
    """Lets writers of one path queue up, from read to commit. SQLite has one writer anyway; readers never wait."""
    if session.info.get(WRITES) and _is_postgresql(session):
        await session.execute(select(col(Path.id)).where(col(Path.id) == path_id).with_for_update())


async def lock_name(session: AsyncSession, name: str, *, shared: bool = False) -> None:
    """Lets writers that use the same name queue up until the commit; those that share it wait for the others only."""
    if session.info.get(WRITES) and _is_postgresql(session):
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        await session.execute(text(f"SELECT {lock}(hashtextextended(:name, 0))"), {"name": name})


def days_before(session: AsyncSession, day: ColumnElement[date], days: int) -> ColumnElement[date]:
    """The day so many days before a day that the database computes."""
    if _is_postgresql(session):
        return type_coerce(day - literal(days, Integer), Date)
    return type_coerce(func.date(day, f"-{days} days"), Date)


def _is_postgresql(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _values(row: Record) -> dict[str, Any]:
    columns = type(row).__table__.columns  # type: ignore[attr-defined]
    return {column.key: getattr(row, column.key) for column in columns}
