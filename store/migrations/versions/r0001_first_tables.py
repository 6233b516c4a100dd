"""First tables of the records.

Revision 0001, after none. Plain types only, so that the same revision runs on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    *("tenant", "access_token", "idempotency", "audit"),
    *("person", "path", "household_member", "fact", "consent"),
    *("handover", "task", "task_link", "stall_note", "plan", "outbox"),
    *("body_item", "body_item_path", "notice"),
)


def upgrade() -> None:
    """Creates every table."""
    _create_access()
    _create_file()
    _create_work()
    _create_bodies()
    _create_notices()


def downgrade() -> None:
    """Drops every table."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_access() -> None:
    _table("tenant", _id(), _text("municipality"), _bool("simulated"), _int("clock_offset_seconds"), _utc("created_at"))
    _table(
        "access_token",
        *(_id(), _text("token_hash"), _text("role"), _text("label"), _text("tenant_id", nullable=True)),
        *(_utc("created_at"), _utc("expires_at", nullable=True), _utc("revoked_at", nullable=True)),
        *(_refers("access_token", "tenant"), _unique("access_token", "token_hash")),
    )
    _table(
        "idempotency",
        *(_id(), _text("actor"), _text("key"), _text("request_hash"), _int("status"), _json("response")),
        *(_utc("created_at"), _unique("idempotency", "actor", "key")),
    )
    _table(
        "audit",
        *(sa.Column("id", sa.Integer(), nullable=False), _utc("at"), _text("actor"), _text("role"), _text("action")),
        *(_text("subject"), _text("path_id", nullable=True), _text("tenant_id", nullable=True)),
    )
    op.create_index("ix_audit_path_at", "audit", ["path_id", "at"])


def _create_file() -> None:
    _table(
        "person",
        *(_id(), _text("tenant_id"), _bytes("wrapped_key", nullable=True), _text("key_id"), _bytes("sealed")),
        *(_utc("created_at"), _utc("erased_at", nullable=True), _refers("person", "tenant")),
        indexes=("tenant_id",),
    )
    _table(
        "path",
        *(_id(), _text("tenant_id"), _text("person_id"), _text("case_number"), _text("municipality"), _text("place")),
        _text("current_place"),
        *(_int("facts_version"), _text("state"), _utc("created_at"), _utc("ended_at", nullable=True)),
        *(_utc("wake_at", nullable=True), _refers("path", "tenant"), _refers("path", "person")),
        _unique("path", "case_number"),
        indexes=("tenant_id", "person_id", "state", "wake_at"),
    )
    _table(
        "household_member",
        *(_id(), _text("path_id"), _text("ref"), _bytes("sealed")),
        *(_refers("household_member", "path"), _unique("household_member", "path_id", "ref")),
    )
    _table(
        "fact",
        *(_id(), _text("path_id"), _text("ref"), _text("kind"), _date("effective_on"), _date("recorded_on")),
        *(_text("who"), _bytes("sealed_data"), _text("recorded_by"), _utc("created_at")),
        *(_refers("fact", "path"), _unique("fact", "path_id", "ref")),
    )
    _table(
        "consent",
        *(_id(), _text("path_id"), _text("ref"), _text("purpose"), _text("recipient", nullable=True)),
        *(_json("categories"), _text("form"), _text("language"), _text("text_version"), _date("given_on")),
        *(_date(end, nullable=True) for end in ("valid_until", "revoked_on", "retracted_on")),
        *(_utc("created_at"), _refers("consent", "path"), _unique("consent", "path_id", "ref")),
    )


def _create_work() -> None:
    _table(
        "handover",
        *(_id(), _text("tenant_id"), _text("path_id"), _text("code"), _date("trigger_on"), _text("from_kind")),
        *(_text("to_kind"), _text("to_agency"), _text("state")),
        *(_date(f"{state}_on", nullable=True) for state in ("offered", "received", "accepted", "refused")),
        *(_date(f"{state}_on", nullable=True) for state in ("completed", "cancelled", "escalated")),
        *(_text("reason", nullable=True), _text("detail", nullable=True), _text("level"), _int("version")),
        *(_utc("created_at"), _refers("handover", "tenant"), _refers("handover", "path")),
        _unique("handover", "path_id", "code", "trigger_on"),
        indexes=("tenant_id", "to_agency", "state"),
    )
    _table(
        "task",
        *(_id(), _text("tenant_id"), _text("path_id"), _text("key"), _text("kind"), _text("subject")),
        *(_date("opened_on"), _date("done_on", nullable=True), _utc("created_at")),
        *(_refers("task", "tenant"), _refers("task", "path"), _unique("task", "path_id", "key")),
        indexes=("tenant_id",),
    )
    _table(
        "task_link",
        *(_id(), _text("token_hash"), _text("handover_id"), _text("agency"), _date("expires_on")),
        *(_utc("revoked_at", nullable=True), _utc("created_at")),
        *(_refers("task_link", "handover"), _unique("task_link", "token_hash")),
        indexes=("handover_id",),
    )
    _table(
        "plan",
        *(_text("path_id"), _int("facts_version"), _date("planned_for")),
        *(_utc("planned_at"), _json("plan"), _date("stalled_since", nullable=True), _text("level")),
        _refers("plan", "path"),
        key=("path_id",),
        indexes=("stalled_since",),
    )
    _table(
        "outbox",
        *(_id(), _text("tenant_id"), _text("workflow"), _text("workflow_id"), _text("path_id", nullable=True)),
        *(_text("state"), _int("attempts"), _utc("created_at"), _utc("settled_at", nullable=True)),
        _refers("outbox", "tenant"),
        indexes=("tenant_id", "workflow_id", "state"),
    )


def _create_bodies() -> None:
    interface = ("handover", "from_kind", "to_kind", "reason")
    _table(
        "stall_note",
        *(_id(), _text("tenant_id"), _text("path_id", nullable=True), *map(_text, interface)),
        *(_text("detail", nullable=True), _date("since"), _date("ended_on", nullable=True), _int("count")),
        *(_refers("stall_note", "tenant"), _refers("stall_note", "path")),
        indexes=("tenant_id", "path_id"),
    )
    _table(
        "body_item",
        *(_id(), _text("tenant_id"), _text("key"), _text("body"), *map(_text, interface)),
        *(_text("detail", nullable=True), _text("cause"), _date("raised_on"), _int("path_count"), _text("state")),
        *(_utc("created_at"), _refers("body_item", "tenant"), _unique("body_item", "tenant_id", "key")),
        indexes=("state",),
    )
    _table(
        "body_item_path",
        *(_text("item_id"), _text("path_id")),
        _refers("body_item_path", "body_item", "item_id"),
        _refers("body_item_path", "path"),
        key=("item_id", "path_id"),
    )


def _create_notices() -> None:
    _table(
        "notice",
        *(_id(), _text("key"), _text("tenant_id"), _text("path_id", nullable=True)),
        *(_text("handover_id", nullable=True), _text("body_item_id", nullable=True), _text("kind"), _text("subject")),
        *(_text("recipient"), _text("agency"), _date("due_on", nullable=True), _date("made_on"), _text("status")),
        *(_int("attempts"), _text("error_class"), _text("message_id"), _utc("next_try_at", nullable=True)),
        *(_utc("claimed_at", nullable=True), _utc("created_at"), _utc("settled_at", nullable=True)),
        *(_refers("notice", target) for target in ("tenant", "path", "handover", "body_item")),
        _unique("notice", "key"),
        indexes=("tenant_id", "path_id", "handover_id", "recipient", "status"),
    )


def _table(name: str, *parts: Any, key: tuple[str, ...] = ("id",), indexes: tuple[str, ...] = ()) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))
    for column in indexes:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _id() -> sa.Column[Any]:
    return _text("id")


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _int(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _bool(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _date(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _utc(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, target: str, column: str = "") -> sa.ForeignKeyConstraint:
    column = column or f"{target}_id"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
