"""The command group `kim model`: one line a command. The work stands in the modules named after the commands."""

from __future__ import annotations

import typer

from kim.model import check, coverage, draw, preview, processing_record, versions

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Fassungen der Prozessmodelle: prüfen, vorschauen, freigeben, zurücknehmen."""


app.command("check")(check.command)
app.command("coverage")(coverage.command)
app.command("preview")(preview.command)
app.command("draw")(draw.command)
app.command("record")(processing_record.command)
app.command("draft")(versions.draft)
app.command("release")(versions.release_command)
app.command("withdraw")(versions.withdraw_command)
app.command("list")(versions.list_command)
