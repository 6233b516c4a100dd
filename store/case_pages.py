"""Cases by the page: one query a table for many paths at once, for whoever looks at all of them.

Reading only, and without locks: what comes in meanwhile is somebody else's news. One path: `cases`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.case import Case
from process_models.facts import Fact
from process_models.waits import Asked, Waits, asked_of
from process_models.work import HandoverItem, OpenWork, TaskItem
from store import tables
from store.body_items import StallsOfTenant, before_bodies_of, stalls_of
from store.errors import PersonErased
from store.facts import value_of
from store.handovers import item_of
from store.household import own_paths_of
from store.notices import UNDELIVERABLE
from store.persons import key_of, member_of, named_person
from store.sealing import Keyring, PersonKey
from store.tables import Handover, HouseholdMember, Notice, Path, Person, Task
from store.waits import count_waits

Row = tuple[Any, ...]


async def load_cases(session: AsyncSession, keyring: Keyring, path_ids: Sequence[str]) -> dict[str, Case]:
    """The cases of these paths by id; paths whose person was erased are left out, names are not kept.

    Each is what `cases.load_case` gives, except that similar stalls are read only where a handover awaits an answer:
    nothing else asks for them. Errors: MasterKeyMissing.
    """
    opened = await _open(session, keyring, path_ids)
    facts = await _facts(session, {path_id: key for path_id, (_path, _person, key) in opened.items()})
    household = await _household(session, list(opened))
    own_paths = await own_paths_of(session, list(opened))
    works = await _works(session, list(opened))
    stalls = await _stalls(session, (path.tenant_id for path, _person, _key in opened.values()))
    waits = await _waits(session, {path_id: path.tenant_id for path_id, (path, *_) in opened.items()}, works)
    cases: dict[str, Case] = {}
    for path_id, (path, person, key) in opened.items():
        case = Case(
            path_id=path_id,
            municipality=path.municipality,
            place=path.place,
            person=named_person(person, key).person,
            facts=facts[path_id],
            household=tuple(member_of(member, key) for member in household[path_id]),
            work=works[path_id],
            own_paths=own_paths[path_id],
        )
        if asked := asked_of(case.work.handovers):
            counted = waits[path.tenant_id]
            of_path = tuple(one for one in counted if (one.interface.code, one.step, one.until) in asked)
            case = replace(case, waits=of_path)
        if any(item.awaits_answer for item in case.work.handovers):
            case = replace(case, similar=stalls[path.tenant_id].similar(path_id))
        cases[path_id] = case
    return cases


async def _open(
    session: AsyncSession, keyring: Keyring, path_ids: Sequence[str]
) -> dict[str, tuple[Path, Person, PersonKey]]:
    query = select(Path, Person).join(Person, col(Person.id) == col(Path.person_id)).where(col(Path.id).in_(path_ids))
    opened: dict[str, tuple[Path, Person, PersonKey]] = {}
    for path, person in await session.execute(query.order_by(col(Path.id))):
        try:
            opened[path.id] = (path, person, key_of(keyring, person))
        except PersonErased:
            continue
    return opened


async def _facts(session: AsyncSession, keys: Mapping[str, PersonKey]) -> dict[str, tuple[Fact, ...]]:
    fact = tables.Fact
    query = select(fact).where(col(fact.path_id).in_(list(keys)))
    found: dict[str, list[Fact]] = defaultdict(list)
    ordered = query.order_by(col(fact.recorded_on), col(fact.effective_on), col(fact.ref))
    for row in await session.scalars(ordered):
        found[row.path_id].append(value_of(row, keys[row.path_id]))
    return {path_id: tuple(found[path_id]) for path_id in keys}


async def _household(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, list[HouseholdMember]]:
    query = select(HouseholdMember).where(col(HouseholdMember.path_id).in_(path_ids))
    found: dict[str, list[HouseholdMember]] = defaultdict(list)
    for member in await session.scalars(query.order_by(col(HouseholdMember.ref))):
        found[member.path_id].append(member)
    return found


async def _works(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, OpenWork]:
    handovers = await _handovers(session, path_ids)
    tasks = await _tasks(session, path_ids)
    notices = await _by_path(
        session, select(*map(col, (Notice.path_id, Notice.key, Notice.status))).where(col(Notice.path_id).in_(path_ids))
    )
    bodies = await before_bodies_of(session, path_ids)
    return {
        path_id: OpenWork(
            handovers=tuple(handovers[path_id]),
            tasks=tuple(tasks[path_id]),
            notices_made=frozenset(key for key, status in notices[path_id] if status != "cancelled"),
            undeliverable=frozenset(key for key, status in notices[path_id] if status in UNDELIVERABLE),
            agenda=bodies[path_id][0],
            resolved=bodies[path_id][1],
        )
        for path_id in path_ids
    }


async def _handovers(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, list[HandoverItem]]:
    query = select(Handover).where(col(Handover.path_id).in_(path_ids))
    found: dict[str, list[HandoverItem]] = defaultdict(list)
    ordered = query.order_by(col(Handover.trigger_on), col(Handover.created_at), col(Handover.code))
    for row in await session.scalars(ordered):
        found[row.path_id].append(item_of(row))
    return found


async def _tasks(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, list[TaskItem]]:
    query = select(Task).where(col(Task.path_id).in_(path_ids)).order_by(col(Task.opened_on), col(Task.key))
    found: dict[str, list[TaskItem]] = defaultdict(list)
    for row in await session.scalars(query):
        found[row.path_id].append(TaskItem(row.key, row.kind, row.subject, row.opened_on, row.done_on))
    return found


async def _by_path(session: AsyncSession, query: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await session.execute(query):
        found[row[0]].append(tuple(row[1:]))
    return found


async def _waits(
    session: AsyncSession, tenants: Mapping[str, str], works: Mapping[str, OpenWork]
) -> dict[str, tuple[Waits, ...]]:
    """What the handovers of all these paths are measured by, counted once a tenant."""
    asked: dict[str, frozenset[Asked]] = defaultdict(frozenset)
    for path_id, tenant in tenants.items():
        asked[tenant] |= asked_of(works[path_id].handovers)
    return {tenant: await count_waits(session, tenant, wanted) for tenant, wanted in asked.items()}


async def _stalls(session: AsyncSession, tenants: Iterable[str]) -> dict[str, StallsOfTenant]:
    return {tenant: await stalls_of(session, tenant) for tenant in sorted(set(tenants))}
