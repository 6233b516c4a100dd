"""The release workflow alone, on a real server with a clock that can be moved, with fake records."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from process_models.messages import (
    LookAtRelease,
    MovedPage,
    MovePage,
    ReleaseOrder,
    ReleaseProgress,
    ReleaseStart,
)
from process_models.names import SIGNAL_NEWS, SIGNAL_PAUSE, SIGNAL_REFRESH, SIGNAL_RESUME, SIGNAL_STOP
from tests.workflows.office import TASK_TIMEOUT
from workflows import ModelReleaseWorkflow

Handle = WorkflowHandle[ModelReleaseWorkflow, ReleaseProgress]


@dataclass
class FakeRecords:
    """Thirty open paths, and what is in force."""

    cached_workflows: int
    in_force: str = "new"
    rate: int = 60
    leads: bool = True
    rules: dict[str, str] = field(default_factory=lambda: {f"{number:02}": "old" for number in range(30)})
    staying: set[str] = field(default_factory=set)
    moments: list[datetime] = field(default_factory=list)
    pages: list[list[str]] = field(default_factory=list)
    failures: int = 0
    during_page: Callable[[], Any] | None = None

    @activity.defn(name="release.look")
    async def look(self, message: LookAtRelease) -> ReleaseOrder:
        return ReleaseOrder(
            version="2026.12-1a2b3c4d",
            target_version=self.in_force,
            municipality="Münster",
            leads=self.leads,
            back=self.in_force == "old",
            rate_per_minute=self.rate,
            progress=self._progress(),
        )

    @activity.defn(name="release.move")
    async def move(self, message: MovePage) -> MovedPage:
        if self.failures:
            self.failures -= 1
            raise ApplicationError("the records are away", type="DatabaseAway")
        self.moments.append(message.now)
        page = [one for one in self._to_move() if one > message.after][: message.size]
        self.pages.append(page)
        moved = [one for one in page if one not in self.staying]
        self.rules.update(dict.fromkeys(moved, self.in_force))
        if self.during_page:
            await self.during_page()
        return MovedPage(
            last=page[-1] if page else "",
            moved=len(moved),
            progress=self._progress().model_copy(update={"staying": len(page) - len(moved)}),
        )

    def _to_move(self) -> list[str]:
        return sorted(one for one, rules in self.rules.items() if rules != self.in_force)

    def _progress(self) -> ReleaseProgress:
        return ReleaseProgress(paths=len(self.rules), to_move=len(self._to_move()))


@pytest.fixture
def records(office: Any) -> FakeRecords:
    """Records of this test; the workflow runs with and without a cache, as the others do."""
    return FakeRecords(cached_workflows=office.cached_workflows)


@asynccontextmanager
async def releasing(client: Client, records: FakeRecords) -> AsyncIterator[Handle]:
    queue = f"test-{uuid.uuid4().hex}"
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[ModelReleaseWorkflow],
        activities=[records.look, records.move],
        max_cached_workflows=records.cached_workflows,
    )
    async with worker:
        handle = await client.start_workflow(
            ModelReleaseWorkflow.run,
            ReleaseStart(tenant="muenster", version_id="v1"),
            id=f"release-muenster-{uuid.uuid4().hex}",
            task_queue=queue,
            start_signal=SIGNAL_NEWS,
            task_timeout=TASK_TIMEOUT,
        )
        chain = client.get_workflow_handle_for(ModelReleaseWorkflow.run, handle.id)
        yield chain
        if (await chain.describe()).status == WorkflowExecutionStatus.RUNNING:
            await chain.terminate()


async def pass_time(client: Client, handle: Handle, by: timedelta) -> bool:
    """False if the release ended before."""
    skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=100_000))
    return await skipper.fast_forward(handle, by)


async def finished(client: Client, handle: Handle) -> ReleaseProgress:
    await pass_time(client, handle, timedelta(hours=2))
    return await handle.result()


async def test_all_paths_are_moved_page_by_page_and_no_faster_than_the_rate(
    temporal_client: Client, records: FakeRecords
) -> None:
    async with releasing(temporal_client, records) as handle:
        done = await finished(temporal_client, handle)
    assert (done.paths, done.to_move) == (30, 0)
    assert [len(page) for page in records.pages] == [10, 10, 10]
    gaps = [later - earlier for earlier, later in zip(records.moments, records.moments[1:], strict=False)]
    assert all(timedelta(seconds=9.9) <= gap <= timedelta(seconds=12) for gap in gaps), gaps


async def test_a_page_that_failed_is_repeated_and_the_rate_is_still_kept(
    temporal_client: Client, records: FakeRecords
) -> None:
    records.failures = 3
    async with releasing(temporal_client, records) as handle:
        assert (await finished(temporal_client, handle)).to_move == 0
    assert [len(page) for page in records.pages] == [10, 10, 10]


async def test_a_paused_release_moves_nobody_until_it_is_resumed(temporal_client: Client, records: FakeRecords) -> None:
    async with releasing(temporal_client, records) as handle:

        async def pause() -> None:
            records.during_page = None
            await handle.signal(SIGNAL_PAUSE)

        records.during_page = pause
        assert await pass_time(temporal_client, handle, timedelta(minutes=30))
        assert len(records.pages) == 1
        status = await handle.query(ModelReleaseWorkflow.status)
        assert (status.paused, status.progress.to_move) == (True, 20)
        await handle.signal(SIGNAL_RESUME)
        assert (await finished(temporal_client, handle)).to_move == 0


async def test_a_stopped_release_leaves_the_other_paths_where_they_are(
    temporal_client: Client, records: FakeRecords
) -> None:
    async with releasing(temporal_client, records) as handle:

        async def stop() -> None:
            records.during_page = None
            await handle.signal(SIGNAL_STOP)

        records.during_page = stop
        assert (await finished(temporal_client, handle)).to_move == 20
    assert len(records.pages) == 1


async def test_a_withdrawal_in_the_middle_leads_the_moved_paths_back_and_touches_no_other(
    temporal_client: Client, records: FakeRecords
) -> None:
    async with releasing(temporal_client, records) as handle:

        async def withdraw() -> None:
            if len(records.pages) == 2:
                records.during_page, records.in_force = None, "old"
                await handle.signal(SIGNAL_NEWS)

        records.during_page = withdraw
        done = await finished(temporal_client, handle)
    assert (done.to_move, set(records.rules.values())) == (0, {"old"})
    assert [page[0] for page in records.pages] == ["00", "10", "00", "10"]


async def test_paths_for_which_the_new_rules_give_no_plan_stay_and_do_not_hold_up_the_end(
    temporal_client: Client, records: FakeRecords
) -> None:
    records.staying = {"03", "17"}
    async with releasing(temporal_client, records) as handle:
        done = await finished(temporal_client, handle)
    assert (done.to_move, done.staying) == (2, 2)
    assert records.pages[-2:] == [["03", "17"], []]


async def test_a_release_that_was_overtaken_by_a_later_one_moves_nobody(
    temporal_client: Client, records: FakeRecords
) -> None:
    records.leads = False
    async with releasing(temporal_client, records) as handle:
        await finished(temporal_client, handle)
    assert records.pages == []


async def test_after_a_deploy_the_release_goes_on_in_a_new_run_where_it_was(
    temporal_client: Client, records: FakeRecords
) -> None:
    async with releasing(temporal_client, records) as handle:
        first_run = (await handle.describe()).run_id

        async def refresh() -> None:
            records.during_page = None
            await handle.signal(SIGNAL_REFRESH)

        records.during_page = refresh
        assert (await finished(temporal_client, handle)).to_move == 0
        assert (await handle.describe()).run_id != first_run
    assert [page[0] for page in records.pages if page] == ["00", "10", "20"]
