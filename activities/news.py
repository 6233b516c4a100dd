"""News for workflows: the relay that turns outbox rows into nudges, again and again until each got through.

The API, the worker and the daily sweep share it. A nudge has no content; delivering one twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.measures import NEWS
from process_models.errors import KimError
from process_models.messages import BodyStart, PathStart, PreviewStart, ReleaseStart
from process_models.names import (
    BODY,
    BODY_KINDS,
    CLIENT_PATH,
    MODEL_PREVIEW,
    MODEL_RELEASE,
    SIGNAL_NEWS,
    TASK_QUEUE,
    BodyKind,
)
from store.database import Database
from store.model_versions import version_of_preview, version_of_workflow
from store.outbox import NewsState, settle_news, waiting_news
from store.paths import find_path
from store.plans import latest_moment
from store.tables import Outbox, Tenant
from store.tenants import get_tenant

log = structlog.get_logger(__name__)

Start = PathStart | BodyStart | ReleaseStart | PreviewStart
_RPC_LIMIT = timedelta(seconds=3)
_BATCH = 100
_SUMMARIES: Final = {
    CLIENT_PATH: "Weg einer Klientin oder eines Klienten",
    BODY: "Gremium",
    MODEL_RELEASE: "Freigabe einer Fassung der Prozessmodelle",
    MODEL_PREVIEW: "Vorschau einer Fassung der Prozessmodelle",
}
_AWAY = frozenset(
    {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.UNKNOWN}
)
"""Temporal does not answer: nothing is wrong with the news."""
_PAUSE_SECONDS = 1.0
"""How long the relay waits before it looks for news on its own, when nobody woke it."""


def always(client: Client) -> Callable[[], Awaitable[Client]]:
    """A way to Temporal that is already open (or opens by itself at its first call)."""

    async def connected() -> Client:
        return client

    return connected


class NewsRelay:
    """Delivers waiting news to Temporal."""

    def __init__(self, connect: Callable[[], Awaitable[Client]], database: Database) -> None:
        self._connect = connect
        self._database = database
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at the outbox soon."""
        self._woken.set()

    async def temporal_reachable(self) -> bool:
        """True if Temporal answers within a few seconds."""
        try:
            client = await self._connect()
            return await client.service_client.check_health(timeout=_RPC_LIMIT)
        except (RPCError, RuntimeError):
            return False

    async def run(self) -> None:
        """Delivers for ever: at once when woken, and by itself every second."""
        while True:
            self._woken.clear()
            try:
                await self.deliver_waiting()
            except (RPCError, RuntimeError, KimError) as away:
                log.info("news.waits", because=type(away).__name__)
            except Exception as defect:  # noqa: BLE001 - without the relay no path hears of anything until the sweep
                log.error("news.defect", because=type(defect).__name__)
            await self._pause()

    async def deliver_waiting(self) -> int:
        """Delivers what waits now; returns how many nudges got through. One that is refused waits behind the others.

        Errors: RPCError or RuntimeError while Temporal is away, DatabaseAway.
        """
        async with self._database.reading() as session:
            waiting = await waiting_news(session, _BATCH)
        if not waiting:
            return 0
        client = await self._connect()
        states = [await self._try(client, news) for news in waiting]
        return len(states) - states.count("waiting")

    async def _try(self, client: Client, news: Outbox) -> NewsState:
        state: NewsState = "waiting"
        try:
            state = await self._deliver(client, news)
        except RPCError as refused:
            if refused.status in _AWAY:
                raise
            log.warning("news.refused", workflow_id=news.workflow_id, status=refused.status.name)
        except RuntimeError:
            raise  # the SDK's word for a server that cannot be reached
        except Exception as failure:  # noqa: BLE001 - one row that cannot be told must not hold up the others
            log.warning("news.failed", workflow_id=news.workflow_id, because=type(failure).__name__)
        async with self._database.transaction() as session:
            await settle_news(session, news.id, state, datetime.now(UTC))
        NEWS.labels(state).inc()
        return state

    async def _deliver(self, client: Client, news: Outbox) -> NewsState:
        nudges = {
            CLIENT_PATH: self._nudge_path,
            MODEL_RELEASE: self._nudge_release,
            MODEL_PREVIEW: self._nudge_preview,
        }
        return await nudges.get(news.workflow, self._nudge_body)(client, news)

    async def _nudge_path(self, client: Client, news: Outbox) -> NewsState:
        async with self._database.reading() as session:
            path = await find_path(session, news.path_id or "")
            tenant = await get_tenant(session, news.tenant_id)
        if path is None:
            return "closed"
        start = PathStart(path_id=path.id, tenant=tenant.id, clock_offset_seconds=tenant.clock_offset_seconds)
        # A path that has ended is not started anew; one that the records reopened is, and so is a terminated one.
        reuse = (
            WorkflowIDReusePolicy.ALLOW_DUPLICATE
            if path.state == "open"
            else WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        )
        return await _signal_with_start(client, news, start, reuse)

    async def _nudge_body(self, client: Client, news: Outbox) -> NewsState:
        async with self._database.reading() as session:
            tenant = await get_tenant(session, news.tenant_id)
            offset = await self._offset(session, tenant)
        start = BodyStart(tenant=tenant.id, body=_body_of(news.workflow_id), clock_offset_seconds=offset)
        return await _signal_with_start(client, news, start, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _nudge_release(self, client: Client, news: Outbox) -> NewsState:
        async with self._database.reading() as session:
            tenant = await get_tenant(session, news.tenant_id)
            version = await version_of_workflow(session, tenant.id, news.workflow_id)
        if version is None:
            return "closed"
        start = ReleaseStart(tenant=tenant.id, version_id=version.id, clock_offset_seconds=tenant.clock_offset_seconds)
        return await _signal_with_start(client, news, start, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _nudge_preview(self, client: Client, news: Outbox) -> NewsState:
        async with self._database.reading() as session:
            tenant = await get_tenant(session, news.tenant_id)
            version = await version_of_preview(session, tenant.id, news.workflow_id)
        if version is None:
            return "closed"
        offset = tenant.clock_offset_seconds
        start = PreviewStart(version_id=version.id, version=version.version, clock_offset_seconds=offset)
        return await _signal_with_start(client, news, start, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _offset(self, session: AsyncSession, tenant: Tenant) -> int:
        """A body that starts in the middle of a simulation starts on the day that its paths have reached."""
        moment = await latest_moment(session, tenant.id) if tenant.simulated else None
        return round((moment - datetime.now(UTC)).total_seconds()) if moment else tenant.clock_offset_seconds

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_PAUSE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return


def _body_of(workflow_id: str) -> BodyKind:
    for kind in BODY_KINDS:
        if workflow_id.endswith(f"-{kind}"):
            return kind
    raise ValueError("this workflow id belongs to no body")


async def _signal_with_start(
    client: Client,
    news: Outbox,
    start: Start,
    reuse: WorkflowIDReusePolicy,
) -> NewsState:
    """Nudges the workflow, starting it if it does not run. Returns the state for the outbox row."""
    try:
        await client.start_workflow(
            news.workflow,
            start,
            id=news.workflow_id,
            task_queue=TASK_QUEUE,
            start_signal=SIGNAL_NEWS,
            id_reuse_policy=reuse,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=_SUMMARIES.get(news.workflow, ""),
            rpc_timeout=_RPC_LIMIT,
        )
    except WorkflowAlreadyStartedError:
        return "closed"
    return "delivered"
