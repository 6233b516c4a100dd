"""Delivery reports that came back.

Revision 0014, after 0013. A notice is found by the identity of its mail.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table, and the index that finds the notice of a report."""
    op.create_table(
        "bounce",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_bounce_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("notice_id", "fingerprint", name=op.f("uq_bounce_notice_id_fingerprint")),
    )
    with op.batch_alter_table("notice") as table:
        table.create_index(op.f("ix_notice_message_id"), ["message_id"])


def downgrade() -> None:
    """Takes both away again."""
    with op.batch_alter_table("notice") as table:
        table.drop_index(op.f("ix_notice_message_id"))
    op.drop_table("bounce")
