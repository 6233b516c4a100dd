"""`kim model draft`, `release`, `withdraw`, `list`: versions of the process models in the records of an installation.

Arguments and output. The records remember the decision; a running worker hears of it and leads the paths.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from process_models.catalogue import SHIPPED, Catalogue, catalogue, content_hash, load_files
from process_models.catalogue_files import LAW, MUNICIPALITIES, contents, model_files
from process_models.errors import KimError, ModelInvalid
from process_models.explain import german_day
from process_models.look_again import day_at
from process_models.names import release_workflow_id
from process_models.releasing import DEFAULT_RATE, HIGHEST_RATE
from settings import Settings, load_settings
from store.catalogues import Catalogues
from store.database import Database
from store.errors import ModelVersionNotFound
from store.model_moves import count_to_move
from store.model_tables import ModelVersion
from store.model_versions import NewModelVersion, draft_version, list_versions, version_in_force
from store.releases import Decision, release, withdraw
from store.tenants import create_tenant, find_tenant

WRONG_INPUT: Final = 2
_ACTOR: Final = "kim-model"
_ROLE: Final = "operator"
_RATE: Final = re.compile(r"(\d{1,6})(/min)?")
T = TypeVar("T")


class RateRefused(KimError):
    """The rate is no number of paths a minute."""

    status = 422
    title = "Das Tempo ist nicht gültig"


Municipality = Annotated[str, typer.Option(help="Kommune, etwa rhein-kreis-neuss")]
Version = Annotated[str, typer.Argument(metavar="FASSUNG", help="Wie `kim model list` sie nennt: 2026.11-1a2b3c4d")]
By = Annotated[str, typer.Option(help="Wer entscheidet, mit Amt")]


def draft(
    directory: Annotated[Path, typer.Argument(metavar="VERZEICHNIS", help="Modell: law/ und municipalities/.")],
    municipality: Municipality,
    label: Annotated[str, typer.Option(help="Wofür die Fassung ist, in wenigen Worten.")] = "",
    by: Annotated[str, typer.Option(help="Wer sie vorbereitet hat, mit Amt.")] = "",
) -> None:
    """Prüft ein Modell und legt es als Entwurf in den Akten ab; was fehlt, kommt aus dem mitgelieferten."""
    try:
        files, loaded = _checked(directory, municipality)
    except KimError as error:
        _refuse(error)

    async def keep(session: AsyncSession) -> ModelVersion:
        now = datetime.now(UTC)
        if await find_tenant(session, municipality) is None:
            await create_tenant(session, municipality, loaded.municipality(municipality).id, now=now)
        new = NewModelVersion(municipality, loaded.version, content_hash(files), files, label, by)
        return await draft_version(session, new, now)

    kept = _written(keep)
    typer.echo(f"Entwurf {kept.version} für {kept.tenant_id} liegt in den Akten; freigegeben ist er noch nicht.")


def release_command(
    version: Version,
    by: By,
    rate: Annotated[str, typer.Option(help="Wie viele Wege je Minute höchstens umgestellt werden.")] = (
        f"{DEFAULT_RATE}/min"
    ),
    municipality: Annotated[str, typer.Option(help="Nur nötig, wenn mehrere Kommunen die Fassung haben.")] = "",
) -> None:
    """Gibt eine Fassung frei: neue Wege beginnen mit ihr, laufende folgen im gewählten Tempo."""

    async def act(session: AsyncSession) -> tuple[ModelVersion, int]:
        per_minute = _rate(rate)
        found = await _found(session, version, municipality)
        released = await release(session, Catalogues(catalogue()), found.id, per_minute, _decision(by))
        return released, await count_to_move(session, released.tenant_id, released.id)

    _tell("ist freigegeben", *_written(act))


def withdraw_command(
    version: Version,
    by: By,
    reason: Annotated[str, typer.Option(help="Warum, ohne Namen von Personen.")],
    municipality: Annotated[str, typer.Option(help="Nur nötig, wenn mehrere Kommunen die Fassung haben.")] = "",
) -> None:
    """Nimmt die Fassung zurück, die in Kraft ist: alle Wege kehren zu der davor zurück."""

    async def act(session: AsyncSession) -> tuple[ModelVersion, int]:
        found = await _found(session, version, municipality)
        withdrawn = await withdraw(session, found.id, reason, _decision(by))
        return withdrawn, await count_to_move(session, withdrawn.tenant_id, withdrawn.supersedes)

    _tell("ist zurückgenommen", *_written(act))


def list_command(
    municipality: Annotated[str, typer.Option(help="Nur Fassungen dieser Kommune.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Auch prüfen, ob dieses Programm jede noch laden kann.")
    ] = False,
) -> None:
    """Zeigt die Fassungen in den Akten, ihren Stand und wie viele Wege noch folgen."""

    async def look(session: AsyncSession) -> tuple[list[str], list[str]]:
        rows = await list_versions(session, municipality or None)
        return [await _line(session, row) for row in rows], [
            problem for row in rows if check and row.state != "draft" for problem in await _problems(session, row)
        ]

    shown, problems = _written(look)
    typer.echo("\n".join(shown) if shown else f"Keine eigene Fassung; es gilt die mitgelieferte {catalogue().version}.")
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(WRONG_INPUT)


# ---------------------------------------------------------------- input


def _checked(directory: Path, municipality: str) -> tuple[dict[str, bytes], Catalogue]:
    """The files of a whole model, and what they mean. Errors: ModelInvalid with every finding, UnknownMunicipality."""
    if not any((directory / folder).is_dir() for folder in (LAW, MUNICIPALITIES)):
        what = f"{directory}: hier liegt kein Modell"
        raise ModelInvalid(what, allowed=("ein Verzeichnis mit law/ oder municipalities/",))
    files = contents(model_files(directory, SHIPPED))
    loaded = load_files(files)
    loaded.municipality(municipality)
    return files, loaded


def _rate(text: str) -> int:
    found = _RATE.fullmatch(text.strip())
    rate = int(found[1]) if found else 0
    if not 1 <= rate <= HIGHEST_RATE:
        raise RateRefused(f"'{text}' ist kein Tempo.", field="--rate", allowed=(f"1/min bis {HIGHEST_RATE}/min",))
    return rate


async def _found(session: AsyncSession, version: str, municipality: str) -> ModelVersion:
    rows = await list_versions(session, municipality or None)
    same = [row for row in rows if row.version == version]
    if len(same) == 1:
        return same[0]
    if same:
        owners = tuple(row.tenant_id for row in same)
        raise ModelVersionNotFound("Mehrere Kommunen haben diese Fassung.", field="--municipality", allowed=owners)
    known = tuple(dict.fromkeys(row.version for row in rows))
    raise ModelVersionNotFound(f"Die Fassung '{version}' gibt es nicht.", field="version", allowed=known)


def _decision(by: str) -> Decision:
    return Decision(by, _ACTOR, _ROLE, datetime.now(UTC))


# ---------------------------------------------------------------- records and output


def _written(act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What the act gives, in one transaction; a refusal ends the command with exit code 2."""
    try:
        return asyncio.run(_in_records(load_settings(), act))
    except KimError as error:
        _refuse(error)


async def _in_records(settings: Settings, act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    database = Database(settings.database_url, settings.keyring())
    try:
        async with database.transaction() as session:
            return await act(session)
    finally:
        await database.close()


def _tell(what: str, version: ModelVersion, to_move: int) -> None:
    minutes = -(-to_move // max(version.rate_per_minute, 1))
    typer.echo(f"{version.version} ({version.tenant_id}) {what}.")
    typer.echo(
        f"{to_move} laufende Wege folgen, höchstens {version.rate_per_minute} je Minute (etwa {minutes} Minuten)."
    )
    typer.echo(f"Den Lauf zeigt Temporal als {release_workflow_id(version.tenant_id, version.version)}.")


async def _line(session: AsyncSession, row: ModelVersion) -> str:
    in_force = await version_in_force(session, row.tenant_id)
    parts = [row.version, row.tenant_id, _state(row, in_force)]
    if in_force is not None and in_force.id == row.id:
        parts.append(f"{await count_to_move(session, row.tenant_id, row.id)} Wege folgen noch")
    return "  ".join([*parts, *([row.label] if row.label else [])])


async def _problems(session: AsyncSession, row: ModelVersion) -> list[str]:
    try:
        await Catalogues(catalogue()).of_version(session, row.id)
    except KimError as error:
        return [f"{row.version} ({row.tenant_id}): {error.title}: {error.detail}"]
    return []


def _state(row: ModelVersion, in_force: ModelVersion | None) -> str:
    if row.state == "draft":
        return "Entwurf"
    if row.state == "withdrawn":
        return f"zurückgenommen am {_day(row.withdrawn_at)} von {row.withdrawn_by}: {row.note}"
    word = "in Kraft" if in_force is not None and in_force.id == row.id else "abgelöst, freigegeben"
    return f"{word} seit {_day(row.released_at)}, {row.released_by}"


def _day(moment: datetime | None) -> str:
    return german_day(day_at(moment)) if moment else ""


def _refuse(error: KimError) -> NoReturn:
    typer.echo(f"{error.title}: {error.detail}", err=True)
    if error.allowed:
        typer.echo(f"Erlaubt: {', '.join(error.allowed)}", err=True)
    if error.way_out:
        typer.echo(error.way_out, err=True)
    raise typer.Exit(WRONG_INPUT) from None
