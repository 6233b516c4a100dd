"""The index of counting covers place and agency too: no count of events touches a row.

Revision 0020, after 0019.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NAME = "ix_path_event_counting"
_GROUPS = (
    *("tenant_id", "activity", "code", "from_kind", "to_kind"),
    *("reason", "level", "working_days", "days"),
)


def upgrade() -> None:
    """Makes the index anew."""
    op.drop_index(_NAME, table_name="path_event")
    op.create_index(_NAME, "path_event", [*_GROUPS, "place", "agency", "happened_on"])


def downgrade() -> None:
    """Back to the index before."""
    op.drop_index(_NAME, table_name="path_event")
    op.create_index(_NAME, "path_event", [*_GROUPS, "happened_on"])
