"""`kim model record`: the record of processing activities of a municipality, as Markdown.

Arguments and output; what stands in it is generated in `process_models.processing_record`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from process_models.catalogue import catalogue
from process_models.errors import KimError
from process_models.look_again import day_at
from process_models.processing_record import as_markdown, record_of

WRONG_INPUT: Final = 2


def command(
    municipality: Annotated[str, typer.Argument(help="Kennung der Kommune, zum Beispiel rhein-kreis-neuss.")],
) -> None:
    """Verzeichnis von Verarbeitungstätigkeiten, aus Regeln und Konfiguration erzeugt."""
    try:
        found = record_of(municipality, day_at(datetime.now(UTC)), catalogue())
    except KimError as error:
        typer.echo(f"{error.detail} Erlaubt: {', '.join(error.allowed)}", err=True)
        raise typer.Exit(WRONG_INPUT) from error
    typer.echo(as_markdown(found), nl=False)
