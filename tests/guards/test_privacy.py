"""No name, birthday, nationality or free text reaches Temporal, logs, measures, mails or refusals; the records seal it.

Canaries are written wherever the API takes a word, everything fails once, and then every byte left behind is searched.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import logging
import os
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import structlog
from prometheus_client import Counter
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from kim.local import ports
from kim.local.server import prepare_namespace, start_server
from process_models.names import NAMESPACE, TASK_QUEUE
from settings import Settings, connect
from store import audit
from telemetry import configure_logging, sdk_runtime
from tests.guards.canaries import Words, hits, is_in
from tests.guards.evidence import collect, everything_written, failures_in
from tests.guards.privacy_play import Play, whole_world_of_canaries

NOWHERE = ("histories", "views", "temporal files", "metrics", "log", "answers", "lists")
_leak = Counter("kim_test_leak", "A leak that is planted on purpose.", ["who"])


@dataclass(frozen=True)
class Played:
    """What was planted, and what was left behind: name of a sink -> its bytes."""

    words: Words
    leaks: dict[str, tuple[str, tuple[str, ...]]]
    """What was leaked on purpose -> the word, and the sinks where it has to be found."""
    evidence: dict[str, bytes]
    play: Play


@pytest.fixture(scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The whole play on a server with its database in files, logged as in production but down to every detail."""
    directory, port = tmp_path_factory.mktemp("privacy"), ports.free_ports(1)[0]
    with pytest.MonkeyPatch.context() as environment, everything_written() as written, logged() as log:
        environment.delenv("TEMPORAL_ADDRESS", raising=False)
        server = await asyncio.to_thread(start_server, directory / "temporal", in_memory=False)
        try:
            await prepare_namespace(server.address, NAMESPACE)
            settings = Settings.model_construct(temporal_address=server.address, temporal_namespace=NAMESPACE)
            client = await connect(settings, runtime=sdk_runtime(port))
            (directory / "records").mkdir()
            async with whole_world_of_canaries(directory / "records", client) as play, play.working():
                await play.play()
                leaks = await leak_everywhere(play, client)
                evidence = await collect(play.world, client, directory / "temporal", port)
        finally:
            server.kill()
    evidence["answers"] = "\n".join(play.answered).encode()
    evidence["lists"] = "\n".join(play.lists).encode()
    evidence["log"] = log.getvalue().encode() + written[0]
    return Played(play.words, leaks, evidence, play)


@contextlib.contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, as a production process writes it; afterwards the test run logs as before."""
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    written = io.StringIO()
    with contextlib.redirect_stderr(written):
        configure_logging(Settings.model_construct(mode="production", log_level="debug"))
    try:
        yield written
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**structured)


async def leak_everywhere(play: Play, client: Client) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Leaks a word of its own into every sink, to show that the search would find it."""
    words = Words()
    told = ("histories", "temporal files")
    leaks = {
        "argument": (words.secret("argument"), told),
        "signal": (words.secret("signal"), told),
        "summary": (words.secret("summary"), told),
        "reason": (words.secret("reason"), told),
        "memo": (words.secret("memo"), (*told, "views")),
        "workflow id": (words.secret("workflow id"), ("temporal files", "views")),
        "search attribute": (words.secret("search attribute"), (*told, "views")),
        "log": (words.secret("log"), ("log",)),
        "error stream": (words.secret("error stream"), ("log",)),
        "measure": (words.secret("measure"), ("metrics",)),
        "audit": (words.secret("audit"), ("records",)),
        "mail": (words.secret("mail"), ("mails",)),
        "subject": (words.secret("subject"), ("mails",)),
    }
    word = {name: found for name, (found, _) in leaks.items()}
    await _leak_into_temporal(client, word)
    logging.getLogger("kim.leak").warning("cannot read the file of %s", word["log"])
    os.write(2, word["error stream"].encode())
    _leak.labels(word["measure"]).inc()
    async with play.world.database.transaction() as session:
        await audit.record(session, "me", "admin", "leak", word["audit"], None, None, datetime.now(UTC))
    await asyncio.to_thread(_leak_into_mail, play.world.environment, word)
    return leaks


async def _leak_into_temporal(client: Client, word: dict[str, str]) -> None:
    handle = await client.start_workflow(
        "leaking",
        {"name": word["argument"]},
        id=f"leak-{word['workflow id']}",
        task_queue=f"{TASK_QUEUE}-nobody",
        memo={"name": word["memo"]},
        static_summary=word["summary"],
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(SearchAttributeKey.for_keyword("KimStallReason"), word["search attribute"])]
        ),
    )
    await handle.signal("leaking", word["signal"])
    await handle.terminate(word["reason"])


def _leak_into_mail(environment: dict[str, str], word: dict[str, str]) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@kim.test", "b@kim.test", f"Für {word['subject']}"
    mail.set_content(f"Für {word['mail']}", cte="base64")
    with smtplib.SMTP(environment["KIM_SMTP_HOST"], int(environment["KIM_SMTP_PORT"])) as smtp:
        smtp.send_message(mail)


# ---------------------------------------------------------------- the play was worth it


def test_everybody_wrote_and_everything_failed(played: Played) -> None:
    play = played.play
    assert (play.mailer.says, play.worker_database.says, play.world.mailbox.answers) == ([], [], [])
    assert play.levels >= {"E0", "E1", "E2", "E4"}
    assert play.statuses >= {"delivered", "unclear", "permanent-failure"}
    assert b"**Wartet:**" in played.evidence["views"], "the current details of the web pages are missing"
    assert failures_in(played.evidence["histories"]) == {"RuntimeError"}
    assert len(played.words.planted) > 120
    assert all(len(played.evidence[sink]) > 500 for sink in played.evidence), {
        sink: len(content) for sink, content in played.evidence.items()
    }


def test_what_makes_no_sense_was_refused(played: Played) -> None:
    refused = played.play.answers
    assert {what: status for what, status in refused.items() if not 400 <= status < 500} == {"defect": 500}


@pytest.mark.parametrize("shift", ["", "a", "ab"])
def test_a_word_is_found_in_whatever_way_programs_write_it(shift: str) -> None:
    text = f"{shift}amiramusterfrau und weiter"
    written = [text.encode(), text.upper().encode(), text.encode("utf-16-le"), text.encode().hex().encode()]
    written.append(base64.b64encode(text.encode()))
    assert [one for one in written if not is_in("amiramusterfrau", one)] == []
    assert not is_in("amiramusterfrau", b"amira musterfrau")


@pytest.mark.parametrize(
    "leak",
    [
        "argument",
        "signal",
        "summary",
        "reason",
        "memo",
        "workflow id",
        "search attribute",
        "log",
        "error stream",
        "measure",
        "audit",
        "mail",
        "subject",
    ],
)
def test_a_word_that_is_leaked_on_purpose_is_found(played: Played, leak: str) -> None:
    word, sinks = played.leaks[leak]
    assert [sink for sink in sinks if not is_in(word, played.evidence[sink])] == []


# ---------------------------------------------------------------- nothing leaked


@pytest.mark.parametrize("sink", NOWHERE)
def test_no_word_that_anybody_wrote_is_found(played: Played, sink: str) -> None:
    found = hits(played.words.of("secret", "reference", "token"), {sink: played.evidence[sink]})
    assert found == []


def test_the_records_keep_personal_data_and_free_text_sealed_and_tokens_as_hashes(played: Played) -> None:
    assert hits(played.words.of("secret", "token"), {"records": played.evidence["records"]}) == []


def test_mails_say_nothing_that_anybody_wrote(played: Played) -> None:
    assert hits(played.words.of("secret", "reference"), {"mails": played.evidence["mails"]}) == []
