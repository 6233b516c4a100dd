"""Escalation in the records: the level of a handover, the notices of the step, the item on the agenda of a body.

When a step is due say the rules; the body itself decides in its own workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.drafts import make_notices
from process_models import handover as machine
from process_models.catalogue import Catalogue
from process_models.messages import CarryOut, Escalate, MadeNotices
from process_models.names import BODY, body_workflow_id
from store import audit
from store.body_items import put_on_agenda
from store.database import Database
from store.handovers import find_handover_of_trigger, item_of, save_item
from store.outbox import add_news
from store.paths import get_path
from store.tables import Handover, Path


class EscalationActivities:
    """Takes steps of the ladder."""

    def __init__(self, database: Database, catalogue: Catalogue, wake_news: Callable[[], None]) -> None:
        self._database = database
        self._catalogue = catalogue
        self._wake_news = wake_news

    @activity.defn(name="escalation.climb")
    async def climb(self, message: CarryOut) -> MadeNotices:
        """Takes the steps that are due, in one transaction; repeating it changes nothing."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            for action in message.actions:
                if isinstance(action, Escalate):
                    made += await self._step(session, path, action, message.now)
        self._wake_news()
        return MadeNotices(notice_ids=tuple(made))

    async def _step(self, session: AsyncSession, path: Path, action: Escalate, now: datetime) -> list[str]:
        row = await find_handover_of_trigger(session, path.id, action.handover, action.trigger_on)
        if row is None or not item_of(row).awaits_answer:
            return []  # answered between plan and step: the news of it is on its way
        row = await save_item(session, path, machine.escalate(item_of(row), action.level, action.on), row.to_agency)
        await audit.record_system(session, f"escalated.{action.level}", action.handover, path, now)
        if action.body:
            await self._put_on_agenda(session, path, row, action)
        return await make_notices(session, self._catalogue, path, action, now, row)

    async def _put_on_agenda(self, session: AsyncSession, path: Path, row: Handover, action: Escalate) -> None:
        assert action.body is not None
        await put_on_agenda(session, path, row, action)
        workflow_id = body_workflow_id(path.tenant_id, action.body)
        await add_news(session, path.tenant_id, BODY, workflow_id, None)
