"""The body workflow alone: looks at its agenda, tells its members once, waits for the next meeting."""

from __future__ import annotations

import uuid
from datetime import timedelta

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from process_models.messages import AgendaOutlook, BodyStart
from process_models.names import SIGNAL_NEWS, SIGNAL_REFRESH
from tests.workflows.office import FakeOffice
from workflows import BodyWorkflow


async def test_a_body_tells_its_members_what_is_new_and_waits_for_the_next_meeting(temporal_client: Client) -> None:
    office, queue = FakeOffice(), f"test-{uuid.uuid4().hex}"
    async with Worker(temporal_client, task_queue=queue, workflows=[BodyWorkflow], activities=office.activities):
        started = await temporal_client.start_workflow(
            BodyWorkflow.run,
            BodyStart(tenant="rhein-kreis-neuss", body="verfahren"),
            id=f"body-{uuid.uuid4().hex}-verfahren",
            task_queue=queue,
            start_signal=SIGNAL_NEWS,
        )
        handle = temporal_client.get_workflow_handle_for(BodyWorkflow.run, started.id)

        async def rest() -> AgendaOutlook:
            for _ in range(500):
                agenda = await handle.query(BodyWorkflow.status)
                if agenda is not None:
                    return agenda
            raise AssertionError("the body does not come to rest")

        assert (await rest()).open_items == 2
        skipper = TimeSkipper(temporal_client, config=TimeSkippingConfig(max_session_skip_count=1000))
        assert await skipper.fast_forward(handle, timedelta(days=31))
        await rest()
        await handle.signal(SIGNAL_REFRESH)
        await rest()
        assert office.sent == ["agenda-1"]
        await handle.terminate()
