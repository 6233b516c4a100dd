"""Decisions are linked to the versions of the process models that carry them out; previews are kept.

Revision 0018, after 0017. A decision that named a version of its tenant in a text is linked to it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_LINK_NAMED = """
INSERT INTO resolution_version (resolution_id, version_id, linked_by, linked_at)
SELECT resolution.id, model_version.id, resolution.decided_by, resolution.created_at
FROM resolution JOIN model_version
  ON model_version.tenant_id = resolution.tenant_id AND model_version.version = resolution.model_version
"""


def upgrade() -> None:
    """Adds the tables and the day of a release on the clock of the tenant."""
    op.create_table(
        "resolution_version",
        sa.Column("resolution_id", sa.String(), sa.ForeignKey("resolution.id"), primary_key=True),
        sa.Column("version_id", sa.String(), sa.ForeignKey("model_version.id"), primary_key=True),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_resolution_version_version_id", "resolution_version", ["version_id"])
    op.create_table(
        "model_preview",
        sa.Column("version_id", sa.String(), sa.ForeignKey("model_version.id"), primary_key=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    )
    with op.batch_alter_table("model_version") as table:
        table.add_column(sa.Column("in_force_on", sa.Date(), nullable=True))
    op.execute(_LINK_NAMED)


def downgrade() -> None:
    """Takes them away again; the name of the version stays with the decision."""
    with op.batch_alter_table("model_version") as table:
        table.drop_column("in_force_on")
    op.drop_table("model_preview")
    op.drop_index("ix_resolution_version_version_id", "resolution_version")
    op.drop_table("resolution_version")
