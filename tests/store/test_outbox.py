"""News waits until somebody says what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from process_models.names import BODY, body_workflow_id
from store.database import Database
from store.outbox import add_news, count_waiting_news, forget_settled_news, settle_news, waiting_news
from store.tables import Outbox
from tests.store.examples import TENANT

FALL = body_workflow_id(TENANT, "fall")
VERFAHREN = body_workflow_id(TENANT, "verfahren")


async def test_news_waits_until_it_is_delivered(database: Database) -> None:
    async with database.transaction() as session:
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        (news,) = await waiting_news(session, 10)
        await settle_news(session, news.id, "delivered", datetime.now(UTC))
        assert await waiting_news(session, 10) == []
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        assert await count_waiting_news(session) == 1


async def test_news_that_fails_goes_behind_news_that_was_not_tried(database: Database) -> None:
    async with database.transaction() as session:
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        await add_news(session, TENANT, BODY, FALL, None)
        first, second = await waiting_news(session, 10)
        await settle_news(session, first.id, "waiting", datetime.now(UTC))
        assert [news.id for news in await waiting_news(session, 10)] == [second.id, first.id]


async def test_replaced_news_keeps_its_place_in_the_queue(database: Database) -> None:
    async with database.transaction() as session:
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        await add_news(session, TENANT, BODY, FALL, None)
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        assert [news.workflow_id for news in await waiting_news(session, 10)] == [VERFAHREN, FALL]


async def test_settled_news_is_forgotten_and_waiting_news_never(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await add_news(session, TENANT, BODY, VERFAHREN, None)
        (news,) = await waiting_news(session, 10)
        await settle_news(session, news.id, "closed", now)
        await add_news(session, TENANT, BODY, FALL, None)
        await forget_settled_news(session, now + timedelta(seconds=1))
        assert await session.scalar(select(func.count()).select_from(Outbox)) == 1
        assert await count_waiting_news(session) == 1
