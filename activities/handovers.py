"""Handovers in the records: offering them to the receiving agency and taking offers back.

The state machine stands in `process_models.handover`; consent is checked here once more, and again when a mail leaves.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.drafts import make_notices
from activities.journal import note
from process_models import handover as machine
from process_models.catalogue import Catalogue
from process_models.consent import check_handover
from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.facts import known_on
from process_models.messages import CancelHandover, CarryOut, MadeNotices, OfferHandover
from store.database import Database
from store.facts import load_facts
from store.handovers import find_handover_of_trigger, item_of, save_item
from store.links import revoke_links
from store.notices import cancel_notices
from store.paths import get_path
from store.tables import Path


class HandoverActivities:
    """Offers and withdraws handovers."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    @activity.defn(name="handover.carry-out")
    async def carry_out(self, message: CarryOut) -> MadeNotices:
        """Carries out offers and withdrawals in one transaction; repeating it changes nothing."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            for action in message.actions:
                if isinstance(action, OfferHandover):
                    made += await self._offer(session, path, action)
                elif isinstance(action, CancelHandover):
                    made += await self._cancel(session, path, action, message.now)
        return MadeNotices(notice_ids=tuple(made))

    async def _offer(self, session: AsyncSession, path: Path, action: OfferHandover) -> list[str]:
        row = await find_handover_of_trigger(session, path.id, action.handover, action.trigger_on)
        if row is None or not item_of(row).is_open:
            rule = self._catalogue.handover(action.handover, action.on)
            assert rule is not None, f"the plan offered {action.handover}, which no rule knows"
            facts = known_on(await load_facts(session, self._database.keyring, path), action.on)
            consent = check_handover(self._catalogue, facts, rule, action.on)
            try:
                item = machine.offer(rule, action.trigger_on, action.on, consent)
            except ConsentMissing:
                return []  # withdrawn between plan and offer: the news of it is on its way to the path
            agency = self._catalogue.agency(path.municipality, item.to_kind, path.place, action.on)
            row = await save_item(session, path, item, agency.id if agency else "")
            await note(session, path, "handover.offered", action.handover)
        return await make_notices(session, self._catalogue, path, action, row)

    async def _cancel(self, session: AsyncSession, path: Path, action: CancelHandover, now: datetime) -> list[str]:
        row = await find_handover_of_trigger(session, path.id, action.handover, action.trigger_on)
        if row is None:
            return []
        await revoke_links(session, row.id, now)
        await cancel_notices(session, path.id, now, handover_id=row.id)
        try:
            item = machine.cancel(item_of(row), action.on)
        except HandoverNotPossible:
            return await make_notices(session, self._catalogue, path, action, row)  # cancelled before
        row = await save_item(session, path, item, row.to_agency)
        await note(session, path, "handover.cancelled", action.handover)
        return await make_notices(session, self._catalogue, path, action, row)
