"""Tables of the versions of process models: who prepared and released them, and their files.

Columns only. Rules are public texts; nothing of a client stands here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from store.columns import UtcDateTime, moment
from store.tables import Record, new_id


class ModelVersion(Record, table=True):
    """A version of the process models of a tenant. Rows are never deleted: paths and decisions refer to them."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("tenant_id", "version"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    version: str
    """Label of the edition and short hash of the content, as the catalogue names itself: `2026.11-1a2b3c4d`."""
    content_hash: str
    """SHA-256 of names and contents of all files; what does not match it is not loaded."""
    label: str = ""
    state: str = "draft"
    """draft, released or withdrawn."""
    turn: int = 0
    """The how many-th release of the tenant it was; the released version with the highest turn is in force."""
    supersedes: str | None = Field(default=None, foreign_key="model_version.id")
    """The version that was in force before; None = the shipped one."""
    rate_per_minute: int = 0
    """How many paths a minute are moved to it or back."""
    prepared_by: str = ""
    released_by: str = ""
    withdrawn_by: str = ""
    note: str = ""
    """Why it was withdrawn."""
    created_at: datetime = Field(
        sa_column=Column(UtcDateTime(), nullable=False), default_factory=lambda: datetime.now(UTC)
    )
    in_force_on: date | None = None
    """The day of its release on the clock of the tenant: its effect is counted from here."""
    released_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)


class ModelBundle(Record, table=True):
    """The files of a version, by their path: `law/deadlines_residence.yaml`."""

    __tablename__ = "model_bundle"
    version_id: str = Field(primary_key=True, foreign_key="model_version.id")
    files: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
