"""The days of the deadline calendar, and the feeds that people subscribe to.

Revision 0017, after 0016. Paths from before stand in the calendar with their next look.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both tables."""
    texts = ("code", "title", "kind", "state", "statute", "law", "agency")
    op.create_table(
        "deadline_day",
        sa.Column("path_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["path_id"], ["path.id"], name=op.f("fk_deadline_day_path_id_path")),
        sa.PrimaryKeyConstraint("path_id", "key", name=op.f("pk_deadline_day")),
    )
    for name in ("due_on", "law"):
        op.create_index(op.f(f"ix_deadline_day_{name}"), "deadline_day", [name])
    op.create_table(
        "calendar_feed",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "account_id", "token_hash", "role")),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id_account")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_calendar_feed_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_account_id"), "calendar_feed", ["account_id"])


def downgrade() -> None:
    """Takes both away again."""
    op.drop_table("calendar_feed")
    op.drop_table("deadline_day")
