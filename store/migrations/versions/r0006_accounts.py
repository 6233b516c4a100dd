"""People sign in: accounts, sessions, whose path it is; the audit says why a file was opened.

Revision 0006, after 0005.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables and the column."""
    _create_account()
    _create_sign_in()
    _create_assignment()
    with op.batch_alter_table("audit") as table:
        table.add_column(_text("reason", nullable=True))


def downgrade() -> None:
    """Drops them."""
    with op.batch_alter_table("audit") as table:
        table.drop_column("reason")
    for name in ("assignment", "sign_in", "account"):
        op.drop_table(name)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _create_account() -> None:
    op.create_table(
        "account",
        *(_text(name) for name in ("id", "issuer", "subject", "display_name", "role")),
        _text("tenant_id", nullable=True),
        _text("agency"),
        _text("body"),
        sa.Column("municipalities", sa.JSON(), nullable=False),
        _moment("created_at"),
        _moment("last_seen_at", nullable=True),
        _foreign("account", "tenant_id", "tenant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_issuer_subject")),
    )
    op.create_index(op.f("ix_account_tenant_id"), "account", ["tenant_id"])


def _create_sign_in() -> None:
    op.create_table(
        "sign_in",
        *(_text(name) for name in ("id", "token_hash", "account_id", "sid", "id_token")),
        _moment("created_at"),
        _moment("seen_at"),
        _moment("ends_at"),
        _moment("ended_at", nullable=True),
        _foreign("sign_in", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    for column in ("account_id", "sid", "ends_at"):
        op.create_index(op.f(f"ix_sign_in_{column}"), "sign_in", [column])


def _create_assignment() -> None:
    op.create_table(
        "assignment",
        *(_text(name) for name in ("id", "tenant_id", "account_id")),
        _text("path_id", nullable=True),
        _text("deputy_for", nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _moment("created_at"),
        _foreign("assignment", "tenant_id", "tenant"),
        _foreign("assignment", "account_id", "account"),
        _foreign("assignment", "path_id", "path"),
        _foreign("assignment", "deputy_for", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_path", "assignment", ["path_id", "until"])
    op.create_index("ix_assignment_account", "assignment", ["account_id"])
    op.create_index(op.f("ix_assignment_tenant_id"), "assignment", ["tenant_id"])
