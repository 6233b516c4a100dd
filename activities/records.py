"""The end of a path in the records. Nothing else is written here."""

from __future__ import annotations

from temporalio import activity

from process_models.messages import EndPath
from store import audit
from store.database import Database
from store.paths import end_path, find_path


class RecordActivities:
    """Ends paths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="path.end")
    async def end(self, message: EndPath) -> bool:
        """Ends the path if the records are still as the plan saw them; True if it has ended (now or before)."""
        async with self._database.transaction() as session:
            path = await find_path(session, message.path_id)
            if path is None or path.state == "ended":
                return True
            if path.facts_version != message.facts_version:
                return False
            await end_path(session, path, message.now)
            await audit.record_system(session, "path.ended", path.id, path, message.now)
            return True
