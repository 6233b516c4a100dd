"""The command line `kim`: one line a command; the work stands in the modules named after it."""

from __future__ import annotations

import typer

from kim import deadline, eventlog, local, mail, model, municipality, simulate, token

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="KIM-Lotse: lückenlose Übergänge zwischen Rechtskreisen."
)
app.command("simulate")(simulate.command)
app.command("deadline")(deadline.command)
app.command("token")(token.command)
app.add_typer(model.app, name="model")
app.add_typer(mail.app, name="mail")
app.add_typer(eventlog.app, name="eventlog")
app.add_typer(municipality.app, name="municipality")
app.add_typer(local.app, name="local", help="Lokaler Stapel: Temporal, Oberfläche, Mailfänger, Datenbank.")


def main() -> None:
    """Entry point of the console script `kim`."""
    app()


if __name__ == "__main__":
    main()
