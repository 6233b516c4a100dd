"""Tables of the deadline calendar: the days of each path as lists need them, and the feeds that people subscribe to.

Columns only. Codes, days and statutes; nothing of a person.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from store.columns import moment
from store.tables import Record, new_id


class DeadlineDay(Record, table=True):
    """A deadline of the last plan of a path, as the calendar lists it. Made anew with every plan."""

    __tablename__ = "deadline_day"
    path_id: str = Field(foreign_key="path.id", primary_key=True)
    key: str = Field(primary_key=True)
    """As in the plan: `F12`, of a member of the household `F12.son`."""
    code: str
    title: str
    due_on: date = Field(index=True)
    kind: str
    """FRIST, EXPIRY, WAIT or TERMIN."""
    state: str
    statute: str
    law: str = Field(index=True)
    """The law that the statute stands in: AufenthG."""
    agency: str
    """Kind of agency that acts or reads; empty where only the person and the office do."""
    changed_at: datetime = moment()
    """When the day was set or moved, on the clock of the path."""


class CalendarFeed(Record, table=True):
    """A calendar that somebody subscribes to: 256 random bits in its address, kept only as their hash."""

    __tablename__ = "calendar_feed"
    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True)
    role: str
    """The role that it was made with; another role of the account ends it."""
    tenant_id: str = Field(foreign_key="tenant.id")
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)
