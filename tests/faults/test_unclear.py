"""A worker that dies between the yes of the mail server and its own commit: nobody can know, so a person sees it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client

from kim.local.processes import ManagedProcess
from kim.world import Mailbox, World, idle_world
from tests.faults.conftest import path_of, stage_of
from tests.people import HANDOVER_DUE


class KillingMailbox(Mailbox):
    """Says yes to the first mail, but kills who sent it before the answer can arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.victim: ManagedProcess | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            victim, self.victim = self.victim, None
            await asyncio.to_thread(victim.kill)
        return answer


def worker_of(world: World, log: Path) -> ManagedProcess:
    port = int(world.environment["KIM_WORKER_HEALTH_PORT"])
    return ManagedProcess("Arbeiter", [sys.executable, "-m", "worker"], port, log, world.environment)


async def test_a_mail_that_may_have_left_becomes_unclear_and_is_not_sent_again(
    tmp_path: Path, temporal_client: Client
) -> None:
    mailbox = KillingMailbox()
    async with idle_world(tmp_path, temporal_client, mailbox=mailbox) as world:
        stage = await stage_of(world)
        path = await path_of(stage, HANDOVER_DUE)
        worker = mailbox.victim = worker_of(world, tmp_path / "worker.log")
        worker.start()
        try:
            async with asyncio.timeout(60):
                await asyncio.to_thread(worker.wait)
                worker.start()
                shown = await path.settle()
        finally:
            worker.stop()
        status = {notice["recipient"]: notice["status"] for notice in shown["notices"]}
        assert sorted(status.values()).count("unclear") == 1
        assert len(mailbox.mails) == len({mail["Message-ID"] for mail in mailbox.mails})
        failed = await stage.get("/v1/notices/failed")
        assert [notice["status"] for notice in failed["notices"]] == ["unclear"]
