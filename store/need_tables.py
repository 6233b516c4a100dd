"""Tables of the register of offers, of the needs of a path, and of what became of a referral.

Columns only. Whatever is told of a person lies in `sealed*`; codes, days and texts about offers are plain.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from store.columns import written
from store.tables import Record, new_id


def _words() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Offer(Record, table=True):
    """Something that helps, inside or outside the administration. Its contact is an office, never a person."""

    __tablename__ = "offer"
    __table_args__ = (Index("ix_offer_kind", "tenant_id", "kind"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    kind: str
    """The kind of need that it answers."""
    title: str
    agency: str
    """Who runs it and keeps it up: an agency of the configuration."""
    places: list[str] = _words()
    """Where; empty = everywhere in the municipality."""
    languages: list[str] = _words()
    """In which languages; empty = it does not matter."""
    target_group: str = ""
    capacity: int | None = None
    """Places that it has; None = without limit or not told."""
    free: int | None = None
    """Places that were free when it was confirmed last."""
    access: str = ""
    cost: str = ""
    contact: str = ""
    link: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    confirmed_on: date
    """When its owner or the office said last that all of this is right."""
    version: int = 0
    created_at: datetime = written()


class OfferUpkeep(Record, table=True):
    """The owner of an offer is asked whether it is still right; the link of the mail is kept as a hash."""

    __tablename__ = "offer_upkeep"
    id: str = Field(default_factory=new_id, primary_key=True)
    offer_id: str = Field(foreign_key="offer.id", index=True)
    notice_id: str = Field(foreign_key="notice.id", unique=True)
    asked_on: date
    token_hash: str | None = Field(default=None, unique=True)
    """None until the mail leaves."""
    expires_on: date
    answered_on: date | None = None
    answer: str = ""
    """confirmed, corrected or ended."""


class Need(Record, table=True):
    """What a person needs: the kind is a code, the detail is sealed with the person's key."""

    __tablename__ = "need"
    __table_args__ = (Index("ix_need_path", "path_id", "state"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id")
    kind: str
    sealed_detail: bytes
    urgency: str
    since: date
    until: date | None = None
    """By when it should be met."""
    place: str
    """Where the person lived when it was recorded."""
    task_key: str | None = None
    """The task of the path that it belongs to."""
    steps_done: list[str] = _words()
    """Steps that the person has taken."""
    state: str = "open"
    """open, met, unmet or dropped."""
    reason: str = ""
    """Why it could not be met."""
    ended_on: date | None = None
    recorded_by: str
    version: int = 0
    created_at: datetime = written()


class Referral(Record, table=True):
    """An offer for a need: proposed, referred, taken up, or not possible for a reason."""

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("need_id", "offer_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id", index=True)
    need_id: str = Field(foreign_key="need.id")
    offer_id: str = Field(foreign_key="offer.id", index=True)
    state: str
    reason: str = ""
    proposed_on: date
    referred_on: date | None = None
    settled_on: date | None = None
    created_at: datetime = written()
