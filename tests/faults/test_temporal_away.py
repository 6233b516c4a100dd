"""While Temporal is away the API takes facts; when it is back, everything that was taken is acted on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RetryConfig

from kim.local.server import RunningServer, prepare_namespace, start_server
from kim.world import World, idle_world
from process_models.names import NAMESPACE
from tests.faults.conftest import path_of, stage_of
from tests.people import ARRIVED, CASE_CONSENT, JOBCENTER_CONSENT, OPENED, RECOGNISED
from worker import working


@pytest.fixture
def own_server(tmp_path: Path) -> RunningServer:
    """A server of this test, with its database in files, that may be killed."""
    return start_server(tmp_path / "temporal", in_memory=False)


@contextlib.asynccontextmanager
async def relaying(world: World) -> AsyncIterator[None]:
    """The relay of the API process, without a worker."""
    relay = asyncio.create_task(world.news.run())
    try:
        yield
    finally:
        relay.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await relay


async def client_of(server: RunningServer) -> Client:
    await prepare_namespace(server.address, NAMESPACE)
    return await Client.connect(
        server.address,
        namespace=NAMESPACE,
        data_converter=pydantic_data_converter,
        retry_config=RetryConfig(max_elapsed_time_millis=500, max_retries=1),
    )


async def test_facts_are_taken_while_temporal_is_dead_and_acted_on_when_it_is_back(
    tmp_path: Path, own_server: RunningServer
) -> None:
    port = int(own_server.address.rpartition(":")[2])
    client = await client_of(own_server)
    async with idle_world(tmp_path, client) as world:
        stage = await stage_of(world)
        async with relaying(world):
            path = await path_of(stage, [])
            own_server.kill()
            for one in (*ARRIVED, RECOGNISED, CASE_CONSENT, JOBCENTER_CONSENT):
                await path.record([one])
            taken = await path.record([OPENED])
            assert taken["now"]["handovers"]["H01"] == "none"
            assert not await world.news.temporal_reachable()
        again = start_server(tmp_path / "temporal", in_memory=False, port=port)
        try:
            async with asyncio.timeout(30):
                while not await world.news.temporal_reachable():
                    pass
            async with working(world.parts):
                shown = await path.settle()
            assert {item["code"]: item["state"] for item in shown["handovers"]}["H01"] == "offered"
            assert len(world.mailbox.mails) == len({mail["Message-ID"] for mail in world.mailbox.mails}) > 0
        finally:
            again.stop()
