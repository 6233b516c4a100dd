"""Tables of the people who sign in: accounts, their sessions, and which paths are theirs.

Columns only; the client's file stands in `tables`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from store.columns import UtcDateTime, moment, written
from store.tables import Record, new_id


class Account(Record, table=True):
    """Somebody who signs in, as the identity provider names them. What they may do follows from their last sign-in."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    issuer: str
    subject: str
    """Who it is for the issuer; never shown."""
    display_name: str
    role: str
    tenant_id: str | None = Field(default=None, foreign_key="tenant.id", index=True)
    agency: str = ""
    """Of a clerk: the agency whose tasks are theirs."""
    body: str = ""
    """Of a member of a body: fall, verfahren or lenkung."""
    municipalities: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Municipalities or places that limit what is seen; empty = the whole tenant."""
    created_at: datetime = written()
    last_seen_at: datetime | None = moment(nullable=True)


class SignIn(Record, table=True):
    """A session of an account: 256 random bits in a cookie, kept only as their hash, with two limits."""

    __tablename__ = "sign_in"
    id: str = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    sid: str = Field(default="", index=True)
    """The session at the identity provider; a back-channel logout names it."""
    id_token: str = ""
    """Sealed with the token of the session; shown to the identity provider at logout, so that it asks nobody."""
    created_at: datetime = written()
    seen_at: datetime = moment()
    ends_at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False, index=True))
    """The absolute limit; idleness ends it earlier."""
    ended_at: datetime | None = moment(nullable=True)


class Assignment(Record, table=True):
    """A path of a case manager, or the deputising for a colleague: from a day to a day, both counted."""

    __tablename__ = "assignment"
    __table_args__ = (
        # Everything that the filter of every list asks about a path: answered along the index, no row is touched.
        Index("ix_assignment_path", "path_id", "until", "since", "account_id", "deputy_for"),
        Index("ix_assignment_account", "account_id"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    account_id: str = Field(foreign_key="account.id")
    path_id: str | None = Field(default=None, foreign_key="path.id")
    """None: all paths of the colleague named in `deputy_for`."""
    deputy_for: str | None = Field(default=None, foreign_key="account.id")
    since: date
    until: date | None = None
    created_at: datetime = written()
