"""Answers kept for Idempotency-Keys: a request that is repeated gets the answer of its first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.errors import IdempotencyConflict
from store.tables import IdempotencyRecord
from store.writing import insert_unless_there, lock_name


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given: HTTP status and body. It is not sealed: ids, codes and dates only."""

    status: int
    body: dict[str, Any]


async def find_answer(session: AsyncSession, actor: str, key: str, request_hash: str) -> Answer | None:
    """The answer that this caller got for this key, or None if the request is new.

    In a writing transaction a second request with the same key waits here until the first has committed.
    Errors: IdempotencyConflict if the key belongs to a request with another body.
    """
    await lock_name(session, f"idempotency:{actor}:{key}")
    query = select(IdempotencyRecord).where(col(IdempotencyRecord.actor) == actor, col(IdempotencyRecord.key) == key)
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        return None
    if found.request_hash != request_hash:
        raise _conflict()
    return Answer(found.status, found.response)


async def keep_answer(session: AsyncSession, actor: str, key: str, request_hash: str, answer: Answer) -> None:
    """Keeps the answer in the transaction of the change that it tells. Errors: IdempotencyConflict if one is kept."""
    row = IdempotencyRecord(actor=actor, key=key, request_hash=request_hash, status=answer.status, response=answer.body)
    if not await insert_unless_there(session, row, "actor", "key"):
        raise _conflict()


async def forget_answers(session: AsyncSession, before: datetime) -> None:
    """Deletes answers kept before this moment; nobody repeats a request after so long."""
    await session.execute(delete(IdempotencyRecord).where(col(IdempotencyRecord.created_at) < before))


def _conflict() -> IdempotencyConflict:
    return IdempotencyConflict(
        "Dieser Idempotency-Key wurde schon für eine Anfrage mit anderem Inhalt benutzt.",
        field="Idempotency-Key",
        way_out="Für eine neue Anfrage einen neuen Schlüssel wählen; für eine Wiederholung denselben Inhalt senden.",
    )
