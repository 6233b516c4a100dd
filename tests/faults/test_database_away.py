"""While the records are away: a clear answer with a time to come back, nothing lost, and the path goes on afterwards.

Another process holds the file of the records, as a backup or a repair would.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client

from kim.simulate.stage import StagedPath
from kim.world import Mailbox, World, idle_world
from store.database import Database
from store.errors import DatabaseAway
from store.outbox import count_waiting_news
from store.sealing import Keyring
from tests.faults.conftest import path_of, stage_of
from tests.people import ARRIVED, HANDOVER_DUE, fact
from worker import working

SHORT_PATIENCE = 0.1
LATE_FACT = fact("l1", "2022-02-14", "work.permitted")


class ImpatientDatabase(Database):
    """Records that give up soon, and tell that they did."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        super().__init__(url, keyring, busy_seconds=SHORT_PATIENCE)
        self.gave_up = asyncio.Event()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        try:
            async with super().transaction() as session:
                yield session
        except DatabaseAway:
            self.gave_up.set()
            raise


class Holder:
    """Another process that holds the file of the records."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)

    def hold(self) -> None:
        self._connection.execute("BEGIN EXCLUSIVE")

    def let_go(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self.let_go()
        self._connection.close()


class HoldingMailbox(Mailbox):
    """Takes a mail, and from this moment on the records are held."""

    holder: Holder | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.holder is not None:
            holder, self.holder = self.holder, None
            holder.hold()
        return answer


@pytest.fixture
def mailbox() -> HoldingMailbox:
    return HoldingMailbox()


@pytest.fixture
async def world(tmp_path: Path, temporal_client: Client, mailbox: HoldingMailbox) -> AsyncIterator[World]:
    """Everything except worker and relay, on records that give up soon."""
    async with idle_world(tmp_path, temporal_client, mailbox=mailbox, make_database=ImpatientDatabase) as running:
        yield running


@pytest.fixture
def holder(tmp_path: Path, world: World) -> Iterator[Holder]:
    one = Holder(tmp_path / "kim.db")
    yield one
    one.close()


async def given_up(world: World) -> None:
    """Waits until somebody in this world has given up on the records."""
    assert isinstance(world.database, ImpatientDatabase)
    world.database.gave_up.clear()
    async with asyncio.timeout(20):
        await world.database.gave_up.wait()


async def post(path: StagedPath, world: World, url: str, body: dict[str, Any], key: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {path.stage.token}", "Idempotency-Key": key}
    return await world.http.post(f"/v1/paths/{path.id}/{url}", headers=headers, json=body)


async def facts_of(path: StagedPath) -> list[str]:
    return [one["id"] for one in (await path.stage.get(f"/v1/paths/{path.id}/facts"))["facts"]]


async def test_a_command_is_refused_with_a_time_to_come_back_and_taken_then(world: World, holder: Holder) -> None:
    path = await path_of(await stage_of(world), ARRIVED)
    holder.hold()
    refused = await post(path, world, "facts", {"facts": [LATE_FACT]}, "key-1")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    problem = refused.json()
    assert problem["code"] == "DatabaseAway"
    assert problem["way_out"]
    assert "nichts geändert" in problem["detail"]
    holder.let_go()
    assert LATE_FACT["id"] not in await facts_of(path)
    taken = await post(path, world, "facts", {"facts": [LATE_FACT]}, "key-1")
    again = await post(path, world, "facts", {"facts": [LATE_FACT]}, "key-1")
    assert (taken.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in taken.headers
    assert again.json()["receipt"] == taken.json()["receipt"]
    assert (await facts_of(path)).count(str(LATE_FACT["id"])) == 1


async def test_a_file_is_not_shown_while_nobody_can_write_down_who_opened_it(world: World, holder: Holder) -> None:
    path = await path_of(await stage_of(world), ARRIVED)
    holder.hold()
    headers = {"Authorization": f"Bearer {path.stage.token}"}
    refused = await world.http.get(f"/v1/paths/{path.id}", headers=headers)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert "standing" not in refused.text
    holder.let_go()
    assert (await world.http.get(f"/v1/paths/{path.id}", headers=headers)).status_code == 200


async def test_a_plan_that_cannot_be_kept_is_made_again_and_the_path_goes_on(world: World, holder: Holder) -> None:
    path = await path_of(await stage_of(world), HANDOVER_DUE)
    async with working(world.parts):
        await path.settle()
        holder.hold()
        await path.nudge()
        await failing(path)
        holder.let_go()
        shown = await path.settle()
    assert [item["state"] for item in shown["handovers"]] == ["offered"]
    assert len(world.mailbox.mails) == len({mail["Message-ID"] for mail in world.mailbox.mails}) > 0


async def failing(path: StagedPath) -> None:
    """Waits until an activity of the path has failed; checks that its failure tells the name of the error alone."""
    async with asyncio.timeout(20):
        while True:
            pending = (await path.handle.describe()).raw_description.pending_activities
            failures = [one.last_failure for one in pending if one.HasField("last_failure")]
            if failures:
                break
    assert {(one.message, one.application_failure_info.type) for one in failures} == {("DatabaseAway", "DatabaseAway")}


async def test_news_that_was_told_but_could_not_be_marked_is_told_again_without_harm(
    world: World, holder: Holder
) -> None:
    path = await path_of(await stage_of(world), HANDOVER_DUE)
    holder.hold()
    async with working(world.parts):
        await given_up(world)
        assert await waiting_news(world) == 1
        holder.let_go()
        shown = await path.settle()
        async with asyncio.timeout(20):
            while await waiting_news(world):
                pass
    assert [item["state"] for item in shown["handovers"]] == ["offered"]
    assert len(world.mailbox.mails) == len({mail["Message-ID"] for mail in world.mailbox.mails}) > 0


async def waiting_news(world: World) -> int:
    async with world.database.reading() as session:
        return await count_waiting_news(session)


async def test_a_mail_whose_outcome_could_not_be_written_at_once_is_not_sent_again(
    world: World, holder: Holder, mailbox: HoldingMailbox
) -> None:
    path = await path_of(await stage_of(world), HANDOVER_DUE)
    mailbox.holder = holder
    async with working(world.parts):
        await given_up(world)
        assert len(mailbox.mails) == 1
        holder.let_go()
        shown = await path.settle()
    assert {notice["status"] for notice in shown["notices"]} == {"delivered"}
    assert len(mailbox.mails) == len({mail["Message-ID"] for mail in mailbox.mails}) == len(shown["notices"])
