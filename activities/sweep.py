"""The daily sweep over all real tenants: what fell through is nudged, what cannot be mended is counted.

It decides nothing about a path: a nudged path looks at its own plan.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.news import NewsRelay
from activities.upkeep import ASKED_BY
from process_models.messages import SweepResult
from process_models.names import (
    BODY,
    CLIENT_PATH,
    MODEL_RELEASE,
    body_workflow_id,
    path_id_of,
    path_workflow_id,
    release_workflow_id,
)
from store.body_items import bodies_with_open_items
from store.database import Database
from store.idempotency import forget_answers
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import leading_versions, version_in_force
from store.notices import find_stuck_notices, settle_notice
from store.offers import tenants_with_offers
from store.outbox import add_news, forget_settled_news
from store.paths import find_overdue_paths, list_open_paths
from store.tables import Notice, Path

_GRACE = timedelta(hours=1)
"""A path that is this late after its own next day is nudged; a mail in sending for so long is unclear."""
_BROKEN_OFF = frozenset(
    {WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.FAILED, WorkflowExecutionStatus.TIMED_OUT}
)
_KEEP_NEWS = timedelta(days=7)
_KEEP_ANSWERS = timedelta(days=90)


class SweepActivities:
    """Finds and mends what fell through."""

    def __init__(self, database: Database, client: Client, news: NewsRelay) -> None:
        self._database = database
        self._client = client
        self._news = news

    @activity.defn(name="sweep.run")
    async def run(self) -> SweepResult:
        """Nudges open paths without a running workflow and paths past their day; delivers all waiting news."""
        lost = await self._paths_without_workflow()
        async with self._database.reading() as session:
            overdue = await find_overdue_paths(session, datetime.now(UTC) - _GRACE)
        await self._nudge({path.id: path for path in (*lost, *overdue)})
        await self._nudge_bodies()
        await self._nudge_releases()
        delivered = await self._deliver_everything()
        stuck = await self._show_stuck_notices()
        await self._forget()
        return SweepResult(
            paths_started=len(lost), overdue_nudged=len(overdue), news_delivered=delivered, notices_stuck=len(stuck)
        )

    async def _paths_without_workflow(self) -> list[Path]:
        query = f"WorkflowType = '{CLIENT_PATH}' AND ExecutionStatus = 'Running'"
        running = {path_id_of(execution.id) async for execution in self._client.list_workflows(query)}
        lost: list[Path] = []
        async for page in self._open_paths():
            lost += [path for path in page if path.id not in running]
        return lost

    async def _open_paths(self) -> AsyncIterator[list[Path]]:
        after = ""
        while True:
            async with self._database.reading() as session:
                page = await list_open_paths(session, after=after)
            if not page:
                return
            yield page
            after = page[-1].id
            activity.heartbeat(after)

    async def _nudge(self, paths: dict[str, Path]) -> None:
        for path in paths.values():
            activity.heartbeat(path.id)
            async with self._database.transaction() as session:
                await add_news(session, path.tenant_id, CLIENT_PATH, path_workflow_id(path.id), path.id)

    async def _nudge_bodies(self) -> None:
        """Every body with an open item looks at its agenda, and at offers whose owners are to be asked.

        One whose workflow is gone starts again by that.
        """
        async with self._database.transaction() as session:
            asking = [(tenant_id, ASKED_BY) for tenant_id in await tenants_with_offers(session)]
            for tenant_id, body in sorted({*await bodies_with_open_items(session), *asking}):
                await add_news(session, tenant_id, BODY, body_workflow_id(tenant_id, body), None)

    async def _nudge_releases(self) -> None:
        """A release that was broken off goes on; one that came to its end, or that somebody stopped, stays as it is."""
        async with self._database.reading() as session:
            unfinished = [
                version for version in await leading_versions(session) if await _leaves_paths(session, version)
            ]
        for version in unfinished:
            workflow_id = release_workflow_id(version.tenant_id, version.version)
            if await self._was_broken_off(workflow_id):
                async with self._database.transaction() as session:
                    await add_news(session, version.tenant_id, MODEL_RELEASE, workflow_id, None)

    async def _was_broken_off(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return True
            raise
        return described.status in _BROKEN_OFF

    async def _show_stuck_notices(self) -> list[Notice]:
        """A notice that has been in sending for an hour has lost its sender: it is unclear, and a person sees it."""
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            stuck = await find_stuck_notices(session, now - _GRACE)
            for notice in stuck:
                if notice.status == "sending":
                    await settle_notice(session, notice.id, "unclear", "sender_lost", None, now)
        return stuck

    async def _forget(self) -> None:
        """News that was settled and answers to old Idempotency-Keys have served."""
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            await forget_settled_news(session, now - _KEEP_NEWS)
            await forget_answers(session, now - _KEEP_ANSWERS)

    async def _deliver_everything(self) -> int:
        total = 0
        while delivered := await self._news.deliver_waiting():
            total += delivered
            activity.heartbeat(total)
        return total


async def _leaves_paths(session: AsyncSession, version: ModelVersion) -> bool:
    target = await version_in_force(session, version.tenant_id)
    return await count_to_move(session, version.tenant_id, target.id if target else None) > 0
