"""Column types that keep their promise on SQLite and PostgreSQL: aware UTC times, JSON, sealed bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, TypeDecorator
from sqlmodel import Field


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC, returned aware. SQLite drops zones silently, so naive values are refused.

    Errors: ValueError for a naive datetime.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (given by SQLAlchemy)
        """To UTC; refuses naive values."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the records")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC, whatever the database returned."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A column for a moment; without a value it is empty."""
    return Field(sa_column=Column(UtcDateTime(), nullable=nullable, index=index), default=None)


def written() -> Any:
    """The wall clock at writing, for operations and sorting; the rules never read it."""
    return Field(sa_column=Column(UtcDateTime(), nullable=False), default_factory=lambda: datetime.now(UTC))
