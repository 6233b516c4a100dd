"""Case managers keep filters of their worklist.

Revision 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TEXTS = ("id", "account_id", "name", "tab", "place", "due", "case_number")


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "work_filter",
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_work_filter_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_filter")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_work_filter_account_id_name")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("work_filter")
