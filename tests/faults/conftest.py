"""A whole KIM-Lotse for each test, and a stage on it."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from kim.simulate.stage import Stage, StagedPath, at
from kim.world import World, idle_world, whole_world
from store.access import create_token
from store.tenants import create_tenant
from tests.people import YUSUF

BEGIN = at(date(2022, 2, 14), 6)


@pytest.fixture
async def world(tmp_path: Path, temporal_client: Client) -> AsyncIterator[World]:
    """Everything running."""
    async with whole_world(tmp_path, temporal_client) as running:
        yield running


@pytest.fixture
async def quiet_world(tmp_path: Path, temporal_client: Client) -> AsyncIterator[World]:
    """Everything except worker and relay."""
    async with idle_world(tmp_path, temporal_client) as running:
        yield running


async def stage_of(world: World) -> Stage:
    """A simulated Rhein-Kreis Neuss on the morning of 14 February 2022."""
    return await Stage.open(await world.access(), "rhein-kreis-neuss", BEGIN)


async def path_of(stage: Stage, facts: list[dict[str, object]]) -> StagedPath:
    """A path in Meerbusch with these facts."""
    return await stage.start_path("meerbusch", YUSUF, facts=facts)


async def real_stage_of(world: World) -> Stage:
    """A Rhein-Kreis Neuss that is not simulated, on the clock of the server, under an id of this test."""
    tenant, now, lifetime = f"neuss-{uuid.uuid4().hex[:8]}", datetime.now(UTC), timedelta(days=1)
    async with world.database.transaction() as session:
        await create_tenant(session, tenant, "rhein-kreis-neuss", now=now)
        manager = await create_token(session, "case_manager", "test", tenant, now, lifetime)
        coordinator = await create_token(session, "coordinator", "test", tenant, now, lifetime)
    opened = {
        "tenant": tenant,
        "municipality": "rhein-kreis-neuss",
        "clock_offset_seconds": 0,
        "token": manager,
        "coordinator_token": coordinator,
    }
    return Stage(await world.access(), opened)


async def run_of(handle: WorkflowHandle[Any, Any], *, after: str = "") -> str:
    """The id of the run that began after this one, once there is one."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(RPCError):
                run_id = (await handle.describe()).run_id
                if run_id != after:
                    return run_id
