"""Alembic environment: runs on a connection that `store.migrate` hands over, or on `alembic -x url=...`.

No settings are read here; the same revisions run on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from store.columns import UtcDateTime
from store.engines import make_sync_engine
from store.tables import Record


def render_plain(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Writes plain SQLAlchemy types into new revisions: a revision must not change when our types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def run_on(connection: Connection) -> None:
    """Runs the revisions on this connection, inside its transaction."""
    context.configure(
        connection=connection,
        target_metadata=Record.metadata,
        render_as_batch=True,
        render_item=render_plain,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_with_own_connection() -> None:
    """For `alembic -x url=... revision --autogenerate` by a developer."""
    engine = make_sync_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as own:
        run_on(own)
    engine.dispose()


handed_over = context.config.attributes.get("connection")
if handed_over is None:
    run_with_own_connection()
else:
    run_on(handed_over)
