"""What the system did by itself, as entries of the audit log: codes and ids only."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.tables import Path

SYSTEM = "system"


async def note(session: AsyncSession, path: Path, action: str, subject: str) -> None:
    """Writes one entry, at the time of the wall clock: the log says when it happened, not for which day."""
    at = datetime.now(UTC)
    await audit.record(session, SYSTEM, SYSTEM, action, subject, path.id, path.tenant_id, at)
