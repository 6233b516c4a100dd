"""The body workflow alone: looks at its agenda, tells its members once, waits for the next meeting."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from process_models.messages import AgendaOutlook, BodyStart
from process_models.names import SIGNAL_NEWS, SIGNAL_REFRESH
from tests.workflows.office import TASK_TIMEOUT, FakeOffice
from workflows import BodyWorkflow


class Body:
    """A running body with its fake office."""

    def __init__(self, client: Client, handle: WorkflowHandle[BodyWorkflow, None], office: FakeOffice) -> None:
        self.handle = handle
        self.office = office
        self.skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=1000))

    async def rest(self, looks: int = 1) -> AgendaOutlook:
        """Waits (by asking, each answer takes a workflow task) until the body rests after so many looks."""
        for _ in range(500):
            agenda = await self.handle.query(BodyWorkflow.status)
            if agenda is not None and len(self.office.agendas) >= looks:
                return agenda
        raise AssertionError("the body does not come to rest")

    async def pass_time(self, time: timedelta) -> None:
        assert await self.skipper.fast_forward(self.handle, time)


@asynccontextmanager
async def running(client: Client, office: FakeOffice) -> AsyncIterator[Body]:
    queue = f"test-{uuid.uuid4().hex}"
    async with office.worker(client, queue, BodyWorkflow):
        started = await client.start_workflow(
            BodyWorkflow.run,
            BodyStart(tenant="rhein-kreis-neuss", body="verfahren"),
            id=f"body-{uuid.uuid4().hex}-verfahren",
            task_queue=queue,
            start_signal=SIGNAL_NEWS,
            task_timeout=TASK_TIMEOUT,
        )
        yield Body(client, client.get_workflow_handle_for(BodyWorkflow.run, started.id), office)
        await client.get_workflow_handle(started.id).terminate()


async def test_a_body_tells_its_members_what_is_new_and_waits_for_the_next_meeting(
    temporal_client: Client, office: FakeOffice
) -> None:
    async with running(temporal_client, office) as body:
        assert (await body.rest()).open_items == 2
        await body.pass_time(timedelta(days=31))
        await body.rest(looks=2)
        assert len(office.agendas) == 2
        assert office.sent == ["agenda-1"]


async def test_a_nudge_makes_the_body_look_again_and_tells_nothing_twice(
    temporal_client: Client, office: FakeOffice
) -> None:
    async with running(temporal_client, office) as body:
        await body.rest()
        await body.handle.signal(SIGNAL_NEWS)
        await body.rest(looks=2)
        assert office.sent == ["agenda-1"]


async def test_after_a_deploy_a_refresh_continues_in_a_new_run(temporal_client: Client, office: FakeOffice) -> None:
    async with running(temporal_client, office) as body:
        await body.rest()
        first_run = (await body.handle.describe()).run_id
        await body.handle.signal(SIGNAL_REFRESH)
        await body.rest(looks=2)
        assert (await body.handle.describe()).run_id != first_run
        assert office.sent == ["agenda-1"]


async def test_after_a_mail_that_failed_for_now_the_body_looks_again_within_a_minute(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.delivery = "temporary-failure"
    async with running(temporal_client, office) as body:
        await body.rest()
        await body.pass_time(timedelta(minutes=2))
        await body.rest(looks=2)
        assert len(office.agendas) == 2
