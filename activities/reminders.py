"""Reminders in the records: one notice for each date that comes near, each exactly once a key. Nothing is sent here."""

from __future__ import annotations

from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from process_models.catalogue import Catalogue
from process_models.messages import CarryOut, MadeNotices
from store.database import Database
from store.paths import get_path


class ReminderActivities:
    """Makes reminders."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    @activity.defn(name="reminder.make")
    async def make(self, message: CarryOut) -> MadeNotices:
        """The notices of all reminders due, in one transaction."""
        made: list[str] = []
        async with self._database.transaction() as session:
            records = Records(session, self._database, self._catalogue)
            path = await get_path(session, message.path_id, None)
            for action in message.actions:
                made += (await carry_out_in_records(records, path, action)).notice_ids
        return MadeNotices(notice_ids=tuple(made))
