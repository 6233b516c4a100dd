"""Reminders: one notice for each date that comes near, each exactly once a key, made in the records and then sent.

When a reminder is due say the rules; how a mail is sent stands in `notifications`.
"""

from __future__ import annotations

from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from activities.notifications import NotificationActivities
from process_models.messages import CarryOut, Deliveries, SendNotices
from store.catalogues import Catalogues
from store.database import Database
from store.paths import get_path


class ReminderActivities:
    """Makes and sends reminders."""

    def __init__(self, database: Database, catalogues: Catalogues, notifications: NotificationActivities) -> None:
        self._database = database
        self._catalogues = catalogues
        self._notifications = notifications

    @activity.defn(name="reminder.send")
    async def remind(self, message: CarryOut) -> Deliveries:
        """The notices of all reminders due in one transaction, then their mails; repeating it repeats neither."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            records = Records(session, self._database, await self._catalogues.of_path(session, path))
            for action in message.actions:
                made += (await carry_out_in_records(records, path, action)).notice_ids
        return await self._notifications.send_notices(SendNotices(notice_ids=tuple(made), now=message.now))
