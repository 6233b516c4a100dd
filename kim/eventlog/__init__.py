"""The command group `kim eventlog`: one line a command. The work stands in the modules named after the commands."""

from __future__ import annotations

import typer

from kim.eventlog import export, importing

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Ereignisprotokoll: unter Pseudonym ausgeben, das Protokoll einer Behörde ansehen."""


app.command("export")(export.command)
app.command("import")(importing.command)
