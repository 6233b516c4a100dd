"""Fachaufsicht: who opened which file, why, and until when. The words are sealed with the key of the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.persons import open_key
from store.post_tables import Supervision
from store.sealing import Keyring
from store.tables import Path, new_id


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens a file, why, and the last day of it. `why` is free text and is kept sealed."""

    account_id: str
    reason: str
    why: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Supervised:
    """A file that was opened, with the words."""

    account_id: str
    reason: str
    why: str
    since: date
    until: date


async def open_file(session: AsyncSession, keyring: Keyring, path: Path, opening: Opening, now: datetime) -> str:
    """Opens the file of a path for somebody who supervises; returns the id. Errors: PersonErased."""
    key = await open_key(session, keyring, path.person_id)
    row_id = new_id()
    row = Supervision(
        id=row_id,
        tenant_id=path.tenant_id,
        path_id=path.id,
        account_id=opening.account_id,
        reason=opening.reason,
        sealed_why=key.seal({"why": opening.why}, _about(row_id)),
        since=opening.since,
        until=opening.until,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row_id


async def is_open(session: AsyncSession, path_id: str, account_id: str, today: date) -> bool:
    """Whether this account may look into the file today."""
    query = select(col(Supervision.id)).where(
        col(Supervision.path_id) == path_id,
        col(Supervision.account_id) == account_id,
        col(Supervision.since) <= today,
        col(Supervision.until) >= today,
    )
    return (await session.scalars(query.limit(1))).first() is not None


async def list_supervisions(session: AsyncSession, keyring: Keyring, path: Path) -> list[Supervised]:
    """Who opened the file and why, the newest first. Errors: PersonErased."""
    key = await open_key(session, keyring, path.person_id)
    query = select(Supervision).where(col(Supervision.path_id) == path.id)
    rows = await session.scalars(query.order_by(col(Supervision.created_at).desc(), col(Supervision.id)))
    return [
        Supervised(
            row.account_id, row.reason, str(key.unseal(row.sealed_why, _about(row.id))["why"]), row.since, row.until
        )
        for row in rows
    ]


def _about(row_id: str) -> str:
    return f"supervision:{row_id}"
