"""What a worklist sorts and filters by, beside the plan.

Revision 0010, after 0009. Plans from before have it with their next look.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("plan") as table:
        table.add_column(sa.Column("next_due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("next_due", sa.String(), nullable=True))
        table.add_column(sa.Column("waits_for", sa.String(), nullable=True))
        table.create_index(op.f("ix_plan_next_due_on"), ["next_due_on"])
    op.execute("UPDATE plan SET next_due = '', waits_for = ''")
    with op.batch_alter_table("plan") as table:
        table.alter_column("next_due", existing_type=sa.String(), nullable=False)
        table.alter_column("waits_for", existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    """Takes them away again."""
    with op.batch_alter_table("plan") as table:
        table.drop_index(op.f("ix_plan_next_due_on"))
        for name in ("next_due_on", "next_due", "waits_for"):
            table.drop_column(name)
