"""Tasks of the office: one row a key."""

from __future__ import annotations

from datetime import date

from process_models.work import TaskItem
from store.database import Database
from store.tables import Path
from store.tasks import close_task, list_open_tasks, list_task_items, open_task
from tests.store.examples import DAY, SCOPE

ASK = TaskItem("obtain_consent:H01", "obtain_consent", "H01", DAY)
LATER = date(2022, 3, 1)


async def test_a_task_is_opened_once_and_closed_once(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        first = await open_task(session, path, ASK)
        again = await open_task(session, path, ASK)
        assert (first.id, len(await list_open_tasks(session, SCOPE))) == (again.id, 1)
        await close_task(session, path.id, ASK.key, LATER)
        closed = await close_task(session, path.id, ASK.key, date(2022, 4, 1))
        assert closed is not None
        assert closed.done_on == LATER
        assert await list_open_tasks(session, SCOPE, path.id) == []
        assert await list_task_items(session, path.id) == (
            TaskItem("obtain_consent:H01", "obtain_consent", "H01", DAY, LATER),
        )


async def test_a_new_reason_opens_a_done_task_again_but_an_old_one_does_not(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await open_task(session, path, ASK)
        await close_task(session, path.id, ASK.key, LATER)
        await open_task(session, path, ASK)
        assert await list_open_tasks(session, SCOPE) == []
        await open_task(session, path, TaskItem(ASK.key, ASK.kind, ASK.subject, date(2022, 3, 2)))
        (opened,) = await list_open_tasks(session, SCOPE)
    assert opened.opened_on == date(2022, 3, 2)


async def test_closing_what_was_never_opened_says_so(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        assert await close_task(session, path.id, "nothing", DAY) is None
