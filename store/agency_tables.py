"""Tables of what agencies do behind their links: the codes they are sent, their visits, and what they did.

Columns only; ids, codes and days, never a word of a person. The link itself stands in `tables`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field

from store.columns import moment, written
from store.tables import Record, new_id


class AgencyCode(Record, table=True):
    """A six-digit code that was mailed to the mailbox of an agency; kept only as a keyed digest."""

    __tablename__ = "agency_code"
    id: str = Field(default_factory=new_id, primary_key=True)
    link_id: str = Field(foreign_key="task_link.id", index=True)
    agency: str = Field(index=True)
    digest: str
    tries: int = 0
    state: str = "sending"
    """sending, sent, unclear (it may have arrived), failed."""
    error_class: str = ""
    created_at: datetime = written()
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(nullable=True)


class AgencyVisit(Record, table=True):
    """A session behind a link, bound to that link and its agency: 256 random bits in a cookie, kept as their hash."""

    __tablename__ = "agency_visit"
    id: str = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    link_id: str = Field(foreign_key="task_link.id", index=True)
    answered: str = ""
    """The answer that ended it; the visitor is thanked for it until the session would have ended."""
    opened_at: datetime = written()
    ends_at: datetime = moment(index=True)


class AgencyDeed(Record, table=True):
    """What an agency did through its link: opened the page, answered, or said that it is not the right one."""

    __tablename__ = "agency_deed"
    id: str = Field(default_factory=new_id, primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    agency: str
    deed: str
    """open, receive, accept, query, refuse, forward, not_responsible, wrong_recipient or complete."""
    done_on: date
    """On the clock of the path."""
    reason: str = ""
    documents: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Codes of the documents that are missing: `D1` is the first of the handover's documents."""
    to_kind: str = ""
    """Kind of agency that is named as the right one."""
    created_at: datetime = written()
