"""`kim local ...`: start the local stack or the server alone, look after its parts, prepare a namespace.

Arguments and output only; the work stands in the modules beside.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from process_exit import run_and_exit
from process_models.errors import KimError

app = typer.Typer(no_args_is_help=True)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

REFUSED = 2
TENANT = "rhein-kreis-neuss"
_WATCH_SECONDS = 2.0

Root = Annotated[Path, typer.Option("--directory", help="Ordner für Daten und Protokolle.")]


@app.command("up")
def up(
    directory: Root = Path(".local"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Alle Daten dieses Ordners vorher löschen.")] = False,
    keycloak: Annotated[bool, typer.Option("--keycloak", help="Anmeldung an einem echten Keycloak.")] = False,
    tenant: Annotated[str, typer.Option(help="Kommune der Personen, die sich an Keycloak anmelden.")] = TENANT,
) -> None:
    """Startet alles (Temporal, Oberfläche, Datenbank, Mailfänger, Schnittstelle, Arbeiter) bis Strg-C."""
    run_and_exit(lambda: _explained(_up(directory, fresh, tenant if keycloak else "")))


@app.command("server")
def server(directory: Root = Path(".local")) -> None:
    """Startet nur den Temporal-Server mit simulierbarer Zeit, bis Strg-C."""
    run_and_exit(lambda: _explained(_server(directory)))


@app.command("doctor")
def doctor() -> None:
    """Prüft mit den Einstellungen KIM_…, ob Datenbank, Temporal, Suchattribute und Mailserver bereit sind."""
    run_and_exit(lambda: _explained(_doctor()))


@app.command("prepare-namespace")
def prepare() -> None:
    """Legt Namensraum und Suchattribute an, wo sie fehlen (Einstellungen KIM_…). Darf jederzeit wiederholt werden."""
    run_and_exit(lambda: _explained(_prepare()))


@app.command("upgrade")
def upgrade_records() -> None:
    """Bringt die Datenbank auf den Stand der Migrationen (Einstellungen KIM_…). Darf jederzeit wiederholt werden."""
    run_and_exit(lambda: _explained(_upgrade()))


@app.command("secrets")
def make_secrets(
    directory: Annotated[Path, typer.Argument(help="Ordner der Geheimnisse, zum Beispiel secrets/")],
) -> None:
    """Erzeugt jede fehlende Geheimnis-Datei für docker-compose.yml; vorhandene bleiben, wie sie sind."""
    from kim.local.production_secrets import BY_HAND, make_missing

    for name in make_missing(directory):
        _out.print(f"erzeugt: {directory / name}", markup=False, soft_wrap=True)
    for name, meaning in BY_HAND.items():
        if not (directory / name).exists():
            _out.print(
                f"von Hand anlegen: {directory / name} ({meaning})", style="yellow", markup=False, soft_wrap=True
            )


async def _explained(work: Coroutine[Any, Any, int]) -> int:
    try:
        return await work
    except KimError as error:
        _err.print(f"{error.title}\n{error.detail}", style="red", markup=False, soft_wrap=True)
        return REFUSED


async def _up(directory: Path, fresh: bool, keycloak: str) -> int:
    from kim.local.keycloak import people
    from kim.local.stack import LocalStack

    stop = _stop_event()
    stack = LocalStack(directory, fresh=fresh, keycloak=keycloak, progress=_tell)
    found = await stack.start()
    try:
        _out.print(f"\nSchnittstelle       {found.api}/docs\nTemporal-Oberfläche {found.temporal_ui}")
        _out.print(
            f"Mailfänger          {found.mail_page}\nProtokolle          {directory / 'logs'}\n\nEnde mit Strg-C."
        )
        if door := stack.identity_provider:
            _tell(f"\nAnmelden an {found.api}/sign-in, Kennwort für alle: {door.password}")
            for name, group in people():
                _tell(f"  {name:26} {group}")
        return await _watch(stack.ended, stop)
    finally:
        _out.print("Der Stapel wird beendet …")
        await stack.stop()


def _tell(line: str) -> None:
    _out.print(line, markup=False, soft_wrap=True)


async def _watch(ended: Any, stop: asyncio.Event) -> int:
    while not ended():
        try:
            await asyncio.wait_for(stop.wait(), _WATCH_SECONDS)
        except TimeoutError:
            continue
        return 0
    _err.print(f"Unerwartet beendet: {', '.join(ended())}", style="red")
    return 1


async def _server(directory: Path) -> int:
    from kim.local import ports
    from kim.local.server import prepare_namespace, start_server
    from process_models.names import NAMESPACE

    stop = _stop_event()
    data = directory / "server"
    port = ports.preferred_port(7233)
    running = await asyncio.to_thread(lambda: start_server(data, in_memory=False, port=port))
    try:
        await prepare_namespace(running.address, NAMESPACE)
        _out.print(f"Temporal-Server auf {running.address} ({running.way}), Namensraum {NAMESPACE}. Ende mit Strg-C.")
        await stop.wait()
    finally:
        await asyncio.to_thread(running.stop)
    return 0


async def _doctor() -> int:
    from kim.local.doctor import examine
    from settings import load_settings

    findings = await examine(load_settings())
    for finding in findings:
        mark = "[green]gut    [/]" if finding.good else "[red]Problem[/]"
        _out.print(f"{mark} {finding.part}: ", end="")
        _out.print(finding.text, markup=False, soft_wrap=True)
    return 0 if all(finding.good for finding in findings) else 1


async def _prepare() -> int:
    from kim.local.errors import LocalStackError
    from kim.local.namespace import patiently, prepare_namespace
    from settings import connect, load_settings

    settings = load_settings()
    try:
        client = await patiently(lambda: connect(settings))
    except RuntimeError:  # the SDK reports a failed connection as RuntimeError
        raise LocalStackError(f"{settings.temporal_address} antwortet nicht (KIM_TEMPORAL_ADDRESS).") from None
    await prepare_namespace(client, settings.temporal_namespace)
    _out.print(f"Namensraum {settings.temporal_namespace} ist bereit.", markup=False, soft_wrap=True)
    return 0


async def _upgrade() -> int:
    from settings import load_settings
    from store.database import upgrade

    settings = load_settings()
    await asyncio.to_thread(upgrade, settings.database_url)
    _out.print("Die Datenbank ist auf dem Stand der Migrationen.")
    return 0


def _stop_event() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
