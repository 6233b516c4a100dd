"""An index that covers the counting of events, and the length of gaps.

Revision 0007, after 0006. Gaps that ended before have no length.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COUNTING = (
    *("tenant_id", "activity", "code", "from_kind", "to_kind"),
    *("reason", "level", "working_days", "days", "happened_on"),
)


def upgrade() -> None:
    """Adds the column, changes the index."""
    with op.batch_alter_table("path_event") as table:
        table.add_column(sa.Column("days", sa.Integer(), nullable=True))
        table.drop_index("ix_path_event_tenant_activity_day")
        table.create_index("ix_path_event_counting", _COUNTING)


def downgrade() -> None:
    """Back to the index before."""
    with op.batch_alter_table("path_event") as table:
        table.drop_index("ix_path_event_counting")
        table.create_index("ix_path_event_tenant_activity_day", ["tenant_id", "activity", "happened_on"])
        table.drop_column("days")
