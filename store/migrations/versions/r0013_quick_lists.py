"""What lists of many paths filter, sort and count by stands in the path itself, along one index.

Revision 0013, after 0012. The same columns of the plan stay for the release before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LISTING = ("tenant_id", "state", "next_due_on", "case_number", "waits_for", "current_place", "municipality", "id")
_COPY = """
    UPDATE path SET
      next_due_on = (SELECT plan.next_due_on FROM plan WHERE plan.path_id = path.id),
      waits_for = COALESCE((SELECT plan.waits_for FROM plan WHERE plan.path_id = path.id), '')
"""


def upgrade() -> None:
    """Adds the columns, fills them from the plans; widens the index of assignments."""
    op.add_column("path", sa.Column("next_due_on", sa.Date(), nullable=True))
    op.add_column("path", sa.Column("waits_for", sa.String(), nullable=False, server_default=sa.text("''")))
    op.execute(_COPY)
    op.drop_index(op.f("ix_path_tenant_id"), "path")
    op.create_index("ix_path_listing", "path", list(_LISTING))
    op.drop_index("ix_assignment_path", "assignment")
    op.create_index("ix_assignment_path", "assignment", ["path_id", "until", "since", "account_id", "deputy_for"])


def downgrade() -> None:
    """As before."""
    op.drop_index("ix_assignment_path", "assignment")
    op.create_index("ix_assignment_path", "assignment", ["path_id", "until"])
    op.drop_index("ix_path_listing", "path")
    op.create_index(op.f("ix_path_tenant_id"), "path", ["tenant_id"])
    op.drop_column("path", "waits_for")  # not in a batch: SQLite would copy the table that others point to
    op.drop_column("path", "next_due_on")
