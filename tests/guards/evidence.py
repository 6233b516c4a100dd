"""What a play leaves behind: files, histories, views, measures, mails, streams, all in the clear as far as bytes tell.

Collecting only; what must not be in it stands in `test_privacy`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from google.protobuf.json_format import MessageToDict
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecution

from kim.world import Mailbox, World
from process_models.names import BODY, CLIENT_PATH, QUERY_STATUS
from telemetry import metrics_text
from tests.guards.canaries import readable

METADATA_QUERY = "__temporal_workflow_metadata"


class EavesdroppingMailbox(Mailbox):
    """Keeps every byte of every mail, also of those that it refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Writes down envelope and text."""
        content = envelope.original_content or b""
        self.heard.append(f"{envelope.mail_from} {envelope.rcpt_tos}\n".encode() + content)
        return await super().handle_DATA(server, session, envelope)


def mails_of(mailbox: EavesdroppingMailbox) -> bytes:
    """Every byte of every mail, and every part of it in the clear."""
    found: list[bytes] = []
    for raw in mailbox.heard:
        mail = message_from_bytes(raw.split(b"\n", 1)[1], policy=policy.default)
        assert isinstance(mail, EmailMessage)
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
        parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        found += [raw, headers.encode(), *(str(part).encode() for part in parts)]
    return b"\n".join(found)


def files_of(directory: Path, pattern: str = "*") -> bytes:
    """The bytes of all files."""
    return b"\n".join(file.read_bytes() for file in sorted(directory.glob(pattern)) if file.is_file())


async def histories_of(client: Client) -> bytes:
    """The history of every run as JSON, with its payloads in the clear."""
    found: list[bytes] = []
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        found.append(readable(json.loads(history.to_json())))
    return b"\n".join(found)


def failures_in(histories: bytes) -> set[str]:
    """The types of the failures that Temporal was told of."""
    return set(re.findall(r'"applicationFailureInfo": \{"type": "(\w+)"', histories.decode()))


async def views_of(client: Client) -> bytes:
    """What lists, descriptions and queries tell about every run."""
    return b"\n".join([view async for run in client.list_workflows() for view in await _views(client, run)])


async def _views(client: Client, run: WorkflowExecution) -> list[bytes]:
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    described = MessageToDict((await handle.describe()).raw_description)
    found = [readable(MessageToDict(run.raw_info)), readable(described)]
    if run.workflow_type in (CLIENT_PATH, BODY):
        found.append(readable(await handle.query(QUERY_STATUS)))
        metadata = await handle.query(METADATA_QUERY, result_type=WorkflowMetadata)
        found.append(readable(MessageToDict(metadata)))
    return found


async def metrics_of(world: World, sdk_port: int) -> bytes:
    """The measures of the API, and those of the worker with its Temporal SDK."""
    own = (await world.http.get("/metrics")).text
    return (own + await metrics_text(f"127.0.0.1:{sdk_port}")).encode()


@contextlib.contextmanager
def everything_written() -> Iterator[list[bytes]]:
    """What this process writes to its output and error streams, also past Python; filled when the block ends."""
    written: list[bytes] = []
    streams = (1, 2)
    kept = [os.dup(stream) for stream in streams]
    with tempfile.TemporaryFile() as file:
        try:
            for stream in streams:
                os.dup2(file.fileno(), stream)
            yield written
        finally:
            for stream, before in zip(streams, kept, strict=True):
                os.dup2(before, stream)
                os.close(before)
            file.seek(0)
            written.append(file.read())


async def collect(world: World, client: Client, server_files: Path, sdk_port: int) -> dict[str, bytes]:
    """What is left behind everywhere but in the log, while everything still runs: name of a sink -> its bytes."""
    assert isinstance(world.mailbox, EavesdroppingMailbox)
    file = Path(world.environment["KIM_DATABASE_URL"].partition("///")[2])
    return {
        "histories": await histories_of(client),
        "views": await views_of(client),
        "temporal files": await asyncio.to_thread(files_of, server_files),
        "records": await asyncio.to_thread(files_of, file.parent, f"{file.name}*"),
        "metrics": await metrics_of(world, sdk_port),
        "mails": mails_of(world.mailbox),
    }
