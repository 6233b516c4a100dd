"""Where the proof of a consent lies.

Revision 0015, after 0014. Consents from before name none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    with op.batch_alter_table("consent") as table:
        table.add_column(sa.Column("evidence_ref", sa.String(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Takes it away again."""
    with op.batch_alter_table("consent") as table:
        table.drop_column("evidence_ref")
