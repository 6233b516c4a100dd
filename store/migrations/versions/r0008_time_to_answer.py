"""The time that the office gave the receiver of a handover.

Revision 0008, after 0007. Handovers from before have none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, and the index that a board is counted along."""
    with op.batch_alter_table("handover") as table:
        table.add_column(sa.Column("answer_until", sa.Date(), nullable=True))
    with op.batch_alter_table("stall_note") as table:
        table.create_index("ix_stall_note_open", ["tenant_id", "ended_on", "path_id"])


def downgrade() -> None:
    """Takes them away again."""
    with op.batch_alter_table("stall_note") as table:
        table.drop_index("ix_stall_note_open")
    with op.batch_alter_table("handover") as table:
        table.drop_column("answer_until")
