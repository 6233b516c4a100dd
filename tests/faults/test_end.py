"""The end of a path: its workflow completes, late news does no harm, and only corrections open it again."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from kim.simulate.stage import StagedPath, StageRefused, at
from kim.world import World
from process_models.names import CLIENT_PATH, SIGNAL_NEWS, path_workflow_id
from store.outbox import add_news
from store.paths import erase_path_person, get_path
from store.tables import Outbox
from tests.faults.conftest import path_of, stage_of
from tests.people import ARRIVED, CASE_CONSENT, HANDOVER_DUE, OPENED, fact
from worker import working

CLOSED = fact("z1", "2022-02-14", "kim.closed", reason="Umzug in einen anderen Kreis")
IN_CARE = [*ARRIVED, CASE_CONSENT, OPENED]
LATER = fact("z2", "2022-02-14", "work.permitted")


async def ended(world: World) -> StagedPath:
    """A path that has come to its end."""
    path = await path_of(await stage_of(world), IN_CARE)
    await path.settle()
    await path.record([CLOSED])
    await completion_of(path)
    return path


async def completion_of(path: StagedPath) -> None:
    async with asyncio.timeout(20):
        await path.handle.result()


async def state_of(world: World, path: StagedPath) -> str:
    async with world.database.reading() as session:
        return (await get_path(session, path.id, None)).state


async def last_news_of(world: World, path: StagedPath) -> Outbox:
    """The newest news of the path once somebody has settled it."""
    query = select(Outbox).where(col(Outbox.path_id) == path.id).order_by(col(Outbox.created_at).desc()).limit(1)
    async with asyncio.timeout(20):
        while True:
            async with world.database.reading() as session:
                news = (await session.scalars(query)).one()
            if news.state != "waiting":
                return news


async def test_a_closed_path_ends_in_the_records_and_its_workflow_completes(world: World) -> None:
    path = await ended(world)
    assert await state_of(world, path) == "ended"
    description = await path.handle.describe()
    assert description.status == WorkflowExecutionStatus.COMPLETED
    shown = await path.read()
    assert shown["state"] == "ended"
    assert shown["waiting"] is None


async def test_a_closed_path_calls_its_offer_off_and_ends_after_its_last_time_limit(world: World) -> None:
    path = await path_of(await stage_of(world), HANDOVER_DUE)
    await path.settle()
    await path.record([CLOSED])
    shown = await path.settle()
    assert [item["state"] for item in shown["handovers"]] == ["cancelled"]
    await path.move_to(at(date(2022, 5, 25), 9))
    assert (await path.settle())["state"] == "open"
    await path.move_to(at(date(2022, 5, 26), 8))
    await completion_of(path)
    assert await state_of(world, path) == "ended"


async def test_news_about_an_ended_path_is_marked_as_closed_and_starts_nothing(world: World) -> None:
    path = await ended(world)
    async with world.database.transaction() as session:
        await add_news(session, path.stage.tenant, CLIENT_PATH, path_workflow_id(path.id), path.id)
    assert (await last_news_of(world, path)).state == "closed"
    assert (await path.handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_a_new_fact_about_an_ended_path_is_refused_and_changes_nothing(world: World) -> None:
    path = await ended(world)
    before = await path.stage.get(f"/v1/paths/{path.id}/facts")
    with pytest.raises(StageRefused) as refused:
        await path.record([LATER])
    assert refused.value.status == 409
    assert refused.value.problem["code"] == "PathEnded"
    assert "fact.retracted" in refused.value.problem["allowed"]
    assert await path.stage.get(f"/v1/paths/{path.id}/facts") == before
    assert await state_of(world, path) == "ended"


async def test_a_retraction_opens_an_ended_path_again_in_a_new_run(world: World) -> None:
    path = await ended(world)
    last = (await path.handle.describe()).run_id
    await path.act(f"facts/{CLOSED['id']}/retraction", {})
    await started_anew(path, last)
    shown = await path.settle()
    assert (shown["state"], shown["standing"]["kim"]) == ("open", "active")
    await path.record([LATER])
    assert (await path.settle())["state"] == "open"


async def started_anew(path: StagedPath, last_run: str) -> None:
    async with asyncio.timeout(20):
        while (await path.handle.describe()).run_id == last_run:
            pass


async def test_a_path_that_was_opened_again_can_end_again(world: World) -> None:
    path = await ended(world)
    last = (await path.handle.describe()).run_id
    await path.act(f"facts/{CLOSED['id']}/retraction", {})
    await started_anew(path, last)
    await path.settle()
    await path.record([{**CLOSED, "id": "z9"}])
    await completion_of(path)
    assert await state_of(world, path) == "ended"


async def test_a_consent_may_be_revoked_after_the_end_and_that_opens_nothing(world: World) -> None:
    path = await ended(world)
    await path.act("consents/k1/revocation", {})
    assert (await last_news_of(world, path)).state == "closed"
    assert await state_of(world, path) == "ended"
    assert (await path.handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_a_path_ends_although_its_last_fact_came_while_the_worker_was_down(quiet_world: World) -> None:
    path = await path_of(await stage_of(quiet_world), IN_CARE)
    await path.record([CLOSED])
    async with working(quiet_world.parts):
        await path.rest()
        await completion_of(path)
    assert await state_of(quiet_world, path) == "ended"


async def test_the_path_of_an_erased_person_ends_quietly(world: World) -> None:
    path = await path_of(await stage_of(world), HANDOVER_DUE)
    await path.settle()
    sent = len(world.mailbox.mails)
    await erase(world, path)
    await path.handle.signal(SIGNAL_NEWS)
    await completion_of(path)
    assert await state_of(world, path) == "ended"
    assert len(world.mailbox.mails) == sent
    assert await failures_of(path) == []


async def test_the_path_of_a_person_who_is_erased_before_it_begins_ends_quietly(quiet_world: World) -> None:
    path = await path_of(await stage_of(quiet_world), HANDOVER_DUE)
    await erase(quiet_world, path)
    async with working(quiet_world.parts):
        async with asyncio.timeout(20):
            while not await _exists(path):
                pass
        await completion_of(path)
    assert await state_of(quiet_world, path) == "ended"
    assert quiet_world.mailbox.mails == []


async def _exists(path: StagedPath) -> bool:
    try:
        await path.handle.describe()
    except RPCError:
        return False
    return True


async def erase(world: World, path: StagedPath) -> None:
    async with world.database.transaction() as session:
        await erase_path_person(session, await get_path(session, path.id, None), datetime.now(UTC))


async def failures_of(path: StagedPath) -> list[Any]:
    events = [event async for event in path.handle.fetch_history_events()]
    return [event for event in events if "failed" in (event.WhichOneof("attributes") or "")]
