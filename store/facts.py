"""Facts of a path: recorded once, sealed, never changed; a correction is a further fact.

What a fact may say is checked before, by the vocabulary of the rules; here it is only kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models import facts as values
from process_models.phrases import Phrase
from store.consents import EVIDENT, keep_evidence
from store.errors import FactConflict
from store.persons import open_key
from store.sealing import Keyring, PersonKey, decode, encode
from store.tables import Fact, Path, new_id
from store.writing import lock_path


async def add_facts(
    session: AsyncSession,
    keyring: Keyring,
    path: Path,
    facts: Sequence[values.Fact],
    recorded_by: str,
    now: datetime,
) -> tuple[str, ...]:
    """Records facts; returns the identities of those that are new, in order. A fact with an empty id gets one here.

    The same identity with the same content changes nothing, whenever it is recorded again.
    Errors: FactConflict (nothing may be committed then), PersonErased.
    """
    await lock_path(session, path.id)
    key = await open_key(session, keyring, path.person_id)
    known = {fact.id: fact for fact in await _load(session, key, path.id)}
    fresh: list[values.Fact] = []
    for index, fact in enumerate(facts):
        named = _named(fact)
        there = known.setdefault(named.id, named)
        if there is named:
            fresh.append(named)
        elif _content(there) != _content(named):
            raise _conflict(index)
    session.add_all(sealed_row(path.id, fact, key, recorded_by, now) for fact in fresh)
    if any(fact.kind in EVIDENT for fact in fresh):
        await keep_evidence(session, path.id, tuple(known.values()))
    await session.flush()
    return tuple(fact.id for fact in fresh)


async def load_facts(session: AsyncSession, keyring: Keyring, path: Path) -> tuple[values.Fact, ...]:
    """All facts of a path, also retracted ones and those not known yet. Errors: PersonErased."""
    return await _load(session, await open_key(session, keyring, path.person_id), path.id)


async def load_facts_with(session: AsyncSession, key: PersonKey, path_id: str) -> tuple[values.Fact, ...]:
    """As `load_facts`, with a key that is open already."""
    return await _load(session, key, path_id)


async def _load(session: AsyncSession, key: PersonKey, path_id: str) -> tuple[values.Fact, ...]:
    query = select(Fact).where(col(Fact.path_id) == path_id)
    rows = await session.scalars(query.order_by(col(Fact.recorded_on), col(Fact.effective_on), col(Fact.ref)))
    return tuple(value_of(row, key) for row in rows)


def value_of(row: Fact, key: PersonKey) -> values.Fact:
    """The fact in a row."""
    data = key.unseal(row.sealed_data, _about(row.path_id, row.ref))
    return values.Fact(row.ref, row.kind, row.effective_on, row.recorded_on, data, row.who)


def _named(fact: values.Fact) -> values.Fact:
    data = decode(encode(fact.data))  # as it will come back: lists for tuples
    return values.Fact(fact.id or new_id(), fact.kind, fact.on, fact.recorded, data, fact.who)


def _content(fact: values.Fact) -> tuple[Any, ...]:
    return fact.kind, fact.on, fact.who, dict(fact.data)


def sealed_row(path_id: str, fact: values.Fact, key: PersonKey, recorded_by: str, now: datetime) -> Fact:
    """The row of a fact that has an identity, its data sealed."""
    return Fact(
        path_id=path_id,
        ref=fact.id,
        kind=fact.kind,
        effective_on=fact.on,
        recorded_on=fact.recorded,
        who=fact.who,
        sealed_data=key.seal(fact.data, _about(path_id, fact.id)),
        recorded_by=recorded_by,
        created_at=now,
    )


def _about(path_id: str, ref: str) -> str:
    return f"fact:{path_id}:{ref}"


def _conflict(index: int) -> FactConflict:
    return FactConflict(
        Phrase(
            "Die Tatsache an Stelle %(place)s trägt eine Kennung, unter der schon etwas anderes aufgezeichnet ist.",
            place=index + 1,
        ),
        field=f"facts.{index}.id",
        way_out="Eine neue Kennung wählen; zur Berichtigung die alte Tatsache mit fact.retracted zurücknehmen.",
    )
