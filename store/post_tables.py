"""Tables of the posts of case managers: what changed about them, who holds them, and who opened a file to supervise.

Columns only. Posts themselves stand in the configuration of the municipality; a post is not a person.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from store.columns import written
from store.tables import Record, new_id


class PostHolder(Record, table=True):
    """Who holds a post from a day to a day, both counted; no `until` = without end."""

    __tablename__ = "post_holder"
    __table_args__ = (Index("ix_post_holder_post", "tenant_id", "post"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    post: str
    account_id: str = Field(foreign_key="account.id", index=True)
    since: date
    until: date | None = None
    created_at: datetime = written()


class PostChange(Record, table=True):
    """What is different about a post from a day on, also one to come. What is None stays as it was."""

    __tablename__ = "post_change"
    __table_args__ = (UniqueConstraint("tenant_id", "post", "valid_from"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    post: str
    valid_from: date
    share: float | None = None
    """Share of a full-time post; 0 = the post has ended."""
    places: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    workplace: str | None = None
    """Place of work."""
    created_at: datetime = written()


class RefugeeCount(Record, table=True):
    """How many refugees a place counted on a day: what posts are weighted by."""

    __tablename__ = "refugee_count"
    __table_args__ = (UniqueConstraint("tenant_id", "place", "counted_on"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    place: str
    counted_on: date
    count: int
    source: str
    created_at: datetime = written()


class ConflictOfInterest(Record, table=True):
    """Why a path shall not be given to a case manager: a code, never a text."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (UniqueConstraint("path_id", "account_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id")
    account_id: str = Field(foreign_key="account.id")
    reason: str
    """private, earlier_decision or wish_of_client."""
    noted_on: date
    created_at: datetime = written()


class Supervision(Record, table=True):
    """The Fachaufsicht opened a file: who, why, until when. The words are sealed with the person's key."""

    __tablename__ = "supervision"
    __table_args__ = (Index("ix_supervision_path", "path_id", "account_id", "until"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id")
    account_id: str = Field(foreign_key="account.id")
    reason: str
    sealed_why: bytes
    since: date
    until: date
    """The last day on which the file is open."""
    created_at: datetime = written()
