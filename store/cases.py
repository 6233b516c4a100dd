"""A case: everything that the rules read about one path, loaded with one query a table.

Reading only; each part is written by the module of its noun.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.case import Case
from process_models.errors import PathNotFound
from process_models.work import OpenWork
from store.body_items import agenda_of, similar_stalls
from store.facts import load_facts_with
from store.handovers import item_of, list_handovers
from store.notices import UNDELIVERABLE
from store.persons import load_household, load_person
from store.sealing import Keyring
from store.tables import Notice, Path
from store.tasks import list_task_items
from store.writing import lock_path


async def load_case(session: AsyncSession, keyring: Keyring, path_id: str) -> Case:
    """The case of a path; in a writing transaction the path stays locked until its end.

    Read the path's `facts_version` before the case: what is then loaded is at least as new.
    Errors: PathNotFound, PersonErased.
    """
    await lock_path(session, path_id)
    path = await session.get(Path, path_id)
    if path is None:
        raise PathNotFound("Diesen Weg gibt es nicht.", field="path")
    named, key = await load_person(session, keyring, path.person_id)
    return Case(
        path_id=path.id,
        municipality=path.municipality,
        place=path.place,
        person=named.person,
        facts=await load_facts_with(session, key, path.id),
        household=await load_household(session, key, path.id),
        work=await load_work(session, path.id),
        similar=await similar_stalls(session, path.tenant_id, path.id),
    )


async def load_work(session: AsyncSession, path_id: str) -> OpenWork:
    """What people and the system have done with the plans of a path so far."""
    found = await session.execute(select(col(Notice.key), col(Notice.status)).where(col(Notice.path_id) == path_id))
    notices = [(key, status) for key, status in found]
    return OpenWork(
        handovers=tuple(item_of(row) for row in await list_handovers(session, path_id)),
        tasks=await list_task_items(session, path_id),
        notices_made=frozenset(key for key, _ in notices),
        undeliverable=frozenset(key for key, status in notices if status in UNDELIVERABLE),
        agenda=await agenda_of(session, path_id),
    )
