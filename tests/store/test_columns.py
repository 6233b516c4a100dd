"""Times keep their zone on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from store.database import Database
from store.paths import get_path, publish_wake
from store.tables import Path


async def test_an_aware_time_comes_back_as_the_same_moment_in_utc(database: Database, path: Path) -> None:
    noon_in_berlin = datetime(2022, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.transaction() as session:
        await publish_wake(session, path.id, noon_in_berlin)
    async with database.reading() as session:
        wake_at = (await get_path(session, path.id, None)).wake_at
    assert wake_at == noon_in_berlin
    assert wake_at is not None
    assert wake_at.tzinfo is UTC
    assert wake_at.hour == 10


async def test_a_naive_time_is_refused_and_nothing_is_changed(database: Database, path: Path) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.transaction() as session:
            await publish_wake(session, path.id, datetime(2022, 7, 1, 12, 0))  # noqa: DTZ001
    async with database.reading() as session:
        assert (await get_path(session, path.id, None)).wake_at is None
