"""Where a Temporal server and its web page come from: four ways, tried in order, each program kept for the next time.

Only finds and fetches programs; starting them is the business of `server.py` and `ui.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import structlog

from kim.local.errors import LocalStackError

SERVER_VERSION: Final = "v1.32.0"
UI_VERSION: Final = "v2.54.1"

_SERVER_MODULE: Final = f"go.temporal.io/server/cmd/server@{SERVER_VERSION}"
_UI_MODULE: Final = f"github.com/temporalio/ui-server/v2/cmd/server@{UI_VERSION}"
_BUILD_SECONDS: Final = 1_500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Program:
    """A Temporal server: `cli` is `temporal server start-dev`, `server` the official one with a config file."""

    kind: Literal["cli", "server"]
    path: Path
    way: str


def cache_directory() -> Path:
    """Where fetched and built programs are kept: `$XDG_CACHE_HOME/kim-lotse/bin` or `~/.cache/kim-lotse/bin`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kim-lotse" / "bin"


def server_programs() -> Iterator[Program]:
    """The programs of this machine that may serve, best first; fetches one only when the caller asks for more.

    What is here already comes before anything that has to be fetched.
    """
    on_path = shutil.which("temporal")
    if on_path:
        yield Program("cli", Path(on_path), "temporal auf dem PATH")
    for path in sorted(cache_directory().glob("temporal-sdk-*")):
        yield Program("cli", path, "vom Python-SDK geladene temporal-CLI")
    built = cache_directory() / f"temporal-server-{SERVER_VERSION}"
    if built.exists():
        yield Program("server", built, "mit go install gebauter Server")
        return
    if (fetched := _fetch_cli()) is not None:
        yield Program("cli", fetched, "vom Python-SDK geladene temporal-CLI")
    if shutil.which("go"):
        yield Program("server", build_server(), "mit go install gebauter Server")


def build_server() -> Path:
    """The official server, built once. Errors: LocalStackError without Go or without the module."""
    return _go_install(_SERVER_MODULE, f"temporal-server-{SERVER_VERSION}")


def build_ui() -> Path:
    """The official web page, built once. Errors: LocalStackError without Go or without the module."""
    return _go_install(_UI_MODULE, f"temporal-ui-{UI_VERSION}")


def _fetch_cli() -> Path | None:
    """The `temporal` CLI as the Python SDK downloads it, or None where the download is not allowed."""
    # A process of its own: the SDK starts the server that it downloaded, and ends it with this process.
    target = cache_directory()
    target.mkdir(parents=True, exist_ok=True)
    _log.info("temporal.cli.download", hint="Das Python-SDK lädt die temporal-CLI, falls das Netz es erlaubt …")
    code = (
        "import asyncio, sys; from temporalio.testing import WorkflowEnvironment\n"
        "async def fetch():\n"
        "    await (await WorkflowEnvironment.start_local(download_dest_dir=sys.argv[1])).shutdown()\n"
        "asyncio.run(fetch())\n"
    )
    try:
        _run_quietly(lambda: [_python(), "-c", code, str(target)], 180)
    except LocalStackError as error:
        _log.info("temporal.cli.unavailable", detail=error.detail)
        return None
    return next((path for path in sorted(target.glob("temporal-sdk-*"))), None)


def _go_install(module: str, name: str) -> Path:
    target = cache_directory() / name
    if target.exists():
        return target
    if not shutil.which("go"):
        raise LocalStackError(f"{name} fehlt, und ohne Go kann es nicht gebaut werden (go install {module}).")
    _log.info("temporal.build", module=module, hint="Einmalig, dauert einige Minuten; danach aus dem Zwischenspeicher.")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Both programs are called `server`: each is built into a directory of its own and moved into place when complete.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as directory:
        _run_quietly(lambda: ["go", "install", module], _BUILD_SECONDS, {"GOBIN": directory, "GOFLAGS": ""})
        (Path(directory) / "server").replace(target)
    return target


def _run_quietly(command: Callable[[], list[str]], timeout_seconds: int, extra: dict[str, str] | None = None) -> None:
    arguments = command()
    try:
        done = subprocess.run(
            arguments,
            env=os.environ | (extra or {}),
            timeout=timeout_seconds,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalStackError(f"{arguments[0]} war nach {timeout_seconds} s nicht fertig.") from error
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["ohne Meldung"]
        raise LocalStackError(f"{arguments[0]} endete mit {done.returncode}: {lines[-1][:300]}")


def _python() -> str:
    import sys

    return sys.executable
