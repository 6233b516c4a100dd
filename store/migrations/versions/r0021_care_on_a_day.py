"""Who was in case management on a day is found along an index of its changes alone.

Revision 0021, after 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NAME = "ix_path_event_care"
_CHANGES = sa.text("activity = 'case_management_changed'")


def upgrade() -> None:
    """Makes the index."""
    columns = ["tenant_id", "path_id", "happened_on", "code"]
    op.create_index(_NAME, "path_event", columns, sqlite_where=_CHANGES, postgresql_where=_CHANGES)


def downgrade() -> None:
    """Takes it away."""
    op.drop_index(_NAME, table_name="path_event")
