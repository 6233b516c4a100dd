"""Tasks of the office around consent and delivery: opened when the rules miss something, closed when it is there.

The consent itself is a fact; nobody gives or checks one here.
"""

from __future__ import annotations

from temporalio import activity

from activities.drafts import make_notices
from process_models.catalogue import Catalogue
from process_models.messages import CarryOut, CloseTask, MadeNotices, OpenTask
from process_models.work import TaskItem
from store.database import Database
from store.paths import get_path
from store.tasks import close_task, open_task


class ConsentActivities:
    """Keeps the tasks of the office in line with the plan."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    @activity.defn(name="task.keep")
    async def keep_tasks(self, message: CarryOut) -> MadeNotices:
        """Opens and closes tasks; a task with the same key is opened once."""
        made: list[str] = []
        async with self._database.transaction() as session:
            path = await get_path(session, message.path_id, None)
            for action in message.actions:
                if isinstance(action, OpenTask):
                    await open_task(session, path, TaskItem(action.key, action.kind, action.subject, action.on))
                elif isinstance(action, CloseTask):
                    await close_task(session, path.id, action.key, action.on)
                made += await make_notices(session, self._catalogue, path, action)
        return MadeNotices(notice_ids=tuple(made))
