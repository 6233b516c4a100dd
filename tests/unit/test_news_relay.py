"""The relay: every waiting nudge is tried, one that is refused holds up nobody, and without Temporal nothing is marked.

A fake client answers as it was told to; the records are real.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as FilePath
from typing import Any, cast

import pytest
from sqlalchemy import select
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.news import NewsRelay
from process_models.errors import KimError
from process_models.messages import BodyStart, PathStart
from process_models.names import BODY, CLIENT_PATH, SIGNAL_NEWS, body_workflow_id, path_workflow_id
from process_models.plan import Plan, Standing
from store.database import Database, upgrade
from store.outbox import add_news, waiting_news
from store.paths import NewPath, create_path, end_path
from store.plans import save_plan
from store.sealing import Keyring
from store.tables import Outbox, Path
from store.tenants import create_tenant

TENANT = "rhein-kreis-neuss"
KEYRING = Keyring({"test": b"k" * 32}, current="test")
NEW_PATH = NewPath(TENANT, TENANT, "meerbusch", date(1994, 3, 12), "SY")


class FakeTemporal:
    """Answers by workflow id: an error to raise, or yes. Writes down what it was asked for."""

    def __init__(self) -> None:
        self.errors: dict[str, Exception] = {}
        self.started: list[str] = []
        self.asked: dict[str, tuple[Any, dict[str, Any]]] = {}
        self.tried = asyncio.Event()
        self.trouble: Exception | None = None
        """Raised by everybody who connects."""

    async def start_workflow(self, _workflow: str, start: Any, **options: Any) -> None:
        self.asked[options["id"]] = (start, options)
        self.tried.set()
        if error := self.errors.get(options["id"]):
            raise error
        self.started.append(options["id"])


def refusal(status: RPCStatusCode) -> RPCError:
    return RPCError("refused", status, b"")


class Relayed:
    """Records with a relay to a fake Temporal."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.temporal = FakeTemporal()
        self.connections = 0
        self.relay = NewsRelay(self._connect, database)

    async def _connect(self) -> Client:
        self.connections += 1
        if self.temporal.trouble:
            self.temporal.tried.set()
            raise self.temporal.trouble
        return cast(Client, self.temporal)

    async def path(self) -> Path:
        """A new path, whose start lies in the outbox."""
        async with self.database.transaction() as session:
            return await create_path(session, KEYRING, NEW_PATH, datetime.now(UTC))

    async def rows(self) -> dict[str, Outbox]:
        async with self.database.reading() as session:
            return {row.workflow_id: row for row in await session.scalars(select(Outbox))}

    async def states(self) -> dict[str, str]:
        return {workflow_id: row.state for workflow_id, row in (await self.rows()).items()}

    async def settled(self, workflow_id: str) -> None:
        while (await self.states())[workflow_id] == "waiting":
            pass

    async def nudge_body(self) -> str:
        workflow_id = body_workflow_id(TENANT, "verfahren")
        async with self.database.transaction() as session:
            await add_news(session, TENANT, BODY, workflow_id, None)
        return workflow_id


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> FilePath:
    file = tmp_path_factory.mktemp("migrated") / "kim.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
async def relayed(tmp_path: FilePath, migrated: FilePath) -> AsyncIterator[Relayed]:
    database = Database(f"sqlite+aiosqlite:///{shutil.copy(migrated, tmp_path / 'kim.db')}", KEYRING)
    async with database.transaction() as session:
        await create_tenant(session, TENANT, TENANT, now=datetime.now(UTC))
    yield Relayed(database)
    await database.close()


async def test_news_of_a_new_path_starts_its_workflow_with_ids_only(relayed: Relayed) -> None:
    path = await relayed.path()
    assert await relayed.relay.deliver_waiting() == 1
    start, options = relayed.temporal.asked[path_workflow_id(path.id)]
    assert start == PathStart(path_id=path.id, tenant=TENANT)
    assert options["start_signal"] == SIGNAL_NEWS
    assert await relayed.states() == {path_workflow_id(path.id): "delivered"}


async def test_one_refused_nudge_does_not_hold_up_the_others(relayed: Relayed) -> None:
    ids = [path_workflow_id((await relayed.path()).id) for _ in range(3)]
    relayed.temporal.errors[ids[0]] = refusal(RPCStatusCode.INVALID_ARGUMENT)
    assert await relayed.relay.deliver_waiting() == 2
    assert relayed.temporal.started == ids[1:]
    assert await relayed.states() == {ids[0]: "waiting", ids[1]: "delivered", ids[2]: "delivered"}


async def test_the_tries_of_a_refused_nudge_are_counted_and_it_waits_behind_newer_ones(relayed: Relayed) -> None:
    refused = path_workflow_id((await relayed.path()).id)
    relayed.temporal.errors[refused] = refusal(RPCStatusCode.RESOURCE_EXHAUSTED)
    for _ in range(3):
        assert await relayed.relay.deliver_waiting() == 0
    assert (await relayed.rows())[refused].attempts == 3
    newer = path_workflow_id((await relayed.path()).id)
    async with relayed.database.reading() as session:
        assert [row.workflow_id for row in await waiting_news(session, 10)] == [newer, refused]
    relayed.temporal.errors.clear()
    assert await relayed.relay.deliver_waiting() == 2


async def test_a_row_that_cannot_be_told_does_not_hold_up_the_others(relayed: Relayed) -> None:
    async with relayed.database.transaction() as session:
        await add_news(session, TENANT, BODY, "body-of-no-known-kind", None)
    path = path_workflow_id((await relayed.path()).id)
    assert await relayed.relay.deliver_waiting() == 1
    assert await relayed.states() == {"body-of-no-known-kind": "waiting", path: "delivered"}


async def test_a_defect_at_one_row_does_not_hold_up_the_others(relayed: Relayed) -> None:
    ids = [path_workflow_id((await relayed.path()).id) for _ in range(2)]
    relayed.temporal.errors[ids[0]] = TypeError("a defect of ours")
    assert await relayed.relay.deliver_waiting() == 1
    assert await relayed.states() == {ids[0]: "waiting", ids[1]: "delivered"}


@pytest.mark.parametrize("status", [RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED])
async def test_while_temporal_is_away_the_relay_says_so_and_nothing_is_marked(
    relayed: Relayed, status: RPCStatusCode
) -> None:
    ids = [path_workflow_id((await relayed.path()).id) for _ in range(2)]
    relayed.temporal.errors = dict.fromkeys(ids, refusal(status))
    with pytest.raises(RPCError):
        await relayed.relay.deliver_waiting()
    rows = (await relayed.rows()).values()
    assert {(row.state, row.attempts, row.settled_at) for row in rows} == {("waiting", 0, None)}


async def test_without_news_temporal_is_not_asked(relayed: Relayed) -> None:
    assert await relayed.relay.deliver_waiting() == 0
    assert relayed.connections == 0


async def test_news_of_a_path_that_is_gone_is_closed_without_asking_temporal(relayed: Relayed) -> None:
    async with relayed.database.transaction() as session:
        await add_news(session, TENANT, CLIENT_PATH, "path-gone", "gone")
    await relayed.relay.deliver_waiting()
    assert await relayed.states() == {"path-gone": "closed"}
    assert relayed.temporal.asked == {}


async def test_news_of_an_ended_path_is_closed_when_temporal_says_that_it_ended(relayed: Relayed) -> None:
    path = await relayed.path()
    workflow_id = path_workflow_id(path.id)
    async with relayed.database.transaction() as session:
        await end_path(session, path.id, datetime.now(UTC))
    relayed.temporal.errors[workflow_id] = WorkflowAlreadyStartedError(workflow_id, CLIENT_PATH)
    await relayed.relay.deliver_waiting()
    assert await relayed.states() == {workflow_id: "closed"}
    options = relayed.temporal.asked[workflow_id][1]
    assert options["id_reuse_policy"] is WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY


async def test_a_path_that_the_records_call_open_is_started_even_if_an_older_run_has_ended(relayed: Relayed) -> None:
    workflow_id = path_workflow_id((await relayed.path()).id)
    await relayed.relay.deliver_waiting()
    assert relayed.temporal.asked[workflow_id][1]["id_reuse_policy"] is WorkflowIDReusePolicy.ALLOW_DUPLICATE


async def test_a_body_of_a_real_tenant_runs_on_the_clock_of_the_server(relayed: Relayed) -> None:
    workflow_id = await relayed.nudge_body()
    await relayed.relay.deliver_waiting()
    assert relayed.temporal.asked[workflow_id][0] == BodyStart(tenant=TENANT, body="verfahren")


async def test_a_body_of_a_simulated_tenant_starts_on_the_day_that_its_paths_have_reached(relayed: Relayed) -> None:
    reached = datetime(2022, 3, 14, 7, tzinfo=UTC)
    async with relayed.database.transaction() as session:
        await create_tenant(session, "sim-1", TENANT, simulated=True, clock_offset_seconds=-99, now=reached)
        path = await create_path(session, KEYRING, replace(NEW_PATH, tenant_id="sim-1"), reached)
        plan = Plan(
            day=reached.date(),
            municipality=TENANT,
            place="meerbusch",
            model_version="test",
            standing=Standing(),
            phase="stay",
        )
        await save_plan(session, path.id, 1, plan, reached)
        await add_news(session, "sim-1", BODY, body_workflow_id("sim-1", "fall"), None)
    await relayed.relay.deliver_waiting()
    start = relayed.temporal.asked[body_workflow_id("sim-1", "fall")][0]
    shown = datetime.now(UTC) + timedelta(seconds=start.clock_offset_seconds)
    assert abs(shown - reached) < timedelta(seconds=30)


@pytest.mark.parametrize(
    "trouble",
    [refusal(RPCStatusCode.UNAVAILABLE), RuntimeError("no connection"), KimError("of ours"), TypeError("defect")],
)
async def test_the_running_relay_survives_every_trouble_and_delivers_when_it_is_woken(
    relayed: Relayed, trouble: Exception
) -> None:
    workflow_id = path_workflow_id((await relayed.path()).id)
    relayed.temporal.trouble = trouble
    running = asyncio.create_task(relayed.relay.run())
    try:
        async with asyncio.timeout(10):
            await relayed.temporal.tried.wait()
            relayed.temporal.trouble = None
            relayed.temporal.tried.clear()
            relayed.relay.wake()
            await relayed.temporal.tried.wait()
            await relayed.settled(workflow_id)
        assert relayed.temporal.started == [workflow_id]
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait([running])
