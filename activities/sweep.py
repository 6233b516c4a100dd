"""The daily sweep over all real tenants: what fell through is nudged, what cannot be mended is counted.

It decides nothing about a path: a nudged path looks at its own plan.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import Client

from activities.news import NewsRelay
from process_models.messages import SweepResult
from process_models.names import CLIENT_PATH, path_id_of, path_workflow_id
from store.database import Database
from store.notices import find_stuck_notices
from store.outbox import add_news
from store.paths import find_overdue_paths, list_open_paths
from store.tables import Path

_GRACE = timedelta(hours=1)
"""A path that is this late after its own next day is nudged."""


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
        delivered = await self._deliver_everything()
        async with self._database.reading() as session:
            stuck = await find_stuck_notices(session, datetime.now(UTC) - _GRACE)
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
            async with self._database.transaction() as session:
                await add_news(session, path.tenant_id, CLIENT_PATH, path_workflow_id(path.id), path.id)

    async def _deliver_everything(self) -> int:
        total = 0
        while delivered := await self._news.deliver_waiting():
            total += delivered
            activity.heartbeat(total)
        return total
