"""Paths: who finds them, how they count, when they end."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from process_models.errors import PathNotFound
from process_models.names import WORKFLOW_ID, path_workflow_id
from store.database import Database
from store.errors import TenantExists, TenantNotFound
from store.outbox import settle_news, waiting_news
from store.paths import (
    NewPath,
    create_path,
    end_path,
    find_overdue_paths,
    find_path_by_case_number,
    get_path,
    list_open_paths,
    load_path_person,
    next_wake,
    publish_wake,
    reopen_path,
    touch,
)
from store.tables import Path
from store.tenants import create_tenant, get_tenant
from tests.store.examples import KEYRING, NEW_PATH, NOW, TENANT


async def test_a_path_is_created_with_a_pseudonym_and_news_for_its_workflow(database: Database, path: Path) -> None:
    async with database.reading() as session:
        news = await waiting_news(session, 10)
        found = await find_path_by_case_number(session, path.case_number, TENANT)
    assert re.fullmatch(r"KIM-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", path.case_number)
    assert WORKFLOW_ID.fullmatch(path_workflow_id(path.id))
    assert [(row.workflow, row.workflow_id, row.path_id) for row in news] == [
        ("client-path", path_workflow_id(path.id), path.id)
    ]
    assert found is not None
    assert found.id == path.id


async def test_the_name_is_read_by_who_has_the_keys(database: Database, path: Path) -> None:
    async with database.reading() as session:
        named = await load_path_person(session, KEYRING, path)
    assert (named.name, named.person.born, named.person.nationality) == (NEW_PATH.name, NEW_PATH.born, "SY")


async def test_an_absent_path_and_a_path_of_another_tenant_look_the_same(database: Database, path: Path) -> None:
    async with database.reading() as session:
        with pytest.raises(PathNotFound) as foreign:
            await get_path(session, path.id, "muenster")
        with pytest.raises(PathNotFound) as absent:
            await get_path(session, "nothing", TENANT)
        assert (await get_path(session, path.id, None)).id == path.id
        assert await find_path_by_case_number(session, path.case_number, "muenster") is None
    assert foreign.value.detail == absent.value.detail


async def test_every_touch_counts_once_also_when_twenty_come_at_the_same_time(database: Database, path: Path) -> None:
    async def touch_once() -> int:
        async with database.transaction() as session:
            return await touch(session, await get_path(session, path.id, TENANT))

    versions = await asyncio.gather(*(touch_once() for _ in range(20)))
    assert sorted(versions) == list(range(1, 21))


async def test_a_touch_counts_from_the_records_and_not_from_what_was_read_before(
    database: Database, path: Path
) -> None:
    async with database.reading() as session:
        read_before = await get_path(session, path.id, TENANT)
    for stale in (path, read_before):
        async with database.transaction() as session:
            await touch(session, stale)
    assert (path.facts_version, read_before.facts_version) == (1, 2)


async def test_many_touches_leave_one_waiting_news(database: Database, path: Path) -> None:
    for _ in range(3):
        async with database.transaction() as session:
            await touch(session, path)
    async with database.reading() as session:
        assert len(await waiting_news(session, 10)) == 1
    assert path.facts_version == 3


async def test_news_of_a_touch_survives_the_mark_of_a_nudge_that_came_before_its_commit(
    database: Database, path: Path
) -> None:
    async with database.reading() as session:
        (nudged,) = await waiting_news(session, 10)
    async with database.transaction() as session:
        await touch(session, path)
    async with database.transaction() as session:
        await settle_news(session, nudged.id, "delivered", NOW)
    async with database.reading() as session:
        assert len(await waiting_news(session, 10)) == 1


async def test_a_path_ends_once_and_opens_again(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        assert await end_path(session, path.id, NOW)
        assert not await end_path(session, path.id, NOW)
        assert await list_open_paths(session, TENANT) == []
        assert await reopen_path(session, path.id)
        assert not await reopen_path(session, path.id)
        opened = await get_path(session, path.id, TENANT)
    assert (opened.state, opened.ended_at) == ("open", None)


async def test_a_path_does_not_end_over_news_that_the_plan_has_not_seen(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        version = await touch(session, path)
        assert not await end_path(session, path.id, NOW, facts_version=version - 1)
        assert await end_path(session, path.id, NOW, facts_version=version)


async def test_overdue_are_open_paths_of_real_tenants_whose_wake_up_has_passed(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await create_tenant(session, "sim-1", "muenster", simulated=True, now=NOW)
        simulated = await create_path(session, KEYRING, _in("sim-1"), NOW)
        await publish_wake(session, simulated.id, NOW - timedelta(days=1))
        await publish_wake(session, path.id, NOW - timedelta(hours=1))
    async with database.reading() as session:
        assert [found.id for found in await find_overdue_paths(session, NOW)] == [path.id]
        assert await find_overdue_paths(session, NOW - timedelta(hours=2)) == []
        assert [found.id for found in await list_open_paths(session)] == [path.id]
        assert await next_wake(session, "sim-1") == NOW - timedelta(days=1)


async def test_open_paths_come_in_pages(database: Database) -> None:
    async with database.transaction() as session:
        made = sorted([(await create_path(session, KEYRING, NEW_PATH, NOW)).id for _ in range(3)])
        first = await list_open_paths(session, TENANT, limit=2)
        rest = await list_open_paths(session, TENANT, after=first[-1].id, limit=2)
    assert [path.id for path in [*first, *rest]] == made


async def test_a_tenant_is_created_once_and_never_changes_its_clock(database: Database) -> None:
    async with database.transaction() as session:
        again = await create_tenant(session, TENANT, "rhein-kreis-neuss", now=NOW)
        with pytest.raises(TenantExists):
            await create_tenant(session, TENANT, "rhein-kreis-neuss", clock_offset_seconds=60, now=NOW)
        with pytest.raises(TenantNotFound):
            await get_tenant(session, "nowhere")
    assert again.id == TENANT


def _in(tenant_id: str) -> NewPath:
    return replace(NEW_PATH, tenant_id=tenant_id)
