"""Where a Temporal server and its web page come from: four ways, tried in order, each program kept for the next time.

Only finds and fetches programs; starting them is the business of `server.py` and `ui.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rich.console import Console

from kim.local.errors import LocalStackError

SERVER_VERSION: Final = "v1.32.0"
UI_VERSION: Final = "v2.54.1"

_SERVER_MODULE: Final = f"go.temporal.io/server/cmd/server@{SERVER_VERSION}"
_UI_MODULE: Final = f"github.com/temporalio/ui-server/v2/cmd/server@{UI_VERSION}"
_BUILD_SECONDS: Final = 1_500.0
_FETCH_SECONDS: Final = 180.0
_SIGN_OF_LIFE_SECONDS: Final = 30.0
_FETCH: Final = """
import sys
from process_exit import run_and_exit
from temporalio.testing import WorkflowEnvironment

async def fetch():
    try:
        await (await WorkflowEnvironment.start_local(download_dest_dir=sys.argv[1])).shutdown()
    except RuntimeError as refusal:
        sys.stderr.write(str(refusal))
        return 1
    return 0

run_and_exit(fetch)
"""

_err = Console(stderr=True, highlight=False)


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
    # A process of its own: the SDK also starts what it downloaded, and ends it with that process.
    target = cache_directory()
    target.mkdir(parents=True, exist_ok=True)
    _tell("Das Python-SDK versucht, die temporal-CLI zu laden …")
    try:
        run_quietly([sys.executable, "-c", _FETCH, str(target)], _FETCH_SECONDS)
    except LocalStackError as error:
        _tell(f"Nicht geladen: {error.detail}")
        return None
    return next(iter(sorted(target.glob("temporal-sdk-*"))), None)


def _go_install(module: str, name: str) -> Path:
    target = cache_directory() / name
    if target.exists():
        return target
    if not shutil.which("go"):
        raise LocalStackError(f"{name} fehlt, und ohne Go kann es nicht gebaut werden (go install {module}).")
    _tell(f"{name} wird gebaut: einmalig, einige Minuten, danach aus {target.parent} …")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Both programs are called `server`: each is built into a directory of its own and moved into place when complete.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as directory:
        run_quietly(["go", "install", module], _BUILD_SECONDS, {"GOBIN": directory, "GOFLAGS": "", "CGO_ENABLED": "0"})
        (Path(directory) / "server").replace(target)
    return target


def run_quietly(command: list[str], timeout_seconds: float, environment: dict[str, str] | None = None) -> None:
    """Runs a program that may take minutes, with a sign of life now and then. Errors: LocalStackError."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as messages:
        process = subprocess.Popen(
            command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=messages
        )
        try:
            _wait(process, command[0], started + timeout_seconds)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        messages.seek(0)
        last = (messages.read().strip().splitlines() or ["ohne Meldung"])[-1][:300]
    if process.returncode != 0:
        raise LocalStackError(f"{Path(command[0]).name} endete mit {process.returncode}: {last}")


def _wait(process: subprocess.Popen[bytes], name: str, until: float) -> None:
    started = time.monotonic()
    while (now := time.monotonic()) < until:
        try:
            process.wait(min(_SIGN_OF_LIFE_SECONDS, until - now))
        except subprocess.TimeoutExpired:
            _tell(f"  … {Path(name).name} arbeitet seit {time.monotonic() - started:.0f} s")
        else:
            return
    raise LocalStackError(f"{name} war nach {time.monotonic() - started:.0f} s nicht fertig.")


def _tell(line: str) -> None:
    """A sign of life for the person who waits."""
    _err.print(line, markup=False, soft_wrap=True)
