"""The daily sweep alone: one activity, its counts, and patience while the records are away."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from process_models.messages import SweepResult
from tests.workflows.office import TASK_TIMEOUT, FakeOffice
from workflows import DailySweepWorkflow

FOUND = SweepResult(paths_started=2, news_delivered=3, overdue_nudged=1, notices_stuck=4)
Handle = WorkflowHandle[DailySweepWorkflow, SweepResult]


async def started(client: Client, queue: str) -> Handle:
    workflow_id = f"sweep-{uuid.uuid4().hex}"
    return await client.start_workflow(
        DailySweepWorkflow.run, id=workflow_id, task_queue=queue, task_timeout=TASK_TIMEOUT
    )


async def test_the_sweep_runs_once_and_tells_what_it_found(temporal_client: Client, office: FakeOffice) -> None:
    queue = f"test-{uuid.uuid4().hex}"
    async with office.worker(temporal_client, queue, DailySweepWorkflow):
        handle = await started(temporal_client, queue)
        assert await handle.result() == FOUND
    assert office.sweeps == 1


async def test_a_sweep_that_fails_is_tried_again_until_the_records_are_back(
    temporal_client: Client, office: FakeOffice
) -> None:
    office.failing_sweeps = 2
    queue = f"test-{uuid.uuid4().hex}"
    async with office.worker(temporal_client, queue, DailySweepWorkflow):
        handle = await started(temporal_client, queue)
        skipper = TimeSkipper(temporal_client, config=TimeSkippingConfig(max_session_skip_count=1000))
        await skipper.fast_forward(handle, timedelta(minutes=5))
        async with asyncio.timeout(20):
            assert await handle.result() == FOUND
    assert office.sweeps == 3
