"""Completing a task that the system opened for a person of the office.

Tasks are opened by the rules; nobody opens one here.
"""

from __future__ import annotations

from api.acts.writing import Act, Receipt, Writing
from api.errors import TaskNotFound
from api.schemas import CompleteTask
from store.tasks import close_task, list_open_tasks


def complete_task(path_id: str, key: str, request: CompleteTask) -> Act:
    """The act that completes a task. Errors: TaskNotFound (with the keys that are open), PathNotFound."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, request.now)
        open_keys = [task.key for task in await list_open_tasks(writing.session, writing.call.scope, path.id)]
        if key not in open_keys:
            raise TaskNotFound("Der Weg hat keine offene Aufgabe dieser Kennung.", field="key", allowed=open_keys)
        await close_task(writing.session, path.id, key, today)
        await writing.audit("task.completed", key, path)
        return await writing.receipt(path, task=key)

    return act
