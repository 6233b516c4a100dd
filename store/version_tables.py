"""Tables around a version of the process models: the decisions that it carries out, and its preview on running paths.

Columns only. Counts and codes; nothing of a client stands here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from store.columns import UtcDateTime
from store.tables import Record


class ResolutionVersion(Record, table=True):
    """A version carries out a decision of a body; several versions may, one after the other."""

    __tablename__ = "resolution_version"
    resolution_id: str = Field(foreign_key="resolution.id", primary_key=True)
    version_id: str = Field(foreign_key="model_version.id", primary_key=True, index=True)
    linked_by: str
    linked_at: datetime = Field(
        sa_column=Column(UtcDateTime(), nullable=False), default_factory=lambda: datetime.now(UTC)
    )


class ModelPreview(Record, table=True):
    """What a version would change in the open paths: the latest preview of it, added up page by page."""

    __tablename__ = "model_preview"
    version_id: str = Field(foreign_key="model_version.id", primary_key=True)
    asked_by: str
    asked_at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False))
    cursor: str = ""
    """Id of the last path that is counted."""
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """See `process_models.previewing.PreviewFigures`."""
    finished_at: datetime | None = Field(sa_column=Column(UtcDateTime(), nullable=True), default=None)
