"""The daily sweep on a whole KIM-Lotse: what fell through is found and mended; simulated tenants are left alone."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleRange,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from kim.simulate.stage import Stage, StagedPath
from kim.world import World
from process_models.messages import SweepResult
from process_models.names import (
    DAILY_SWEEP,
    DAILY_SWEEP_SCHEDULE,
    QUERY_STATUS,
    SIGNAL_STOP,
    TASK_QUEUE,
    body_workflow_id,
    path_workflow_id,
    release_workflow_id,
)
from store.body_items import NewBodyItem, put_on_agenda
from store.catalogues import Catalogues
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import draft_version
from store.notices import NewNotice, claim_notice, make_notice
from store.paths import publish_wake
from store.releases import Decision, release
from store.tables import Outbox
from tests.faults.conftest import path_of, real_stage_of, run_of, stage_of
from tests.model_bundles import SETTLEMENT, as_draft, changed
from tests.people import ARRIVED
from worker import daily_sweep_schedule, ensure_daily_sweep, working
from workflows import DailySweepWorkflow

ALL_WELL = SweepResult()


async def sweep(client: Client) -> SweepResult:
    return await client.execute_workflow(
        DailySweepWorkflow.run, id=f"{DAILY_SWEEP}-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
    )


async def terminated(client: Client, path: StagedPath) -> str:
    """Terminates the workflow of a path as an operator might; returns its run once lists do not show it any more."""
    run_id = (await path.handle.describe()).run_id
    await path.handle.terminate("by mistake")
    await shown_as_running(client, path.handle.id, count=0)
    return run_id


async def shown_as_running(client: Client, workflow_id: str, *, count: int) -> None:
    """Waits until the lists of the server, which follow a little later, show so many runs."""
    query = f"WorkflowId = '{workflow_id}' AND ExecutionStatus = 'Running'"
    async with asyncio.timeout(20):
        while (await client.count_workflows(query)).count != count:
            pass


async def lose_news(world: World) -> None:
    async with world.database.transaction() as session:
        await session.execute(delete(Outbox))


async def is_running(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        return (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    except RPCError:
        return False


async def test_where_nothing_fell_through_the_sweep_finds_nothing(world: World) -> None:
    path = await path_of(await real_stage_of(world), ARRIVED)
    await path.settle()
    await shown_as_running(world.client, path.handle.id, count=1)
    assert await sweep(world.client) == ALL_WELL


async def test_a_path_whose_workflow_was_terminated_is_started_again(world: World) -> None:
    path = await path_of(await real_stage_of(world), ARRIVED)
    before = await path.settle()
    run_id = await terminated(world.client, path)
    assert (await sweep(world.client)).paths_started == 1
    after = await path.settle()
    assert (await path.handle.describe()).run_id != run_id
    assert after["standing"] == before["standing"]


async def test_a_path_whose_news_was_lost_gets_its_workflow(quiet_world: World) -> None:
    path = await path_of(await real_stage_of(quiet_world), ARRIVED)
    await lose_news(quiet_world)
    async with working(quiet_world.parts):
        assert not await is_running(path.handle)
        found = await sweep(quiet_world.client)
        assert (found.paths_started, found.news_delivered) == (1, 1)
        await path.rest()
        assert await is_running(path.handle)


async def test_a_path_that_slept_past_its_day_is_nudged(world: World) -> None:
    path = await path_of(await real_stage_of(world), ARRIVED)
    await path.settle()
    seen = await path.status()
    async with world.database.transaction() as session:
        await publish_wake(session, path.id, datetime.now(UTC) - timedelta(hours=2))
    await shown_as_running(world.client, path.handle.id, count=1)
    found = await sweep(world.client)
    assert (found.paths_started, found.overdue_nudged) == (0, 1)
    await path.settle()
    after = await path.status()
    assert seen is not None
    assert after is not None
    assert after.news_seen == seen.news_seen + 1


async def test_a_body_with_an_open_item_whose_workflow_is_gone_starts_again(world: World) -> None:
    stage = await real_stage_of(world)
    async with world.database.transaction() as session:
        await put_on_agenda(session, item_of(stage.tenant))
    body = stage.handle(body_workflow_id(stage.tenant, "verfahren"))
    assert not await is_running(body)
    await sweep(world.client)
    async with asyncio.timeout(20):
        while not (agenda := await body.query(QUERY_STATUS)):
            pass
    assert agenda["open_items"] == 1


async def test_a_release_that_was_terminated_goes_on_and_one_that_somebody_stopped_does_not(world: World) -> None:
    stage = await real_stage_of(world)
    for _ in range(3):
        await (await path_of(stage, ARRIVED)).settle()
    version = await released_slowly(world, stage.tenant)
    handle = stage.handle(release_workflow_id(stage.tenant, version.version))
    run_id = await run_of(handle)
    await handle.terminate("by mistake")
    await sweep(world.client)
    second = await run_of(handle, after=run_id)
    await handle.signal(SIGNAL_STOP)
    await handle.result()
    await sweep(world.client)
    assert await run_of(handle) == second
    async with world.database.reading() as session:
        assert await count_to_move(session, stage.tenant, version.id) > 0


async def released_slowly(world: World, tenant: str) -> ModelVersion:
    """A version that is in force, and that moves one path a minute."""
    now = datetime.now(UTC)
    async with world.database.transaction() as session:
        version = await draft_version(session, as_draft(tenant, changed(SETTLEMENT, label="2026.12")), now)
        decision = Decision("A. Beispiel, Leitung", "test", "operator", now)
        await release(session, Catalogues(world.catalogue), version.id, 1, decision)
    world.parts.news.wake()
    return version


def item_of(tenant: str) -> NewBodyItem:
    return NewBodyItem(
        tenant_id=tenant,
        key="verfahren:sozialamt>jobcenter:H01:DOC_MISSING:",
        body="verfahren",
        handover="H01",
        from_kind="sozialamt",
        to_kind="jobcenter",
        reason="DOC_MISSING",
        detail=None,
        cause="ladder",
        raised_on=date(2026, 3, 2),
    )


@pytest.mark.parametrize(("age", "status"), [(timedelta(hours=2), "unclear"), (timedelta(minutes=5), "sending")])
async def test_a_notice_that_lost_its_sender_becomes_unclear_after_an_hour_and_a_person_sees_it(
    world: World, age: timedelta, status: str
) -> None:
    stage = await real_stage_of(world)
    path = await path_of(stage, ARRIVED)
    await path.settle()
    async with world.database.transaction() as session:
        then = datetime.now(UTC) - age
        made = await make_notice(session, notice_of(stage, path), then)
        assert made is not None
        await claim_notice(session, made.id, then)
    found = await sweep(world.client)
    assert found.notices_stuck == (1 if status == "unclear" else 0)
    assert status_of(await path.read(), "F12") == status
    failed = await stage.get("/v1/notices/failed")
    assert [notice["status"] for notice in failed["notices"]] == (["unclear"] if status == "unclear" else [])


def notice_of(stage: Stage, path: StagedPath) -> NewNotice:
    return NewNotice(
        key=f"{path.id}:F12:reminder_deadline:case_manager",
        tenant_id=stage.tenant,
        kind="reminder_deadline",
        subject="F12",
        recipient="case_manager",
        made_on=date(2026, 3, 2),
        path_id=path.id,
    )


def status_of(shown: dict[str, Any], subject: str) -> str:
    return next(str(notice["status"]) for notice in shown["notices"] if notice["subject"] == subject)


async def test_simulated_tenants_are_left_alone(world: World) -> None:
    path = await path_of(await stage_of(world), ARRIVED)
    await path.settle()
    await terminated(world.client, path)
    async with world.database.transaction() as session:
        await publish_wake(session, path.id, datetime(2022, 2, 14, tzinfo=UTC))
        await put_on_agenda(session, item_of(path.stage.tenant))
    assert await sweep(world.client) == ALL_WELL
    assert not await is_running(world.client.get_workflow_handle(path_workflow_id(path.id)))
    assert not await is_running(path.stage.handle(body_workflow_id(path.stage.tenant, "verfahren")))


async def test_a_second_sweep_at_the_same_time_does_no_harm(world: World) -> None:
    path = await path_of(await real_stage_of(world), ARRIVED)
    await path.settle()
    await terminated(world.client, path)
    await asyncio.gather(sweep(world.client), sweep(world.client))
    await path.settle()
    runs = [run async for run in world.client.list_workflows(f"WorkflowId = '{path.handle.id}'")]
    assert sum(run.status == WorkflowExecutionStatus.RUNNING for run in runs) == 1


@pytest.fixture
async def scheduling(temporal_client: Client) -> AsyncIterator[Client]:
    """A client in a namespace without the Schedule, which is taken away again afterwards.

    A worker that another test started may have left one, and the server takes its time to forget it.
    """
    await _without_schedule(temporal_client)
    yield temporal_client
    await _without_schedule(temporal_client)


async def _without_schedule(client: Client) -> None:
    handle = client.get_schedule_handle(DAILY_SWEEP_SCHEDULE)
    async with asyncio.timeout(20):
        while True:
            try:
                await handle.delete()
                await handle.describe()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return
                raise


async def test_the_schedule_is_created_once_and_brought_up_to_date_the_second_time(scheduling: Client) -> None:
    outdated = daily_sweep_schedule()
    outdated.spec.calendars[0].hour = [ScheduleRange(2)]
    await scheduling.create_schedule(DAILY_SWEEP_SCHEDULE, outdated)
    handle = scheduling.get_schedule_handle(DAILY_SWEEP_SCHEDULE)
    await handle.pause(note="Wartung")
    for _ in range(2):
        await ensure_daily_sweep(scheduling)
        found = (await handle.describe()).schedule
        [calendar] = found.spec.calendars
        assert (calendar.hour[0].start, calendar.minute[0].start) == (6, 15)
        assert found.spec.time_zone_name == "Europe/Berlin"
    assert (found.state.paused, found.state.note) == (True, "Wartung")


async def test_the_schedule_starts_the_sweep(world: World, scheduling: Client) -> None:
    await ensure_daily_sweep(scheduling)
    handle = scheduling.get_schedule_handle(DAILY_SWEEP_SCHEDULE)
    await handle.trigger()
    async with asyncio.timeout(20):
        while not (actions := (await handle.describe()).info.recent_actions):
            pass
    started = actions[0].action
    assert isinstance(started, ScheduleActionExecutionStartWorkflow)
    result = await scheduling.get_workflow_handle(started.workflow_id, result_type=SweepResult).result()
    assert result == ALL_WELL
