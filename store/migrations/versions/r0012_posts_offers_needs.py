"""Posts of case managers, the register of offers, needs of a path and their referrals.

Revision 0012, after 0011.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NEW = (
    *("supervision", "conflict_of_interest", "refugee_count", "post_change", "post_holder"),
    *("referral", "need", "offer_upkeep", "offer"),
)


def upgrade() -> None:
    """Creates the tables."""
    _create_offer()
    _create_upkeep()
    _create_need()
    _create_referral()
    _create_posts()
    _create_about_paths()


def downgrade() -> None:
    """Drops them."""
    for name in _NEW:
        op.drop_table(name)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _days(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _lists(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _written() -> sa.Column[Any]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _create_offer() -> None:
    op.create_table(
        "offer",
        *_texts("id", "tenant_id", "kind", "title", "agency", "target_group", "access", "cost", "contact", "link"),
        *_lists("places", "languages"),
        *_numbers("capacity", "free"),
        *_days("valid_from", "valid_until"),
        *_days("confirmed_on", nullable=False),
        *_numbers("version", nullable=False),
        _written(),
        _foreign("offer", "tenant_id", "tenant"),
        _key("offer"),
    )
    op.create_index("ix_offer_kind", "offer", ["tenant_id", "kind"])


def _create_upkeep() -> None:
    op.create_table(
        "offer_upkeep",
        *_texts("id", "offer_id", "notice_id", "answer"),
        sa.Column("token_hash", sa.String(), nullable=True),
        *_days("asked_on", "expires_on", nullable=False),
        *_days("answered_on"),
        _foreign("offer_upkeep", "offer_id", "offer"),
        _foreign("offer_upkeep", "notice_id", "notice"),
        _once("offer_upkeep", "notice_id"),
        _once("offer_upkeep", "token_hash"),
        _key("offer_upkeep"),
    )
    op.create_index(op.f("ix_offer_upkeep_offer_id"), "offer_upkeep", ["offer_id"])


def _create_need() -> None:
    op.create_table(
        "need",
        *_texts("id", "tenant_id", "path_id", "kind", "urgency", "place", "state", "reason", "recorded_by"),
        sa.Column("sealed_detail", sa.LargeBinary(), nullable=False),
        *_days("since", nullable=False),
        *_days("until", "ended_on"),
        sa.Column("task_key", sa.String(), nullable=True),
        *_lists("steps_done"),
        *_numbers("version", nullable=False),
        _written(),
        _foreign("need", "tenant_id", "tenant"),
        _foreign("need", "path_id", "path"),
        _key("need"),
    )
    op.create_index("ix_need_path", "need", ["path_id", "state"])
    op.create_index(op.f("ix_need_tenant_id"), "need", ["tenant_id"])


def _create_referral() -> None:
    op.create_table(
        "referral",
        *_texts("id", "tenant_id", "path_id", "need_id", "offer_id", "state", "reason"),
        *_days("proposed_on", nullable=False),
        *_days("referred_on", "settled_on"),
        _written(),
        *(_foreign("referral", f"{other}_id", other) for other in ("tenant", "path", "need", "offer")),
        _once("referral", "need_id", "offer_id"),
        _key("referral"),
    )
    for column in ("tenant_id", "path_id", "offer_id"):
        op.create_index(op.f(f"ix_referral_{column}"), "referral", [column])


def _create_posts() -> None:
    op.create_table(
        "post_holder",
        *_texts("id", "tenant_id", "post", "account_id"),
        *_days("since", nullable=False),
        *_days("until"),
        _written(),
        _foreign("post_holder", "tenant_id", "tenant"),
        _foreign("post_holder", "account_id", "account"),
        _key("post_holder"),
    )
    op.create_index("ix_post_holder_post", "post_holder", ["tenant_id", "post"])
    op.create_index(op.f("ix_post_holder_account_id"), "post_holder", ["account_id"])
    op.create_table(
        "post_change",
        *_texts("id", "tenant_id", "post"),
        *_days("valid_from", nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("places", sa.JSON(), nullable=True),
        sa.Column("workplace", sa.String(), nullable=True),
        _written(),
        _foreign("post_change", "tenant_id", "tenant"),
        _once("post_change", "tenant_id", "post", "valid_from"),
        _key("post_change"),
    )
    op.create_table(
        "refugee_count",
        *_texts("id", "tenant_id", "place", "source"),
        *_days("counted_on", nullable=False),
        *_numbers("count", nullable=False),
        _written(),
        _foreign("refugee_count", "tenant_id", "tenant"),
        _once("refugee_count", "tenant_id", "place", "counted_on"),
        _key("refugee_count"),
    )


def _create_about_paths() -> None:
    about = ("tenant", "path", "account")
    op.create_table(
        "conflict_of_interest",
        *_texts("id", "tenant_id", "path_id", "account_id", "reason"),
        *_days("noted_on", nullable=False),
        _written(),
        *(_foreign("conflict_of_interest", f"{other}_id", other) for other in about),
        _once("conflict_of_interest", "path_id", "account_id"),
        _key("conflict_of_interest"),
    )
    op.create_index(op.f("ix_conflict_of_interest_tenant_id"), "conflict_of_interest", ["tenant_id"])
    op.create_table(
        "supervision",
        *_texts("id", "tenant_id", "path_id", "account_id", "reason"),
        sa.Column("sealed_why", sa.LargeBinary(), nullable=False),
        *_days("since", "until", nullable=False),
        _written(),
        *(_foreign("supervision", f"{other}_id", other) for other in about),
        _key("supervision"),
    )
    op.create_index("ix_supervision_path", "supervision", ["path_id", "account_id", "until"])
    op.create_index(op.f("ix_supervision_tenant_id"), "supervision", ["tenant_id"])
