"""Handovers carry members of a household; a member may have a path and consents of their own.

Revision 0009, after 0008. Handovers from before carried nobody, consents were those of the person of the path.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the table."""
    with op.batch_alter_table("handover") as table:
        table.add_column(sa.Column("members", sa.String(), nullable=False, server_default=sa.text("''")))
    with op.batch_alter_table("consent") as table:
        table.add_column(sa.Column("who", sa.String(), nullable=False, server_default="client"))
        table.drop_constraint("uq_consent_path_id_ref", type_="unique")
        table.create_unique_constraint("uq_consent_path_id_who_ref", ["path_id", "who", "ref"])
    op.create_table(
        "household_path",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "path_id", "ref", "own_path_id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["path_id"], ["path.id"], name=op.f("fk_household_path_path_id_path")),
        sa.ForeignKeyConstraint(["own_path_id"], ["path.id"], name=op.f("fk_household_path_own_path_id_path")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_path")),
        sa.UniqueConstraint("path_id", "ref", name=op.f("uq_household_path_path_id_ref")),
    )
    op.create_index(op.f("ix_household_path_own_path_id"), "household_path", ["own_path_id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("household_path")
    op.execute("DELETE FROM consent WHERE who <> 'client'")
    with op.batch_alter_table("consent") as table:
        table.drop_constraint("uq_consent_path_id_who_ref", type_="unique")
        table.create_unique_constraint("uq_consent_path_id_ref", ["path_id", "ref"])
        table.drop_column("who")
    with op.batch_alter_table("handover") as table:
        table.drop_column("members")
