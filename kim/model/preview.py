"""`kim model preview`: what a new model would change, before anybody releases it. Reads only, writes nothing.

Arguments and output; comparing stands in `comparing`, telling in `preview_report`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kim.model.comparing import PAGE, Page, RecordPage, ScenarioPage, outcomes
from kim.model.preview_report import Preview, write
from process_models.catalogue import SHIPPED, Catalogue, catalogue, load_catalogue
from process_models.catalogue_diff import changed_rules, coming_days
from process_models.errors import KimError, ModelInvalid
from process_models.look_again import day_at
from settings import load_settings
from store.catalogues import Catalogues
from store.database import Database
from store.paths import OpenPath, open_path_ids

NEEDS_PERSON: Final = 1
WRONG_INPUT: Final = 2
SCENARIOS: Final = SHIPPED.parent / "scenarios"
_FORMATS: Final = (".csv", ".json")


class Paths(StrEnum):
    """Which paths are looked at."""

    db = "DB"
    scenarios = "scenarios"


def command(
    law: Annotated[Path, typer.Option("--law", metavar="VERZEICHNIS", help="Neues Modell: law/ und municipalities/.")],
    paths: Annotated[Paths, typer.Option(case_sensitive=False, help="Laufende Wege der Akten oder die Szenarien.")],
    municipality: Annotated[str | None, typer.Option(help="Nur Wege dieser Kommune.")] = None,
    on: Annotated[str | None, typer.Option(help="Tag der Vorschau; sonst heute und jeder kommende Stichtag.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DATEI", help="Alle Änderungen als .csv oder .json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Die Zusammenfassung als JSON.")] = False,
) -> None:
    """Sagt vor der Freigabe, welche Wege sich ändern, welche Daten wandern und wo eine Person hinsehen muss."""
    try:
        file = _writable(out)
        asked = Asked(law, new_model(law), municipality, _day(on))
        preview = _scenarios(asked) if paths is Paths.scenarios else _records(asked)
    except KimError as error:
        _refuse(error)
    if file is not None:
        write(preview, file)
    _tell(preview, as_json)
    if preview.need_person:
        raise typer.Exit(NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the preview is about. Errors: UnknownMunicipality if the new model does not have the municipality."""

    law: Path
    new: Catalogue
    municipality: str | None
    on: date | None

    def __post_init__(self) -> None:
        """Checks the municipality."""
        if self.municipality is not None:
            self.new.municipality(self.municipality)


def new_model(law: Path) -> Catalogue:
    """The new model over the shipped one. Errors: ModelInvalid with every finding."""
    if not any((law / folder).is_dir() for folder in ("law", "municipalities")):
        what = f"{law}: hier liegt kein Modell"
        raise ModelInvalid(what, field="--law", allowed=("ein Verzeichnis mit law/ oder municipalities/",))
    return load_catalogue(law, over=SHIPPED)


def _scenarios(asked: Asked) -> Preview:
    pages = [ScenarioPage(file, asked.municipality) for file in scenario_files()]
    preview = Preview((catalogue().version,), asked.new.version, changed_rules(catalogue(), asked.new), ())
    return _filled(preview, pages, asked.law)


def _records(asked: Asked) -> Preview:
    paths, befores = asyncio.run(_open_paths(asked.municipality))
    rules = tuple(dict.fromkeys(rule for before in befores for rule in changed_rules(before, asked.new)))
    today = day_at(datetime.now(UTC))
    days = (asked.on,) if asked.on is not None else (today, *coming_days(rules, today))
    pages = [RecordPage(tuple(paths[start : start + PAGE]), days) for start in range(0, len(paths), PAGE)]
    return _filled(Preview(tuple(b.version for b in befores), asked.new.version, rules, days), pages, asked.law)


def _filled(preview: Preview, pages: Sequence[Page], law: Path) -> Preview:
    with _progress() as progress:
        task = progress.add_task("Wege", total=sum(_size(page) for page in pages))
        for page, outcome in zip(pages, outcomes(pages, law.resolve(), os.cpu_count() or 1), strict=True):
            preview.add(outcome)
            progress.advance(task, _size(page))
    return preview


def scenario_files() -> list[Path]:
    """The shipped scenarios. Errors: ModelInvalid if this installation has none."""
    files = sorted((*SCENARIOS.glob("*.yaml"), *(SCENARIOS / "rules-only").glob("*.yaml")))
    if not files:
        raise ModelInvalid("Bei dieser Installation liegen keine Szenarien.", field="--paths", allowed=("DB",))
    return files


async def _open_paths(municipality: str | None) -> tuple[list[OpenPath], list[Catalogue]]:
    """The open paths, and the versions of the rules that they plan under."""
    settings = load_settings()
    database = Database(settings.database_url, settings.keyring())
    catalogues = Catalogues(catalogue())
    try:
        async with database.reading() as session:
            paths = await open_path_ids(session, municipality)
            used = sorted({path.model_version_id for path in paths} or {None}, key=str)
            return paths, [await catalogues.of_version(session, version) for version in used]
    finally:
        await database.close()


def _size(page: Page) -> int:
    return len(page.paths) if isinstance(page, RecordPage) else 1


def _day(on: str | None) -> date | None:
    try:
        return date.fromisoformat(on) if on is not None else None
    except ValueError:
        raise _NotADay("Das ist kein Tag.", field="--on", allowed=("JJJJ-MM-TT",)) from None


class _NotADay(KimError):
    """The option names no day."""

    status = 422
    title = "Unbekannter Tag"


class _NoSuchFormat(KimError):
    """The list is written as CSV or as JSON, told by the name of the file."""

    status = 422
    title = "Unbekanntes Format"


def _writable(out: Path | None) -> Path | None:
    if out is not None and out.suffix not in _FORMATS:
        raise _NoSuchFormat(f"'{out.name}' sagt nicht, in welchem Format.", field="--out", allowed=_FORMATS)
    return out


def _progress() -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _tell(preview: Preview, as_json: bool) -> None:
    shown: Any = preview.as_json()
    text = json.dumps(shown, ensure_ascii=False) if as_json else "\n".join(preview.as_text(catalogue()))
    typer.echo(text)


def _refuse(error: KimError) -> NoReturn:
    typer.echo(f"{error.title}: {error.detail}", err=True)
    if error.allowed:
        typer.echo(f"Erlaubt: {', '.join(error.allowed)}", err=True)
    raise typer.Exit(WRONG_INPUT)
