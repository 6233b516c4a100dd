"""The path workflow alone, on a real server with a clock that can be moved, with a fake office for all activities."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from process_models.messages import Escalate, OfferHandover, PathStart, PathStatus, Remind
from process_models.names import SIGNAL_NEWS, SIGNAL_REFRESH
from tests.workflows.office import SHOWN, TASK_TIMEOUT, FakeOffice
from workflows import ClientPathWorkflow

Handle = WorkflowHandle[ClientPathWorkflow, None]
DAY = date(2022, 2, 14)


class Path:
    """A running path with its fake office."""

    def __init__(self, client: Client, handle: Handle, office: FakeOffice) -> None:
        self.handle = handle
        self.office = office
        self.skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=100_000))

    async def status(self) -> PathStatus:
        return await self.handle.query(ClientPathWorkflow.status)

    async def rest(self, looks: int = 1) -> PathStatus:
        """Waits (by asking, each answer takes a workflow task) until the path rests after so many looks."""
        for _ in range(500):
            status = await self.status()
            if status.idle and len(self.office.looks) >= looks:
                return status
        raise AssertionError("the path does not come to rest")

    async def pass_days(self, days: float) -> None:
        assert await self.skipper.fast_forward(self.handle, timedelta(days=days))

    async def events(self, kind: str) -> list[Any]:
        return [event async for event in self.handle.fetch_history_events() if event.WhichOneof("attributes") == kind]


@asynccontextmanager
async def running(client: Client, office: FakeOffice, start: PathStart | None = None) -> AsyncIterator[Path]:
    queue = f"test-{uuid.uuid4().hex}"
    start = start or PathStart(path_id=uuid.uuid4().hex, tenant="rhein-kreis-neuss")
    async with office.worker(client, queue, ClientPathWorkflow):
        handle = await client.start_workflow(
            ClientPathWorkflow.run,
            start,
            id=f"path-{start.path_id}",
            task_queue=queue,
            start_signal=SIGNAL_NEWS,
            task_timeout=TASK_TIMEOUT,
        )
        yield Path(client, client.get_workflow_handle_for(ClientPathWorkflow.run, handle.id), office)
        if (await handle.describe()).status == WorkflowExecutionStatus.RUNNING:
            await client.get_workflow_handle(handle.id).terminate()


def offer(**changes: Any) -> OfferHandover:
    return OfferHandover(handover="H01", trigger_on=DAY, on=DAY, summary="H01 anbieten", **changes)


def remind() -> Remind:
    return Remind(
        key="k", kind="reminder_deadline", subject="F12", recipient="case_manager", due_on=DAY, on=DAY, summary="F12"
    )


async def test_a_path_looks_once_at_the_start_although_it_was_nudged_at_once(
    temporal_client: Client, office: FakeOffice
) -> None:
    async with running(temporal_client, office) as path:
        status = await path.rest()
        assert (len(office.looks), status.news_seen) == (1, 1)


async def test_a_nudge_makes_the_path_look_again(temporal_client: Client, office: FakeOffice) -> None:
    async with running(temporal_client, office) as path:
        await path.rest()
        await path.handle.signal(SIGNAL_NEWS)
        await path.rest(looks=2)


async def test_news_that_comes_while_the_plan_is_made_is_looked_at_afterwards(
    temporal_client: Client, office: FakeOffice
) -> None:
    async with running(temporal_client, office) as path:
        await path.rest()

        async def nudge_once() -> None:
            office.during_plan = None
            await path.handle.signal(SIGNAL_NEWS)

        office.during_plan = nudge_once
        await path.handle.signal(SIGNAL_NEWS)
        await path.rest(looks=3)
        assert len(office.looks) == 3


async def test_the_one_timer_wakes_the_path_on_the_day_that_matters(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.plans[0] = {"look_again_in_days": 30, "wait_summary": "auf Annahme H01 warten, bis 16.03.2022"}
    office.next()
    async with running(temporal_client, office) as path:
        await path.rest()
        await path.pass_days(29)
        assert len(office.looks) == 1
        await path.pass_days(1.01)
        await path.rest(looks=2)
        assert office.looks[1].now - office.looks[0].now >= timedelta(days=30)
        [timer] = await path.events("timer_started_event_attributes")
        assert "auf Annahme H01 warten" in timer.user_metadata.summary.data.decode()


async def test_a_simulated_path_runs_on_its_own_clock(temporal_client: Client, office: FakeOffice) -> None:
    begin = datetime(2021, 5, 10, 4, tzinfo=UTC)
    offset = round((begin - datetime.now(UTC)).total_seconds())
    start = PathStart(path_id=uuid.uuid4().hex, tenant="sim-1", clock_offset_seconds=offset)
    async with running(temporal_client, office, start) as path:
        status = await path.rest()
        assert abs(office.looks[0].now - begin) < timedelta(minutes=1)
        assert status.day == date(2021, 5, 10)


async def test_offers_reminders_and_escalations_are_carried_out_in_this_order_and_their_mails_sent(
    temporal_client: Client, office: FakeOffice
) -> None:
    step = Escalate(handover="H01", trigger_on=DAY, level="E1", on=DAY, recipients=("receiver",), summary="E1")
    office.plans[0] = {"actions": (step, remind(), offer()), "pending_notices": ("left-over",)}
    office.next()
    async with running(temporal_client, office) as path:
        await path.rest()
        assert [name for name, _ in office.carried_out] == ["handover", "reminder", "escalation"]
        assert office.sent == ["handover-0", "reminder-0", "escalation-0", "left-over"]


async def test_after_a_mail_that_failed_for_now_the_path_looks_again_within_a_minute(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.plans[0] = {"pending_notices": ("n1",)}
    office.next()
    office.delivery = "temporary-failure"
    async with running(temporal_client, office) as path:
        await path.rest()
        await path.pass_days(2 / 1440)
        await path.rest(looks=2)
        assert len(office.looks) == 2


async def test_a_plan_that_fails_is_made_again_and_the_path_goes_on(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.failing_plans = 2
    async with running(temporal_client, office) as path:
        await path.pass_days(0.01)
        await path.rest(looks=3)
        assert (await path.status()).facts_version == 1


async def test_search_attributes_are_written_on_change_only(temporal_client: Client, office: FakeOffice) -> None:
    stalled = SHOWN.model_copy(update={"stalled_since": DAY, "escalation": "E2", "waits_for": ("jobcenter",)})
    office.plans[0] = {}
    office.next()
    office.next(shown=stalled)
    office.next(shown=stalled)
    async with running(temporal_client, office) as path:
        for looks in (1, 2, 3, 4):
            await path.rest(looks)
            await path.handle.signal(SIGNAL_NEWS)
        await path.rest(5)
        assert len(await path.events("upsert_workflow_search_attributes_event_attributes")) == 2


async def test_a_change_of_framework_continues_in_a_new_run_that_shows_nothing_twice(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.next(shown=SHOWN.model_copy(update={"phase": "procedure"}))
    async with running(temporal_client, office) as path:
        await path.rest()
        first_run = (await path.handle.describe()).run_id
        await path.handle.signal(SIGNAL_NEWS)
        await path.rest(looks=3)
        second_run = (await path.handle.describe()).run_id
        assert second_run != first_run
        await path.handle.signal(SIGNAL_NEWS)
        await path.rest(looks=4)
        assert (await path.handle.describe()).run_id == second_run
        assert await path.events("upsert_workflow_search_attributes_event_attributes") == []
        assert (await path.status()).news_seen == 3


async def test_after_a_deploy_a_refresh_continues_in_a_new_run(temporal_client: Client, office: FakeOffice) -> None:
    async with running(temporal_client, office) as path:
        await path.rest()
        first_run = (await path.handle.describe()).run_id
        await path.handle.signal(SIGNAL_REFRESH)
        await path.rest(looks=2)
        assert (await path.handle.describe()).run_id != first_run


async def test_a_path_ends_when_nothing_is_open(temporal_client: Client, office: FakeOffice) -> None:
    office.plans[0] = {"closed": True}
    async with running(temporal_client, office) as path:
        await path.handle.result()
        assert (await path.handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_news_that_comes_during_the_closing_plan_keeps_the_path_open(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.plans[0] = {}
    office.next(closed=True)
    office.next()
    async with running(temporal_client, office) as path:
        await path.rest()

        async def nudge_once() -> None:
            office.during_plan = None
            await path.handle.signal(SIGNAL_NEWS)

        office.during_plan = nudge_once
        await path.handle.signal(SIGNAL_NEWS)
        await path.rest(looks=3)
        assert (await path.handle.describe()).status == WorkflowExecutionStatus.RUNNING


async def test_a_path_whose_records_changed_does_not_end(temporal_client: Client, office: FakeOffice) -> None:
    office.may_end = False
    office.plans[0] = {"closed": True}
    async with running(temporal_client, office) as path:
        await path.rest()
        assert (await path.handle.describe()).status == WorkflowExecutionStatus.RUNNING
