"""Escalation in the records: the level of a handover, the notices of the step, the item on the agenda of a body.

When a step is due say the rules; the body itself decides in its own workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from activities.journal import note
from process_models.messages import CarryOut, Escalate, MadeNotices, RaiseImpulse
from process_models.names import BODY, body_workflow_id, rule_code
from store.body_items import NewBodyItem, put_on_agenda, similar_stalls
from store.catalogues import Catalogues
from store.database import Database
from store.handovers import find_handover_of_trigger, item_of
from store.outbox import add_news
from store.paths import get_path
from store.tables import Handover, Path


class EscalationActivities:
    """Takes steps of the ladder."""

    def __init__(self, database: Database, catalogues: Catalogues, wake_news: Callable[[], None]) -> None:
        self._database = database
        self._catalogues = catalogues
        self._wake_news = wake_news

    @activity.defn(name="escalation.climb")
    async def climb(self, message: CarryOut) -> MadeNotices:
        """Takes the steps that are due, in one transaction; repeating it changes nothing."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            records = Records(session, self._database, await self._catalogues.of_path(session, path))
            for action in message.actions:
                if isinstance(action, Escalate):
                    made += await self._step(records, path, action)
                elif isinstance(action, RaiseImpulse):
                    await self._raise(records, path, action)
        self._wake_news()
        return MadeNotices(notice_ids=tuple(made))

    async def _step(self, records: Records, path: Path, action: Escalate) -> tuple[str, ...]:
        row = await find_handover_of_trigger(records.session, path.id, action.handover, action.trigger_on)
        if row is None or not item_of(row).awaits_answer:
            return ()  # answered between plan and step: the news of it is on its way
        done = await carry_out_in_records(records, path, action)
        await note(records.session, path, f"escalated.{action.level}", action.handover)
        if action.body:
            await self._put_on_agenda(records, path, row, action)
        return done.notice_ids

    async def _put_on_agenda(self, records: Records, path: Path, row: Handover, action: Escalate) -> None:
        assert action.body is not None
        count = await self._count(records, path, row, action)
        await put_on_agenda(
            records.session,
            NewBodyItem(
                tenant_id=path.tenant_id,
                key=_item_key(path, row, action),
                body=action.body,
                handover=rule_code(row.code),
                from_kind=row.from_kind,
                to_kind=row.to_kind,
                reason=action.reason,
                detail=action.detail,
                cause=action.cause,
                raised_on=action.on,
                path_id=path.id,
                path_count=count,
                why=action.why | {"paths": count},
            ),
        )
        await add_news(records.session, path.tenant_id, BODY, body_workflow_id(path.tenant_id, action.body), None)

    async def _raise(self, records: Records, path: Path, action: RaiseImpulse) -> None:
        """Puts an impulse on the agenda; further paths with the same one are counted on the same item."""
        await put_on_agenda(
            records.session,
            NewBodyItem(
                tenant_id=path.tenant_id,
                key=f"{action.body}:{action.from_kind}>{action.to_kind}:{action.code}:{action.reason}:",
                body=action.body,
                handover=action.code,
                from_kind=action.from_kind,
                to_kind=action.to_kind,
                reason=action.reason,
                detail=None,
                cause=action.cause,
                raised_on=action.on,
                path_id=path.id,
                why=action.why,
            ),
        )
        await note(records.session, path, "impulse.raised", action.code)
        await add_news(records.session, path.tenant_id, BODY, body_workflow_id(path.tenant_id, action.body), None)

    async def _count(self, records: Records, path: Path, row: Handover, action: Escalate) -> int:
        """This path and the others that stall in the same way within the window of patterns."""
        if action.body != "verfahren":
            return 1
        since = action.on - timedelta(days=records.catalogue.ladder_of(path.municipality, action.on).pattern_days)
        return 1 + sum(
            stall.count
            for stall in await similar_stalls(records.session, path.tenant_id, path.id)
            if stall.handover == rule_code(row.code)
            and (stall.reason, stall.detail) == (action.reason, action.detail)
            and stall.since >= since
        )


def _item_key(path: Path, row: Handover, action: Escalate) -> str:
    """The AG Fallebene speaks about one path; the other bodies about an interface and a reason."""
    if action.body == "fall":
        return f"fall:{path.id}:{row.code}:{row.trigger_on}"
    return f"{action.body}:{row.from_kind}>{row.to_kind}:{rule_code(row.code)}:{action.reason}:{action.detail or ''}"
