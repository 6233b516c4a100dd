"""Meetings of the bodies, papers and decisions about the items on their agendas.

Revision 0005, after 0004. Items from before have empty papers and no figures.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns and tables."""
    with op.batch_alter_table("body_item") as table:
        for name in ("why", "paper"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=True))
        table.add_column(sa.Column("handed_from", sa.String(), nullable=True))
        table.add_column(sa.Column("decided_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(op.f("fk_body_item_handed_from"), "body_item", ["handed_from"], ["id"])
    op.execute("UPDATE body_item SET why = '{}', paper = '{}'")
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("body", "kind", "reason", "state", "present")),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("papers_due_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_meeting_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("tenant_id", "body", "held_on", name=op.f("uq_meeting_tenant_id_body_held_on")),
    )
    op.create_table(
        "resolution",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "tenant_id", "item_id")),
        sa.Column("meeting_id", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("body", "decision", "text", "owner", "review")),
        sa.Column("decided_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("valid_from", "evaluate_on", "reviewed_on")),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_resolution_tenant_id")),
        sa.ForeignKeyConstraint(["item_id"], ["body_item.id"], name=op.f("fk_resolution_item_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_resolution_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
    )
    for column in ("tenant_id", "item_id", "meeting_id"):
        op.create_index(op.f(f"ix_resolution_{column}"), "resolution", [column])


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("resolution")
    op.drop_table("meeting")
    with op.batch_alter_table("body_item") as table:
        table.drop_constraint(op.f("fk_body_item_handed_from"), type_="foreignkey")
        for name in ("why", "paper", "handed_from", "decided_on", "version"):
            table.drop_column(name)
