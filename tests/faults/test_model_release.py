"""A release on a whole KIM-Lotse: plans change and change back; a worker that dies in the middle moves nobody twice."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as FilePath
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from kim.local.processes import ManagedProcess
from kim.simulate.stage import Stage, StagedPath, at
from kim.world import World, whole_world
from process_models.catalogue import catalogue
from process_models.messages import ReleaseProgress
from process_models.names import release_workflow_id
from store.catalogues import Catalogues
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import draft_version
from store.releases import Decision, release, withdraw
from store.tables import AuditEntry
from store.tables import Path as PathRow
from tests.faults.conftest import path_of, real_stage_of, run_of, stage_of
from tests.model_bundles import SETTLEMENT, as_draft, before_the_reform, changed, shipped_files
from tests.people import ARRIVED, CASE_CONSENT, HANDOVER_DUE, OPENED, RECOGNISED
from tests.postgres import PostgresServer

SETTLED = [*ARRIVED, RECOGNISED, CASE_CONSENT, OPENED]
MANY = 30


def decision() -> Decision:
    return Decision("A. Beispiel, Leitung", "test", "operator", datetime.now(UTC))


async def drafted(world: World, tenant: str, files: dict[str, bytes]) -> ModelVersion:
    async with world.database.transaction() as session:
        return await draft_version(session, as_draft(tenant, files), datetime.now(UTC))


async def released(world: World, version: ModelVersion, rate: int = 300) -> WorkflowHandle[Any, ReleaseProgress]:
    async with world.database.transaction() as session:
        await release(session, Catalogues(catalogue()), version.id, rate, decision())
    return workflow_of(world, version)


async def withdrawn(world: World, version: ModelVersion) -> WorkflowHandle[Any, ReleaseProgress]:
    async with world.database.transaction() as session:
        await withdraw(session, version.id, "falsch gerechnet", decision())
    return workflow_of(world, version)


def workflow_of(world: World, version: ModelVersion) -> WorkflowHandle[Any, ReleaseProgress]:
    workflow_id = release_workflow_id(version.tenant_id, version.version)
    return world.client.get_workflow_handle(workflow_id, result_type=ReleaseProgress)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            pass


async def led(stage: Stage, handle: WorkflowHandle[Any, ReleaseProgress], *, after: str = "") -> ReleaseProgress:
    """The result of the run that began after this one, its waiting between pages skipped."""
    await run_of(handle, after=after)
    with contextlib.suppress(RPCError, TimeoutError):  # it is over before the hour
        await stage.move_clock(handle, timedelta(hours=1))
    return await handle.result()


async def naturalised_on(path: StagedPath) -> list[str]:
    shown = await path.read()
    return [one["on"] for one in shown["forecasts"] if one["goal"] == "naturalisation"]


async def planned_under(path: StagedPath, version: str) -> None:
    """Waits until the workflow of the path has planned under this version, and shows it in Temporal."""

    async def shows() -> bool:
        shown = await path.read()
        return shown["model_version"] == version and shown["planned_version"] == shown["facts_version"]

    await until(shows)


@pytest.fixture(params=["sqlite", "postgresql"])
async def either_world(
    request: pytest.FixtureRequest, tmp_path: FilePath, temporal_client: Client
) -> AsyncIterator[World]:
    """Everything running, on each of the two databases."""
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    url = server.url(server.create()) if server else None
    async with whole_world(tmp_path, temporal_client, url=url) as running:
        yield running


async def test_a_reform_moves_the_forecast_with_its_release_and_back_with_its_withdrawal(either_world: World) -> None:
    world = either_world
    stage = await Stage.open(await world.access(), "rhein-kreis-neuss", at(date(2024, 7, 1), 6))
    before = await drafted(world, stage.tenant, before_the_reform())
    await led(stage, await released(world, before))
    path = await path_of(stage, SETTLED)
    await path.settle()
    assert await naturalised_on(path) == ["2029-05-11"]

    reform = await drafted(world, stage.tenant, changed(SETTLEMENT, label="2024.06"))
    handle = await released(world, reform)
    first_run = await run_of(handle)
    assert await led(stage, handle) == ReleaseProgress(paths=1)
    await planned_under(path, reform.version)
    assert await naturalised_on(path) == ["2026-05-11"]

    handle = await withdrawn(world, reform)
    assert (await led(stage, handle, after=first_run)).to_move == 0
    await planned_under(path, before.version)
    assert await naturalised_on(path) == ["2029-05-11"]
    shown = await path.settle()
    [check] = [task for task in shown["tasks"] if task["kind"] == "check_model_change"]
    assert check["key"].endswith(":back"), "the hope got later: somebody has to tell the client"
    told = [notice for notice in shown["notices"] if notice["kind"] == "model_changed"]
    assert [(notice["recipient"], notice["status"]) for notice in told] == [("case_manager", "delivered")]


async def test_an_offer_whose_rule_the_new_version_withdraws_is_taken_back_and_everybody_is_told(world: World) -> None:
    stage = await stage_of(world)
    path = await path_of(stage, HANDOVER_DUE)
    before = await path.settle()
    assert [(item["code"], item["state"]) for item in before["handovers"]] == [("H01", "offered")]
    version = await drafted(world, stage.tenant, without_first_handover())
    await led(stage, await released(world, version))
    await planned_under(path, version.version)
    shown = await path.settle()
    assert [(item["code"], item["state"]) for item in shown["handovers"]] == [("H01", "cancelled")]
    told = {(notice["kind"], notice["recipient"]): notice["status"] for notice in shown["notices"]}
    assert told["withdrawal", "jobcenter"] == "delivered"
    assert told["model_changed", "case_manager"] == "delivered"
    assert "check_model_change" in {task["kind"] for task in shown["tasks"]}


def without_first_handover() -> dict[str, bytes]:
    """The shipped rules in which H01 was withdrawn: nobody hands over from the Sozialamt to the Jobcenter any more."""
    rules = shipped_files()["law/handovers.yaml"].decode()
    first = rules.index("  - code: H01")
    entry = rules[first : rules.index("  - code: ", first + 1)]
    return changed("law/handovers.yaml", (entry, entry.rstrip() + "\n    release: {state: withdrawn}\n"))


async def test_a_worker_that_is_killed_in_the_middle_moves_no_path_twice_and_the_way_back_is_open(
    quiet_world: World, tmp_path: FilePath
) -> None:
    world = quiet_world
    stage = await real_stage_of(world)
    paths = [await path_of(stage, ARRIVED) for _ in range(MANY)]
    version = await drafted(world, stage.tenant, changed(SETTLEMENT, label="2026.12"))
    worker = ManagedProcess(
        "Arbeiter",
        [sys.executable, "-m", "worker"],
        int(world.environment["KIM_WORKER_HEALTH_PORT"]),
        tmp_path / "worker.log",
        world.environment,
    )
    await asyncio.to_thread(worker.start)
    try:
        handle = await released(world, version, rate=240)
        await until(lambda: some_are_moved(world, version))
        await asyncio.to_thread(worker.kill)
        before = await left(world, version)
        assert 0 < before < MANY
        await asyncio.to_thread(worker.start)
        first_run = await run_of(handle)
        assert await led(stage, handle) == ReleaseProgress(paths=MANY)
        assert Counter((await moves(world, version.version)).values()) == {1: MANY}
        assert await versions(world, paths) == {version.id}

        handle = await withdrawn(world, version)
        assert await led(stage, handle, after=first_run) == ReleaseProgress(paths=MANY)
        assert Counter((await moves(world, catalogue().version)).values()) == {1: MANY}
        assert await versions(world, paths) == {None}
    finally:
        await asyncio.to_thread(worker.stop)


async def some_are_moved(world: World, version: ModelVersion) -> bool:
    return await left(world, version) <= MANY - 5


async def left(world: World, version: ModelVersion) -> int:
    async with world.database.reading() as session:
        return await count_to_move(session, version.tenant_id, version.id)


async def moves(world: World, version: str) -> Counter[str]:
    """How often each path was moved to this version."""
    query = select(AuditEntry).where(col(AuditEntry.action) == "model.moved", col(AuditEntry.subject) == version)
    async with world.database.reading() as session:
        return Counter(str(entry.path_id) for entry in await session.scalars(query))


async def versions(world: World, paths: list[StagedPath]) -> set[str | None]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(PathRow).where(col(PathRow.id).in_([path.id for path in paths])))
        return {row.model_version_id for row in rows}


async def test_a_new_path_starts_under_the_released_version_and_takes_facts_that_only_it_knows(world: World) -> None:
    stage = await real_stage_of(world)
    files = shipped_files()
    kinds = files["law/facts.yaml"].decode()
    new_kind = "\n  - {code: civic_test.certified, title: Test bescheinigt, order: 541}\n"
    files["law/facts.yaml"] = (kinds.rstrip() + new_kind).encode()
    version = await drafted(world, stage.tenant, files)
    await released(world, version)
    path = await path_of(stage, ARRIVED)
    shown = await path.settle()
    assert shown["model_version"] == version.version
    await path.record([{"on": "2022-02-14", "fact": "civic_test.certified", "data": {}}])
    await path.settle()
