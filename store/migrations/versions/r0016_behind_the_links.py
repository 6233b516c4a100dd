"""What agencies do behind their links: codes, visits, deeds.

Revision 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "agency_code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error_class", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_code")),
        sa.ForeignKeyConstraint(["link_id"], ["task_link.id"], name=op.f("fk_agency_code_link_id")),
    )
    op.create_table(
        "agency_visit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("answered", sa.String(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_visit")),
        sa.ForeignKeyConstraint(["link_id"], ["task_link.id"], name=op.f("fk_agency_visit_link_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agency_visit_token_hash")),
    )
    op.create_table(
        "agency_deed",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handover_id", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("to_kind", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_deed")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_agency_deed_handover_id")),
    )
    for table, column in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


_INDEXES = (
    ("agency_code", "link_id"),
    ("agency_code", "agency"),
    ("agency_code", "expires_at"),
    ("agency_visit", "link_id"),
    ("agency_visit", "ends_at"),
    ("agency_deed", "handover_id"),
)


def downgrade() -> None:
    """Takes them away again."""
    for table in ("agency_deed", "agency_visit", "agency_code"):
        op.drop_table(table)
