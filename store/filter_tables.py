"""Table of the filters that case managers keep for their worklist.

Columns only; what a filter shows is decided anew each time by what its owner sees.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from store.columns import UtcDateTime
from store.tables import Record, new_id


class WorkFilter(Record, table=True):
    """A filter of the worklist under a name of its own; nobody else sees it."""

    __tablename__ = "work_filter"
    __table_args__ = (UniqueConstraint("account_id", "name"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    name: str
    """Chosen by its owner; about work, never about a person."""
    tab: str
    place: str = ""
    due: str = ""
    case_number: str = ""
    created_at: datetime = Field(
        sa_column=Column(UtcDateTime(), nullable=False), default_factory=lambda: datetime.now(UTC)
    )
