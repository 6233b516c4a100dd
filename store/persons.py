"""Persons: the sealed core of a path, and what opens it. Erasing a person destroys the key.

Plain text of a person exists only in the values that these functions return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.facts import Person as PersonValue
from store import tables
from store.calendar_tables import DeadlineDay
from store.need_tables import Need, Referral
from store.plans import show_in_lists
from store.sealing import Keyring, PersonKey
from store.tables import HouseholdMember, Path, PlanRow
from store.writing import lock_path

_ABOUT_PERSON = "person"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person with the name that people of the office see."""

    person: PersonValue
    name: str = ""


async def create_person(
    session: AsyncSession, keyring: Keyring, tenant_id: str, named: NamedPerson, now: datetime
) -> tuple[tables.Person, PersonKey]:
    """Creates a person with a key of its own; returns the row and the open key."""
    person_id = tables.new_id()
    sealed_key = keyring.new_person_key(person_id)
    key = keyring.open(sealed_key.wrapped, sealed_key.key_id, person_id)
    details = {"born": named.person.born, "nationality": named.person.nationality, "name": named.name}
    row = tables.Person(
        id=person_id,
        tenant_id=tenant_id,
        wrapped_key=sealed_key.wrapped,
        key_id=sealed_key.key_id,
        sealed=key.seal(details, _ABOUT_PERSON),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row, key


async def open_key(session: AsyncSession, keyring: Keyring, person_id: str) -> PersonKey:
    """The open key of a person. Errors: PersonErased, MasterKeyMissing."""
    return key_of(keyring, await _get(session, person_id))


async def load_person(session: AsyncSession, keyring: Keyring, person_id: str) -> tuple[NamedPerson, PersonKey]:
    """The person with name, and the open key for whatever else is sealed with it. Errors: PersonErased."""
    row = await _get(session, person_id)
    key = key_of(keyring, row)
    return named_person(row, key), key


def key_of(keyring: Keyring, row: tables.Person) -> PersonKey:
    """The open key of a person whose row is loaded. Errors: as `open_key`."""
    return keyring.open(row.wrapped_key, row.key_id, row.id)


def named_person(row: tables.Person, key: PersonKey) -> NamedPerson:
    """The person in a row."""
    details = key.unseal(row.sealed, _ABOUT_PERSON)
    value = PersonValue(born=details["born"], nationality=details["nationality"])
    return NamedPerson(value, details["name"])


async def add_household(session: AsyncSession, key: PersonKey, path_id: str, household: Iterable[PersonValue]) -> None:
    """Adds the members of the household of a path, sealed with the key of the path's person."""
    for member in household:
        details = {"born": member.born, "nationality": member.nationality, "relation": member.relation}
        sealed = key.seal(details, _about_member(path_id, member.id))
        session.add(HouseholdMember(path_id=path_id, ref=member.id, sealed=sealed))
    await session.flush()


def member_of(row: HouseholdMember, key: PersonKey) -> PersonValue:
    """The member of the household in a row."""
    return PersonValue(id=row.ref, **key.unseal(row.sealed, _about_member(row.path_id, row.ref)))


async def erase_person(session: AsyncSession, person_id: str, now: datetime) -> None:
    """Destroys the key of a person, the derived plans and the needs: what was sealed with it never opens again.

    On SQLite call `Database.scrub` afterwards, so that no old page keeps the key.
    """
    path_ids = list(await session.scalars(select(col(Path.id)).where(col(Path.person_id) == person_id)))
    for path_id in path_ids:
        await lock_path(session, path_id)
    row = await _get(session, person_id)
    row.wrapped_key = None
    row.erased_at = row.erased_at or now
    for table in (PlanRow, DeadlineDay, Referral, Need):
        await session.execute(delete(table).where(col(table.path_id).in_(path_ids)))
    await show_in_lists(session, path_ids)
    await session.flush()


async def rewrap_keys(session: AsyncSession, keyring: Keyring, current: str, limit: int = 500) -> int:
    """After a rotation: wraps up to `limit` keys by the current master key; returns how many. Repeat until 0."""
    rows = await session.scalars(
        select(tables.Person)
        .where(col(tables.Person.wrapped_key).is_not(None), col(tables.Person.key_id) != current)
        .limit(limit)
    )
    count = 0
    for row in rows:
        fresh = keyring.rewrap(row.wrapped_key, row.key_id, row.id)
        row.wrapped_key, row.key_id = fresh.wrapped, fresh.key_id
        count += 1
    await session.flush()
    return count


async def _get(session: AsyncSession, person_id: str) -> tables.Person:
    row = await session.get(tables.Person, person_id)
    assert row is not None  # a path cannot exist without its person: foreign key
    return row


def _about_member(path_id: str, ref: str) -> str:
    return f"household:{path_id}:{ref}"
