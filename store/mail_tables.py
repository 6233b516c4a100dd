"""Tables about mails beside the notices themselves: what came back.

Columns only; the notices stand in `tables`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from store.columns import UtcDateTime
from store.tables import Record, new_id


class Bounce(Record, table=True):
    """A delivery report about a notice; each report counts once. Codes only, no word of the foreign server."""

    __tablename__ = "bounce"
    __table_args__ = (UniqueConstraint("notice_id", "fingerprint"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    notice_id: str = Field(foreign_key="notice.id")
    fingerprint: str
    """Hash of what tells this report from another one."""
    outcome: str
    """permanent or temporary."""
    status: str
    """Status code of RFC 3463: 5.1.1."""
    received_at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False))
