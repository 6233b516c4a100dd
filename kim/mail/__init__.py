"""`kim mail`: what an operator does about mails. One line a command; the work stands in the modules beside."""

from __future__ import annotations

import typer

from kim.mail import bounce

app = typer.Typer(no_args_is_help=True, help="Rückläufer von E-Mails einlesen.")
app.command("bounce")(bounce.command)


@app.callback()
def _group() -> None:
    """A group of commands, also while it has one."""
