"""`kim eventlog export`: the event log under pseudonyms, as OCEL 2.0 or XES. Arguments, and the way of the rows.

What may leave stands in `pseudonyms`, the formats in `ocel` and `xes`.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated, Final, Protocol

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from kim.eventlog.ocel import OcelWriter
from kim.eventlog.pseudonyms import OF_PERSON, At, Pseudonyms, Told, exported, told
from kim.eventlog.xes import XesWriter
from process_models.errors import KimError
from settings import load_settings
from store.database import Database
from store.event_log import KINDS, Selection, count_paths, stream_traces, trace_ids
from store.tenants import get_tenant

WRONG_INPUT: Final = 2
_ONLY_OWNER: Final = 0o600


class Format(StrEnum):
    """Formats of event logs."""

    ocel = "ocel"
    xes = "xes"


class LogWriter(Protocol):
    """Writes traces to a file, one after the other."""

    events: int
    objects: int

    def begin(self) -> None: ...
    def add(self, kind: str, name: str, trace: list[At]) -> None: ...
    def end(self) -> None: ...


class OutputRefused(KimError):
    """The file is there already, or its directory is not; nothing is overwritten."""

    status = 409
    title = "Dahin wird nicht geschrieben"


class PeriodInvalid(KimError):
    """The last day lies before the first."""

    status = 422
    title = "Der Zeitraum ist leer"


@dataclass(frozen=True, slots=True)
class Written:
    """How much an export holds. `objects`: OCEL objects, or traces of XES."""

    events: int
    objects: int


def command(
    form: Annotated[Format, typer.Option("--format", help="ocel (OCEL 2.0, JSON) oder xes.")],
    out: Annotated[Path, typer.Option(metavar="DATEI", help="Wohin; wird nie überschrieben.")],
    tenant: Annotated[str, typer.Option(help="Mandant; sonst alle außer den simulierten.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Erster Tag.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Letzter Tag.")] = None,
) -> None:
    """Gibt das Ereignisprotokoll unter Pseudonymen aus, die nur in dieser Datei gelten."""
    first, last = since.date() if since else date.min, until.date() if until else date.max
    try:
        written = export_file(load_settings().database_url, Selection(tenant or None, first, last), form, out)
    except KimError as error:
        typer.echo(f"{error.title}: {error.detail}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    noun = "Objekte" if form is Format.ocel else "Verläufe"
    typer.echo(f"{out}: {written.events} Ereignisse, {written.objects} {noun}")


def export_file(url: str, chosen: Selection, form: Format, out: Path) -> Written:
    """Writes the file; only its owner may read it, and an export that breaks off leaves none.

    Errors: OutputRefused, PeriodInvalid, TenantNotFound, DatabaseAway.
    """
    if chosen.until < chosen.since:
        raise PeriodInvalid("Der letzte Tag liegt vor dem ersten (--since, --until).", field="until")
    if out.exists():
        raise OutputRefused(f"{out} gibt es schon; nichts wurde überschrieben.", field="out")
    if not out.parent.is_dir():
        raise OutputRefused(f"Das Verzeichnis {out.parent} gibt es nicht.", field="out")
    part = out.with_name(f"{out.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
        with (
            os.fdopen(descriptor, "w", encoding="utf-8") as file,
            TemporaryFile("w+", encoding="utf-8", dir=out.parent) as aside,
        ):
            written = asyncio.run(_export(url, chosen, writer_of(form, file, aside)))
        part.rename(out)
    except FileExistsError:
        raise OutputRefused(f"{part} ist von einem anderen Lauf; löschen, wenn er nicht mehr läuft.") from None
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    return written


def writer_of(form: Format, file: IO[str], aside: IO[str]) -> LogWriter:
    """The writer of a format. `aside`: an empty file for what has to wait for the end."""
    return OcelWriter(file, aside) if form is Format.ocel else XesWriter(file)


async def _export(url: str, chosen: Selection, writer: LogWriter) -> Written:
    database = Database(url, load_settings().keyring())
    try:
        async with database.reading() as session:
            return await export_log(session, chosen, writer)
    finally:
        await database.close()


async def export_log(session: AsyncSession, chosen: Selection, writer: LogWriter) -> Written:
    """Writes the chosen events with names that only this export has. Errors: TenantNotFound.

    Traces come in the order of their pseudonyms, so that the order tells nothing either.
    """
    if chosen.tenant_id is not None:
        await get_tenant(session, chosen.tenant_id)
    names, shared = Pseudonyms(), await _shared(session, chosen)
    writer.begin()
    for kind in KINDS:
        ids = await trace_ids(session, kind, chosen)
        ids.sort(key=lambda known_as, kind=kind: names.of(kind, known_as.hex()))  # type: ignore[misc]
        async for trace in stream_traces(session, kind, ids, chosen):
            writer.add(kind, names.of(kind, trace[0].anchor), list(exported(trace, names, shared)))
    writer.end()
    return Written(writer.events, writer.objects)


async def _shared(session: AsyncSession, chosen: Selection) -> Told:
    return told(
        details=await count_paths(session, ("reason", "detail"), chosen),
        places=await count_paths(session, ("place",), chosen),
        agencies=await count_paths(session, ("to_kind", "agency"), chosen),
        at_places=await count_paths(session, ("agency", "place"), chosen),
        standings=(
            await count_paths(session, ("activity", "code"), chosen, OF_PERSON),
            await count_paths(session, ("activity", "code", "reason"), chosen, OF_PERSON),
        ),
    )
