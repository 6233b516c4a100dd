"""Digests on a real server whose clock is moved: two paths, one agency, one morning, one mail; nothing is lost.

What a digest says and when it leaves is tested without Temporal in `tests/notifications`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select
from temporalio.client import Client

from kim.local.processes import ManagedProcess
from kim.simulate.stage import Stage, StagedPath
from kim.world import World, idle_world
from process_models.look_again import day_at
from store.tables import Notice
from tests.faults.conftest import real_stage_of
from tests.faults.test_unclear import KillingMailbox
from tests.people import YUSUF, fact
from tests.workflows.digest_worker import AGENCY, with_digest
from worker import working

MAIL = next(one.mail for one in with_digest().municipality("rhein-kreis-neuss").agencies if one.id == AGENCY)


def known_today() -> list[dict[str, Any]]:
    """A person with a foreign profession, which makes the handover to the agency due; nothing about it is urgent."""
    today = day_at(datetime.now(UTC)).isoformat()
    consent = {"form": "written", "purpose": "P2", "recipient": "anerkennungsstelle", "categories": ["education"]}
    return [
        fact("k1", today, "consent.given", consent="k1", purpose="P1", form="written"),
        fact("k2", today, "consent.given", consent="k2", **consent),
        fact("a1", today, "kim.opened"),
        {"id": "a2", "on": today, "fact": "qualification.known", "data": {"kind": "profession"}},
    ]


async def two_paths(stage: Stage) -> list[StagedPath]:
    """Both at rest, with their offers made."""
    paths = [await stage.start_path("meerbusch", YUSUF, facts=known_today()) for _ in range(2)]
    for path in paths:
        await path.rest()
    return paths


async def offers(world: World, paths: list[StagedPath]) -> list[Notice]:
    """The offer of each path, in their order."""
    async with world.database.reading() as session:
        query = select(Notice).where(col(Notice.kind) == "offer", col(Notice.agency) == AGENCY)
        found = {notice.path_id: notice for notice in await session.scalars(query)}
    return [found[path.id] for path in paths]


async def pass_the_morning(world: World, path: StagedPath) -> None:
    """Moves the clock of the path past the moment to which its offer was put off."""
    [notice] = await offers(world, [path])
    assert notice.next_try_at is not None
    await path.stage.move_clock(path.handle, notice.next_try_at + timedelta(minutes=1) - await path.now())


async def test_two_paths_to_the_same_agency_give_one_mail_on_the_morning(
    tmp_path: Path, temporal_client: Client
) -> None:
    async with idle_world(tmp_path, temporal_client) as world, working(replace(world.parts, catalogue=with_digest())):
        paths = await two_paths(await real_stage_of(world))
        assert [notice.status for notice in await offers(world, paths)] == ["created", "created"]
        assert world.mailbox.to(MAIL) == []
        await pass_the_morning(world, paths[0])
        await paths[0].rest()
        [mail] = world.mailbox.to(MAIL)
        said = str(mail)
        assert all(path.case_number in said for path in paths)
        assert [notice.status for notice in await offers(world, paths)] == ["delivered", "delivered"]
        await paths[1].stage.move_clock(paths[1].handle, await paths[0].now() - await paths[1].now())
        await paths[1].rest()
        assert world.mailbox.to(MAIL) == [mail]


async def test_a_worker_that_dies_with_a_digest_under_way_leaves_every_mail_of_it_for_a_person_to_see(
    tmp_path: Path, temporal_client: Client
) -> None:
    mailbox = KillingMailbox()
    async with (
        idle_world(tmp_path, temporal_client, mailbox=mailbox) as world,
        worker_process(world, tmp_path) as worker,
    ):
        stage = await real_stage_of(world)
        paths = await two_paths(stage)
        mailbox.victim = worker
        morning = asyncio.create_task(pass_the_morning(world, paths[0]))
        await asyncio.to_thread(worker.wait)
        worker.start()
        await morning
        await paths[0].rest()
        assert len(mailbox.to(MAIL)) == 1
        failed = {one["id"] for one in (await stage.get("/v1/notices/failed"))["notices"]}
        made = await offers(world, paths)
        assert [notice.status for notice in made] == ["unclear", "unclear"]
        assert failed == {notice.id for notice in made}


@asynccontextmanager
async def worker_process(world: World, directory: Path) -> AsyncIterator[ManagedProcess]:
    port = int(world.environment["KIM_WORKER_HEALTH_PORT"])
    command = [sys.executable, "-m", "tests.workflows.digest_worker"]
    worker = ManagedProcess("Arbeiter", command, port, directory / "worker.log", world.environment)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
