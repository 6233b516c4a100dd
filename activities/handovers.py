"""Handovers in the records: offering them to the receiving agency and taking offers back.

The state machine stands in `process_models.handover`; consent is checked here once more, and again when a mail leaves.
"""

from __future__ import annotations

from datetime import datetime

from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from activities.journal import note
from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.messages import CancelHandover, CarryOut, MadeNotices, OfferHandover, TellAgency
from store.catalogues import Catalogues
from store.database import Database
from store.handovers import find_handover_of_trigger
from store.links import revoke_links
from store.notices import cancel_notices
from store.paths import get_path
from store.tables import Path


class HandoverActivities:
    """Offers and withdraws handovers."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="handover.carry-out")
    async def carry_out(self, message: CarryOut) -> MadeNotices:
        """Carries out offers and withdrawals in one transaction; repeating it changes nothing."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            records = Records(session, self._database, await self._catalogues.of_path(session, path))
            for action in message.actions:
                if isinstance(action, OfferHandover):
                    made += await self._offer(records, path, action)
                elif isinstance(action, CancelHandover):
                    made += await self._cancel(records, path, action, message.now)
                elif isinstance(action, TellAgency):
                    made += (await carry_out_in_records(records, path, action)).notice_ids
        return MadeNotices(notice_ids=tuple(made))

    async def _offer(self, records: Records, path: Path, action: OfferHandover) -> tuple[str, ...]:
        try:
            done = await carry_out_in_records(records, path, action)
        except (ConsentMissing, HandoverNotPossible):
            return ()  # consent or rule went between plan and offer: the news of it is on its way to the path
        await note(records.session, path, "handover.offered", action.handover)
        rule = records.catalogue.handover(action.handover, action.trigger_on)
        if rule is not None and rule.basis == "statute" and done.notice_ids:
            await note(records.session, path, "handover.by_statute", action.handover)
        return done.notice_ids

    async def _cancel(self, records: Records, path: Path, action: CancelHandover, now: datetime) -> tuple[str, ...]:
        row = await find_handover_of_trigger(records.session, path.id, action.handover, action.trigger_on)
        if row is None:
            return ()
        await revoke_links(records.session, row.id, now)
        await cancel_notices(records.session, path.id, now, handover_id=row.id)
        done = await carry_out_in_records(records, path, action)
        await note(records.session, path, "handover.cancelled", action.handover)
        return done.notice_ids
