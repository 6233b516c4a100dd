"""`kim mail bounce`: reads delivery reports from standard input, a file, an mbox or a Maildir, and notes them.

An MTA pipes one message a call. No address and no word of a message is shown or kept.
"""

from __future__ import annotations

import asyncio
import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from notifications.bounces import LARGEST, read_report
from process_models.errors import KimError
from settings import load_settings
from store.bounces import NewBounce, take_bounce
from store.database import Database

EX_NOINPUT: Final = 66
EX_TEMPFAIL: Final = 75
"""Tells an MTA to keep the message and to try again later."""
_WORDS: Final = {
    "permanent": "unzustellbar",
    "temporary": "verzögert",
    "known": "schon vermerkt",
    "foreign": "ohne Bezug zu einer Mitteilung",
}


def command(
    source: Annotated[str, typer.Argument(help="Datei, mbox oder Maildir; - liest von der Eingabe")] = "-",
) -> None:
    """Liest Zustellberichte (RFC 3464) und vermerkt, welche Mitteilung nicht ankam. Doppelt Gelesenes wirkt nicht."""
    if source != "-" and not Path(source).exists():
        typer.echo("Diese Quelle gibt es nicht.", err=True)
        raise typer.Exit(EX_NOINPUT)
    try:
        counts = asyncio.run(take_all(source))
    except KimError as error:
        typer.echo(f"{error.title}: {error.detail}", err=True)
        raise typer.Exit(EX_TEMPFAIL) from None
    told = ", ".join(f"{counts[code]} {words}" for code, words in _WORDS.items() if counts[code])
    typer.echo(f"{counts.total()} gelesen" + (f": {told}" if told else ""))


async def take_all(source: str) -> Counter[str]:
    """Notes every report of the source; how many there were of which kind. Errors: DatabaseAway."""
    settings = load_settings()
    database = Database(settings.database_url, settings.keyring())
    counts: Counter[str] = Counter()
    try:
        for content in messages_in(source):
            counts[await take(database, content)] += 1
    finally:
        await database.close()
    return counts


async def take(database: Database, content: bytes) -> str:
    """Notes one message: `permanent`, `temporary`, `known` (nothing new), or `foreign` (about no mail of ours)."""
    report = read_report(content)
    if report is None:
        return "foreign"
    new = NewBounce(report.message_ids, report.outcome, report.status, report.fingerprint)
    async with database.transaction() as session:
        news = await take_bounce(session, new, datetime.now(UTC))
    if news is None:
        return "foreign"
    return report.outcome if news else "known"


def messages_in(source: str) -> Iterator[bytes]:
    """The messages of a source, one after the other. A Maildir keeps them; what was read is marked as seen."""
    path = Path(source)
    if source == "-":
        yield sys.stdin.buffer.read(LARGEST)
    elif path.is_dir():
        yield from _unseen(mailbox.Maildir(path, create=False))
    elif _begins(path, b"From "):
        with closing(mailbox.mbox(path, create=False)) as box:
            yield from (box.get_bytes(key) for key in box.keys())  # noqa: SIM118 - a mailbox, no dict
    else:
        yield path.read_bytes()[:LARGEST]


def _begins(path: Path, sign: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(sign)) == sign


def _unseen(box: mailbox.Maildir) -> Iterator[bytes]:
    for key in sorted(box.keys()):
        message = box.get_message(key)
        if "S" in message.get_flags():
            continue
        yield box.get_bytes(key)
        message.add_flag("S")
        message.set_subdir("cur")
        box[key] = message
