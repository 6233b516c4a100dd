"""`kim model draw`: every procedure of the model as BPMN 2.0, mermaid, German text or SVG picture.

Arguments and output; what a procedure is stands in `process_models.procedure`, how it is drawn in `drawing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from drawing.notations import NOTATIONS
from drawing.page import procedures_page
from process_models.catalogue import catalogue
from process_models.errors import KimError
from process_models.look_again import day_at
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure
from process_models.spelling import meant

WRONG_INPUT: Final = 2
_DAY_FORM: Final = "JJJJ-MM-TT, zum Beispiel 2026-11-23"


class Format(StrEnum):
    """The notations."""

    bpmn = "bpmn"
    mermaid = "mermaid"
    text = "text"
    svg = "svg"


def command(
    codes: Annotated[list[str] | None, typer.Argument(metavar="[CODE]...", help="Verfahren; ohne Angabe alle.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Schreibweise.")] = Format.text,
    municipality: Annotated[str | None, typer.Option(help="Kommune, deren Stellen und Gremien genannt werden.")] = None,
    on: Annotated[str | None, typer.Option(help="Tag, dessen Recht gilt (JJJJ-MM-TT); sonst heute.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="VERZEICHNIS", help="Eine Datei je Verfahren.")] = None,
    page: Annotated[
        Path | None, typer.Option(metavar="DATEI", help="Eine Seite: alle als Tabelle, die genannten ganz.")
    ] = None,
) -> None:
    """Zeichnet die Verfahren des Modells: BPMN 2.0, mermaid, Text oder Bild."""
    day = _day(on)
    every = _procedures(municipality, day)
    found = _chosen(every, codes or [])
    if page is not None:
        line = _command_line(codes or [], municipality, day, page)
        _write(page, procedures_page(every, {one.code for one in found}, _pictures(found, page), line))
    elif out is not None:
        for procedure in found:
            _write(out / f"{procedure.code}.{NOTATIONS[form].ending}", NOTATIONS[form].write(procedure))
    else:
        _show(found, form)


def _procedures(municipality: str | None, day: date) -> tuple[Procedure, ...]:
    try:
        return procedures(catalogue(), municipality, day)
    except KimError as error:
        _refuse(error.detail, error.allowed)
    except KeyError:
        _refuse(f"Am {day:%d.%m.%Y} galt noch kein Verfahren.")


def _chosen(found: tuple[Procedure, ...], codes: Sequence[str]) -> tuple[Procedure, ...]:
    known = tuple(procedure.code for procedure in found)
    for code in codes:
        if code not in known:
            _refuse(f"Das Verfahren '{code}' gibt es nicht{meant(code, known)}.", known)
    return tuple(procedure for procedure in found if not codes or procedure.code in codes)


def _show(found: Sequence[Procedure], form: Format) -> None:
    notation = NOTATIONS[form]
    if len(found) > 1 and not notation.joins:
        _refuse(f"Mehrere Verfahren als {form.value}: --out VERZEICHNIS angeben oder einen CODE nennen.")
    typer.echo("\n".join(notation.write(procedure) for procedure in found), nl=False)


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        _refuse(f"{path} lässt sich nicht schreiben: {error.strerror}")
    typer.echo(str(path))


def _pictures(found: Sequence[Procedure], page: Path) -> dict[str, str]:
    """Pictures that lie beside the page: `pictures/procedure-h01.png`."""
    names = {procedure.code: f"pictures/procedure-{procedure.code.lower()}.png" for procedure in found}
    return {code: name for code, name in names.items() if (page.parent / name).is_file()}


def _command_line(codes: Sequence[str], municipality: str | None, day: date, page: Path) -> str:
    town = ["--municipality", municipality] if municipality else []
    return " ".join(["kim model draw", *codes, *town, "--on", day.isoformat(), "--page", page.as_posix()])


def _day(text: str | None) -> date:
    if text is None:
        return day_at(datetime.now(UTC))
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"--on: '{text}' ist kein Tag.", (_DAY_FORM,))


def _refuse(what: str, allowed: Sequence[str] = ()) -> NoReturn:
    typer.echo(f"Fehler: {what}", err=True)
    if allowed:
        typer.echo(f"Erlaubt: {', '.join(allowed)}", err=True)
    raise typer.Exit(WRONG_INPUT)
