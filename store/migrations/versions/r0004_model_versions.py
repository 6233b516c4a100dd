"""Versions of the process models in the records, and under which of them a path plans.

Revision 0004, after 0003. Paths from before plan under the shipped version.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables and the column."""
    op.create_table(
        "model_version",
        *(_text(name) for name in ("id", "tenant_id", "version", "content_hash", "label", "state")),
        *(sa.Column("turn", sa.Integer(), nullable=False), _text("supersedes", nullable=True)),
        sa.Column("rate_per_minute", sa.Integer(), nullable=False),
        *(_text(name) for name in ("prepared_by", "released_by", "withdrawn_by", "note")),
        *(_moment("created_at", nullable=False), _moment("released_at"), _moment("withdrawn_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_model_version_tenant_id_tenant")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["model_version.id"], name=op.f("fk_model_version_supersedes_model_version")
        ),
        sa.UniqueConstraint("tenant_id", "version", name=op.f("uq_model_version_tenant_id_version")),
    )
    op.create_table(
        "model_bundle",
        *(_text("version_id"), sa.Column("files", sa.JSON(), nullable=False)),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_model_bundle")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_model_bundle_version_id_model_version")
        ),
    )
    with op.batch_alter_table("path") as table:
        table.add_column(_text("model_version_id", nullable=True))


def downgrade() -> None:
    """Drops them."""
    with op.batch_alter_table("path") as table:
        table.drop_column("model_version_id")
    op.drop_table("model_bundle")
    op.drop_table("model_version")


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
