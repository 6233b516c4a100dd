"""The events of an item of a body are found by an index.

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF_ITEMS = sa.text("body_item_id IS NOT NULL")


def upgrade() -> None:
    """Adds the index."""
    op.create_index(
        "ix_path_event_body_item_id",
        "path_event",
        ["body_item_id"],
        sqlite_where=_OF_ITEMS,
        postgresql_where=_OF_ITEMS,
    )


def downgrade() -> None:
    """Takes it away again."""
    op.drop_index("ix_path_event_body_item_id", "path_event")
