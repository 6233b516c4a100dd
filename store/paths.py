"""Paths: creating, finding, ending, and the counter that tells plans apart.

The sealed person stands in `persons`, the facts in `facts`; everything that the rules read at once: `cases`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from process_models.errors import PathNotFound
from process_models.facts import Person
from process_models.names import CLIENT_PATH, path_workflow_id
from store.cases import load_case
from store.model_versions import held_in_force
from store.outbox import add_news
from store.persons import NamedPerson, add_household, create_person, erase_person, load_person
from store.sealing import Keyring
from store.tables import Path, Tenant
from store.writing import lock_path

__all__ = [
    "NewPath",
    "create_path",
    "end_path",
    "erase_path_person",
    "find_overdue_paths",
    "get_path",
    "list_open_paths",
    "load_case",
    "load_path_person",
    "note_place",
    "publish_wake",
    "reopen_path",
    "touch",
]

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for each other on the phone."""


@dataclass(frozen=True, slots=True)
class NewPath:
    """What starts a path. Name, birth, nationality and household are sealed before they are written."""

    tenant_id: str
    municipality: str
    place: str
    born: date
    nationality: str
    name: str = ""
    household: tuple[Person, ...] = ()


async def create_path(session: AsyncSession, keyring: Keyring, new: NewPath, now: datetime) -> Path:
    """Creates person, path, household and the news that starts the workflow, all in this transaction."""
    named = NamedPerson(Person(born=new.born, nationality=new.nationality), new.name)
    person, key = await create_person(session, keyring, new.tenant_id, named, now)
    path = Path(
        tenant_id=new.tenant_id,
        person_id=person.id,
        case_number=await _free_case_number(session),
        municipality=new.municipality,
        place=new.place,
        current_place=new.place,
        model_version_id=await held_in_force(session, new.tenant_id),
        created_at=now,
    )
    session.add(path)
    await session.flush()
    await add_household(session, key, path.id, new.household)
    await _nudge(session, path)
    return path


async def get_path(session: AsyncSession, path_id: str, tenant_id: str | None) -> Path:
    """The path, locked until the end of a writing transaction. `tenant_id` None = of any tenant.

    Errors: PathNotFound, also for a path of another tenant.
    """
    await lock_path(session, path_id)
    path = await session.get(Path, path_id, populate_existing=True)
    if path is None or tenant_id not in (None, path.tenant_id):
        raise PathNotFound("Diesen Weg gibt es nicht.", field="path")
    return path


async def find_path_by_case_number(session: AsyncSession, case_number: str, tenant_id: str | None) -> Path | None:
    """The path with this pseudonym, or None. `tenant_id` None = of any tenant."""
    query = select(Path).where(col(Path.case_number) == case_number)
    return (await session.scalars(_of_tenant(query, tenant_id))).one_or_none()


async def touch(session: AsyncSession, path: Path) -> int:
    """Counts a change of what the rules read, and leaves news for the workflow. Returns the new version.

    Call it in every transaction that changes facts, answers or decisions of a path.
    """
    counted = await session.execute(
        update(Path)
        .where(col(Path.id) == path.id)
        .values(facts_version=col(Path.facts_version) + 1)
        .returning(col(Path.facts_version))
    )
    version = int(counted.scalar_one())
    set_committed_value(path, "facts_version", version)
    await _nudge(session, path)
    return version


async def end_path(session: AsyncSession, path_id: str, now: datetime, facts_version: int | None = None) -> bool:
    """Ends an open path; False if it had ended, or if something changed since `facts_version` was read."""
    statement = update(Path).where(col(Path.id) == path_id, col(Path.state) == "open")
    if facts_version is not None:
        statement = statement.where(col(Path.facts_version) == facts_version)
    ended = await session.execute(statement.values(state="ended", ended_at=now, wake_at=None).returning(col(Path.id)))
    return ended.first() is not None


async def reopen_path(session: AsyncSession, path_id: str) -> bool:
    """Opens an ended path again (a correction arrived), under the models now in force; False if it was open."""
    path = await session.get(Path, path_id)
    opened = await session.execute(
        update(Path)
        .where(col(Path.id) == path_id, col(Path.state) == "ended")
        .values(
            state="open",
            ended_at=None,
            model_version_id=await held_in_force(session, path.tenant_id) if path else None,
        )
        .returning(col(Path.id))
    )
    return opened.first() is not None


async def note_place(session: AsyncSession, path_id: str, place: str) -> None:
    """Writes down where the facts say that the person lives now."""
    await session.execute(
        update(Path).where(col(Path.id) == path_id, col(Path.current_place) != place).values(current_place=place)
    )


async def publish_wake(session: AsyncSession, path_id: str, wake_at: datetime | None) -> None:
    """Publishes when the workflow wakes next, on the path's own clock; None = only by news."""
    await session.execute(update(Path).where(col(Path.id) == path_id).values(wake_at=wake_at))


async def list_open_paths(
    session: AsyncSession, tenant_id: str | None = None, *, after: str = "", limit: int = 200
) -> list[Path]:
    """Open paths by id, `limit` at a time: pass the last id as `after`. `tenant_id` None = of every real tenant."""
    query = select(Path).where(col(Path.state) == "open", col(Path.id) > after).order_by(col(Path.id)).limit(limit)
    if tenant_id is None:
        query = query.join(Tenant).where(col(Tenant.simulated).is_(False))
    return list(await session.scalars(_of_tenant(query, tenant_id)))


@dataclass(frozen=True, slots=True)
class OpenPath:
    """An open path by its pseudonym, and the version of the rules that it plans under (None = the shipped one)."""

    id: str
    case_number: str
    model_version_id: str | None


async def open_path_ids(session: AsyncSession, municipality: str | None = None) -> list[OpenPath]:
    """Every open path of real tenants by id, of one municipality or of all; nothing of any person."""
    query = (
        select(col(Path.id), col(Path.case_number), col(Path.model_version_id))
        .join(Tenant)
        .where(col(Tenant.simulated).is_(False), col(Path.state) == "open")
        .order_by(col(Path.id))
    )
    if municipality is not None:
        query = query.where(col(Path.municipality) == municipality)
    return [OpenPath(*row) for row in await session.execute(query)]


async def find_overdue_paths(session: AsyncSession, now: datetime, limit: int = 500) -> list[Path]:
    """Open paths of real tenants whose workflow should have woken by `now`, the longest overdue first."""
    query = (
        select(Path)
        .join(Tenant)
        .where(col(Tenant.simulated).is_(False), col(Path.state) == "open", col(Path.wake_at) <= now)
        .order_by(col(Path.wake_at))
        .limit(limit)
    )
    return list(await session.scalars(query))


async def next_wake(session: AsyncSession, tenant_id: str) -> datetime | None:
    """The earliest published wake-up of a tenant's open paths: where a simulation moves its clocks to."""
    query = select(col(Path.wake_at)).where(
        col(Path.tenant_id) == tenant_id, col(Path.state) == "open", col(Path.wake_at).is_not(None)
    )
    return (await session.scalars(query.order_by(col(Path.wake_at)).limit(1))).first()


async def load_path_person(session: AsyncSession, keyring: Keyring, path: Path) -> NamedPerson:
    """The person of a path with name, for the people who may see it. Errors: PersonErased."""
    named, _key = await load_person(session, keyring, path.person_id)
    return named


async def erase_path_person(session: AsyncSession, path: Path, now: datetime) -> None:
    """Erases the person of a path: see `persons.erase_person`."""
    await erase_person(session, path.person_id, now)


def _of_tenant(query: Select[Path], tenant_id: str | None) -> Select[Path]:
    return query if tenant_id is None else query.where(col(Path.tenant_id) == tenant_id)


async def _nudge(session: AsyncSession, path: Path) -> None:
    await add_news(session, path.tenant_id, CLIENT_PATH, path_workflow_id(path.id), path.id)


async def _free_case_number(session: AsyncSession) -> str:
    while True:
        drawn = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        number = f"KIM-{drawn[:4]}-{drawn[4:]}"
        if await find_path_by_case_number(session, number, None) is None:
            return number


async def find_path(session: AsyncSession, path_id: str) -> Path | None:
    """The path of any tenant, locked until the end of a writing transaction, or None."""
    await lock_path(session, path_id)
    return await session.get(Path, path_id, populate_existing=True)
