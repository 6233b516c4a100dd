"""Tasks of the office around consent and delivery: opened when the rules miss something, closed when it is there.

The consent itself is a fact; nobody gives or checks one here.
"""

from __future__ import annotations

from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from process_models.errors import HandoverNotPossible
from process_models.messages import CarryOut, MadeNotices
from store.catalogues import Catalogues
from store.database import Database
from store.paths import get_path


class ConsentActivities:
    """Keeps the tasks of the office in line with the plan."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="task.keep")
    async def keep_tasks(self, message: CarryOut) -> MadeNotices:
        """Opens and closes tasks; a task with the same key is opened once."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            records = Records(session, self._database, await self._catalogues.of_path(session, path))
            for action in message.actions:
                try:
                    made += (await carry_out_in_records(records, path, action)).notice_ids
                except HandoverNotPossible:
                    continue  # the task was done or closed meanwhile
        return MadeNotices(notice_ids=tuple(made))
