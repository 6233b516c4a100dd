"""`kim eventlog import`: a first look at the event log of an agency; nothing of it is kept.

Arguments and output. Reading stands in `foreign`, the figures in `first_look`, the words in the template.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from jinja2 import Environment, PackageLoader, StrictUndefined

from kim.eventlog.first_look import FirstLook, first_look
from kim.eventlog.foreign import Columns, read_log
from process_models.catalogue import load_catalogue
from process_models.errors import KimError

WRONG_INPUT: Final = 2
TEMPLATE: Final = "first_look.txt.jinja"


def command(
    file: Annotated[Path, typer.Argument(metavar="DATEI", help="XES oder CSV, nach der Endung.")],
    municipality: Annotated[str, typer.Option(help="Kommune, deren Kalender die Arbeitstage zählt.")],
    case: Annotated[str, typer.Option("--case-column", help="Spalte des Vorgangs.")] = "",
    activity: Annotated[str, typer.Option("--activity-column", help="Spalte der Aktivität.")] = "",
    timestamp: Annotated[str, typer.Option("--timestamp-column", help="Spalte des Zeitpunkts.")] = "",
    agency: Annotated[str, typer.Option("--agency-column", help="Spalte der Stelle (XES sonst org:group).")] = "",
    sender: Annotated[str, typer.Option("--sender-column", help="Spalte der abgebenden Stelle.")] = "",
    encoding: Annotated[str, typer.Option(help="Kodierung einer CSV, etwa cp1252.")] = "utf-8",
    as_json: Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt.")] = False,
) -> None:
    """Zeigt Anzahlen, Dauern in Arbeitstagen und langsame Übergaben eines fremden Protokolls; speichert nichts."""
    try:
        calendar = load_catalogue().municipality(municipality).product_calendar
        look = first_look(read_log(file, Columns(case, activity, timestamp, agency, sender), encoding), calendar)
    except KimError as error:
        typer.echo(f"{error.title}: {error.detail}", err=True)
        if error.allowed:
            typer.echo(f"Erlaubt: {', '.join(error.allowed)}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    typer.echo(json.dumps(asdict(look), ensure_ascii=False) if as_json else as_text(look, municipality))


def as_text(look: FirstLook, municipality: str) -> str:
    """The figures for a person."""
    environment = Environment(
        loader=PackageLoader("kim", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - text for a terminal, not a page
    )
    return environment.get_template(TEMPLATE).render(look=look, municipality=municipality)
