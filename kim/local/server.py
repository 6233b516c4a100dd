"""A Temporal server for demo and tests: found, started on free loopback ports, checked, and stopped again.

Never a production server: it has no authorizer and its clock can be moved.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Final

import structlog
import yaml
from temporalio.service import RPCError

from kim.local import binaries, ports
from kim.local.binaries import Program
from kim.local.errors import LocalStackError, NoTemporalServer
from kim.local.namespace import can_skip_time, connect, prepare_namespace

__all__ = ["RunningServer", "can_skip_time", "prepare_namespace", "start_server"]

PROBE_NAMESPACE: Final = "kim-probe"
TEMPLATES: Final = Path(__file__).resolve().parents[2] / "deploy" / "temporal"
_START_SECONDS: Final = 30.0
_EXTERNAL_SECONDS: Final = 5.0
# What was acknowledged is on disk already: a server that takes longer to say goodbye is ended.
_STOP_SECONDS: Final = 3.0
_ATTEMPTS: Final = 3
_log = structlog.get_logger(__name__)

_IN_MEMORY: Final = {"mode": "memory", "cache": "private"}
# A power cut must not undo an acknowledged step, and a deleted workflow must leave no bytes behind.
_IN_FILE: Final = {
    "cache": "private",
    "setup": "true",
    "journal_mode": "wal",
    "synchronous": "2",
    "busy_timeout": "10000",
    "secure_delete": "on",
}

_FOUR_WAYS: Final = f"""\
Kein Temporal-Server gefunden, der mit simulierter Zeit arbeiten kann. Eine der vier Möglichkeiten wird gebraucht:
  1. TEMPORAL_ADDRESS=host:port auf einen laufenden Server setzen (Schlüssel aus deploy/temporal/simulated-time.yaml);
  2. die temporal-CLI installieren (auf dem PATH; sie muss einen Server ab 1.32 enthalten);
  3. dem Python-SDK das Laden der temporal-CLI erlauben (Netzzugang zu temporal.download);
  4. Go installieren; gebaut wird dann go.temporal.io/server {binaries.SERVER_VERSION} (einmalig einige Minuten).
Geprüft wurde:"""


@dataclass(frozen=True)
class RunningServer:
    """A server that answers. `pid` is None for a server that somebody else runs (TEMPORAL_ADDRESS)."""

    address: str
    pid: int | None
    way: str
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def stop(self) -> None:
        """Ends the process that was started here, and only that; a second call does nothing."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """Ends the process at once, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def start_server(directory: Path, *, in_memory: bool, port: int | None = None) -> RunningServer:
    """Starts (or finds) a server that can skip time; configuration, database and log lie in `directory`.

    A file database survives: starting again in the same directory continues it. `port` asks for a fixed frontend port.
    Errors: NoTemporalServer when none of the four ways works; its text lists them.
    """
    findings: list[str] = []
    external = os.environ.get("TEMPORAL_ADDRESS")
    if external:
        if _usable(external, _EXTERNAL_SECONDS):
            return RunningServer(external, None, "TEMPORAL_ADDRESS")
        findings.append(f"TEMPORAL_ADDRESS={external}: nicht erreichbar oder ohne simulierte Zeit")
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    for program in binaries.server_programs():
        server = _try_program(program, directory, in_memory, port, findings)
        if server is not None:
            return server
    raise NoTemporalServer("\n".join([_FOUR_WAYS, *(f"  - {line}" for line in findings or ["nichts vorhanden"])]))


def _try_program(
    program: Program, directory: Path, in_memory: bool, port: int | None, findings: list[str]
) -> RunningServer | None:
    try:
        server = _start(program, directory, in_memory, port)
    except LocalStackError as error:
        findings.append(f"{program.way} ({program.path}): {error.detail}")
        return None
    if _usable(server.address, _START_SECONDS):
        return server
    server.stop()
    findings.append(f"{program.way} ({program.path}): kann die Zeit nicht simulieren")
    _log.warning("temporal.unsuitable", way=program.way)
    return None


def _start(program: Program, directory: Path, in_memory: bool, port: int | None) -> RunningServer:
    log_file = directory / "temporal-server.log"
    for _ in range(_ATTEMPTS):
        found = _ports(directory, in_memory, port)
        command = _command(program, directory, in_memory, found)
        with log_file.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the stack, which then stops the server in order.
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        server = RunningServer(f"{ports.LOOPBACK}:{found[0]}", process.pid, program.way, process)
        if ports.wait_for_port(server.address, lambda: process.poll() is None, _START_SECONDS):  # noqa: B023
            return server
        server.stop()
    raise LocalStackError(f"startet nicht; siehe {log_file}")


def _ports(directory: Path, in_memory: bool, port: int | None) -> list[int]:
    """Eight ports; those of the last start if they are free, because the database remembers where its members were."""
    memory = directory / "ports.json"
    if not in_memory and memory.exists():
        last: list[int] = json.loads(memory.read_text(encoding="utf-8"))
        if port in (None, last[0]) and all(map(ports.is_free, last)):
            return last
    found = ports.free_ports(8)
    found[0] = port or found[0]
    memory.write_text(json.dumps(found), encoding="utf-8")
    return found


def _command(program: Program, directory: Path, in_memory: bool, found: list[int]) -> list[str]:
    database = directory / "temporal.db"
    if program.kind == "cli":
        return _cli_command(program.path, None if in_memory else database, found[0])
    config = directory / "server.yaml"
    config.write_text(_server_config(None if in_memory else database, found), encoding="utf-8")
    return [str(program.path), "--config-file", str(config), "--allow-no-auth", "start"]


def _server_config(database: Path | None, found: list[int]) -> str:
    names = ["frontend", "history", "matching", "worker"]
    values: dict[str, Any] = dict(zip(names, found[:4], strict=True))
    values |= dict(zip((f"{name}_membership" for name in names), found[4:], strict=True))
    values["database"] = json.dumps(str(database) if database else "kim")
    values["attributes"] = json.dumps(_IN_FILE if database else _IN_MEMORY)
    values["dynamic_config"] = json.dumps(str(TEMPLATES / "simulated-time.yaml"))
    return Template((TEMPLATES / "server.yaml").read_text(encoding="utf-8")).substitute(values)


def _cli_command(path: Path, database: Path | None, port: int) -> list[str]:
    command = [str(path), "server", "start-dev", "--ip", ports.LOOPBACK, "--port", str(port), "--headless"]
    command += ["--log-level", "warn"]
    if database:
        command += ["--db-filename", str(database), "--sqlite-pragma", "journal_mode=WAL"]
        command += ["--sqlite-pragma", "synchronous=2"]
    keys = yaml.safe_load((TEMPLATES / "simulated-time.yaml").read_text(encoding="utf-8"))
    for key, values in keys.items():
        command += ["--dynamic-config-value", f"{key}={json.dumps(values[0]['value'])}"]
    return command


def _usable(address: str, patience_seconds: float) -> bool:
    return _run_apart(_probe(address, patience_seconds))


async def _probe(address: str, patience_seconds: float) -> bool:
    try:
        client = await connect(address, patience_seconds=patience_seconds)
        await prepare_namespace(client, PROBE_NAMESPACE, retention_days=1)
        return await can_skip_time(address, PROBE_NAMESPACE)
    except (RPCError, RuntimeError, TimeoutError) as error:  # the SDK reports a failed connection as RuntimeError
        _log.info("temporal.unreachable", address=address, error=type(error).__name__)
        return False


def _run_apart(coroutine: Coroutine[Any, Any, bool]) -> bool:
    """Runs to the end in a loop of its own, so that callers inside and outside of a running loop are served alike."""
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(coroutine)))
    thread.start()
    thread.join()
    return bool(results) and results[0]
