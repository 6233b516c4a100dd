"""The end of a path in the records. Nothing else is written here."""

from __future__ import annotations

from temporalio import activity

from activities.journal import note
from process_models.look_again import day_at
from process_models.messages import EndPath
from store.database import Database
from store.events import note_end_of_path
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
            version = message.facts_version if message.facts_version >= 0 else None  # below zero: the file is erased
            ended = await end_path(session, path.id, message.now, version)
            if ended:
                await note(session, path, "path.ended", path.id)
                note_end_of_path(session, path, day_at(message.now))
            return ended
