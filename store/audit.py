"""Audit: who did or saw what, when. Codes and ids only; entries are added, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.tables import AuditEntry


async def record(
    session: AsyncSession,
    actor: str,
    role: str,
    action: str,
    subject: str,
    path_id: str | None,
    tenant_id: str | None,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Adds an entry in the transaction of what it tells. `action` is a code (`fact.add`), `subject` an id or code,
    `reason` why it was opened by somebody whose path it is not."""
    session.add(
        AuditEntry(
            at=at,
            actor=actor,
            role=role,
            action=action,
            subject=subject,
            reason=reason,
            path_id=path_id,
            tenant_id=tenant_id,
        )
    )
    await session.flush()


async def list_entries(session: AsyncSession, path_id: str, *, limit: int = 500) -> list[AuditEntry]:
    """The entries of a path, the newest first."""
    query = select(AuditEntry).where(col(AuditEntry.path_id) == path_id)
    return list(
        await session.scalars(query.order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).limit(limit))
    )
