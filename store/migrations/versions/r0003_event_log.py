"""The event log: what happened on paths and to items of bodies, for figures and export.

Revision 0003, after 0002. Rows from before have no events.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CODES = ("code", "from_kind", "to_kind", "agency", "place", "reason", "detail", "level")


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "path_event",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.String(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("path_id", sa.String(), sa.ForeignKey("path.id"), nullable=True),
        sa.Column("handover_id", sa.String(), sa.ForeignKey("handover.id"), nullable=True),
        sa.Column("body_item_id", sa.String(), sa.ForeignKey("body_item.id"), nullable=True),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _CODES),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_path_event_path_id", "path_event", ["path_id"])
    op.create_index("ix_path_event_tenant_activity_day", "path_event", ["tenant_id", "activity", "happened_on"])


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("path_event")
