"""Counts the offers of a handover, so that the mails of a later offer are not taken for those of an earlier one.

Revision 0002, after 0001. Rows from before were offered once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    with op.batch_alter_table("handover") as table:
        table.add_column(sa.Column("offers", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Drops the column."""
    with op.batch_alter_table("handover") as table:
        table.drop_column("offers")
