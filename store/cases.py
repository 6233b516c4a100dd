"""A case: everything that the rules read about one path, loaded with one query a table.

Reading only; each part is written by the module of its noun.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.case import Case
from process_models.errors import PathNotFound
from process_models.waits import asked_of
from process_models.work import OpenWork
from store.body_items import before_bodies, similar_stalls
from store.facts import load_facts_with
from store.handovers import item_of, list_handovers
from store.household import own_paths_of
from store.notices import UNDELIVERABLE
from store.persons import key_of, member_of, named_person
from store.sealing import Keyring
from store.tables import HouseholdMember, Notice, Path, Person
from store.tasks import list_task_items
from store.waits import count_waits
from store.writing import lock_path


async def load_case(session: AsyncSession, keyring: Keyring, path_id: str) -> Case:
    """The case of a path; in a writing transaction the path stays locked until its end.

    Read the path's `facts_version` before the case: what is then loaded is at least as new.
    Errors: PathNotFound, PersonErased.
    """
    await lock_path(session, path_id)
    path, person, household = await _load_persons(session, path_id)
    key = key_of(keyring, person)
    work = await load_work(session, path.id)
    return Case(
        path_id=path.id,
        municipality=path.municipality,
        place=path.place,
        person=named_person(person, key).person,
        facts=await load_facts_with(session, key, path.id),
        household=tuple(member_of(member, key) for member in household),
        work=work,
        similar=await similar_stalls(session, path.tenant_id, path.id),
        waits=await count_waits(session, path.tenant_id, asked_of(work.handovers)),
        own_paths=(await own_paths_of(session, [path.id]))[path.id],
    )


async def load_work(session: AsyncSession, path_id: str) -> OpenWork:
    """What people and the system have done with the plans of a path so far."""
    found = await session.execute(select(col(Notice.key), col(Notice.status)).where(col(Notice.path_id) == path_id))
    notices = [(key, status) for key, status in found]
    agenda, resolved = await before_bodies(session, path_id)
    return OpenWork(
        handovers=tuple(item_of(row) for row in await list_handovers(session, path_id)),
        tasks=await list_task_items(session, path_id),
        notices_made=frozenset(key for key, status in notices if status != "cancelled"),
        undeliverable=frozenset(key for key, status in notices if status in UNDELIVERABLE),
        agenda=agenda,
        resolved=resolved,
    )


async def _load_persons(session: AsyncSession, path_id: str) -> tuple[Path, Person, list[HouseholdMember]]:
    found = await session.execute(
        select(Path, Person, HouseholdMember)
        .join(Person, col(Person.id) == col(Path.person_id))
        .outerjoin(HouseholdMember, col(HouseholdMember.path_id) == col(Path.id))
        .where(col(Path.id) == path_id)
        .order_by(col(HouseholdMember.ref))
        .execution_options(populate_existing=True)
    )
    rows = found.all()
    if not rows:
        raise PathNotFound("Diesen Weg gibt es nicht.", field="path")
    path, person, _first = rows[0]
    return path, person, [member for _path, _person, member in rows if member is not None]
