"""`python -m kim.local.provide`: what pip cannot give: Temporal, Keycloak, PostgreSQL, Chromium, readers of pictures.

Part of `make setup`. Installs system packages only as root and only where apt-get exists; says so otherwise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from kim.local import binaries, keycloak, readers
from kim.local.errors import LocalStackError
from kim.local.server import start_server

_out = Console(highlight=False)

DEBIAN_PACKAGES: Final = {
    "postgresql": "PostgreSQL-Server (initdb, postgres)",
    "chromium": "Chromium",
    "default-jdk-headless": "Java ab 17 (java, javac)",
    "maven": "Maven (mvn)",
    "npm": "npm",
    "poppler-utils": "Poppler (pdftotext)",
}
"""Debian package -> what tests need of it."""


def main() -> int:
    """Provides everything; 1 if something is missing that cannot be had here."""
    try:
        _provide_temporal()
    except LocalStackError as error:
        _out.print(error.detail, style="red", markup=False, soft_wrap=True)
        return 1
    missing = missing_packages()
    if missing and not install(missing):
        _out.print(f"Bitte installieren: {explain(missing)}", style="red", markup=False, soft_wrap=True)
        return 1
    _provide_keycloak()
    try:
        readers.provide()
    except LocalStackError as error:
        _out.print(error.detail, style="red", markup=False, soft_wrap=True)
        return 1
    return 0


def missing_packages() -> list[str]:
    """Debian packages whose programs are not on this machine."""
    present: dict[str, Callable[[], bool]] = {
        "postgresql": _has_postgresql,
        "chromium": _has_chromium,
        "default-jdk-headless": lambda: shutil.which("javac") is not None,
        "maven": lambda: shutil.which("mvn") is not None,
        "npm": lambda: shutil.which("npm") is not None,
        "poppler-utils": lambda: shutil.which("pdftotext") is not None,
    }
    return [package for package in DEBIAN_PACKAGES if not present[package]()]


def explain(packages: list[str]) -> str:
    """What is missing and the command that helps, for a person."""
    wanted = ", ".join(DEBIAN_PACKAGES[package] for package in packages)
    return f"{wanted}; unter Debian: sudo apt-get install {' '.join(packages)}"


def install(packages: list[str]) -> bool:
    """Installs Debian packages. False where that is not possible (not root, no apt-get, no network)."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _out.print(f"Systempakete werden installiert: {' '.join(packages)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = [["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]]
    for arguments in commands:
        done = subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return False
    return not missing_packages()


def _provide_temporal() -> None:
    # Started once, because a program that is there may be too old to simulate time.
    with tempfile.TemporaryDirectory() as directory:
        server = start_server(Path(directory), in_memory=True)
        server.stop()
    _out.print(f"Temporal-Server: {server.way}", markup=False, soft_wrap=True)
    _try("Temporal-Oberfläche", binaries.build_ui)


def _provide_keycloak() -> None:
    # Only signing in at a real identity provider needs it, here and in one test.
    _try("Keycloak", keycloak.provide)


def _try(name: str, get: Callable[[], Path]) -> None:
    try:
        _out.print(f"{name}: {get()}", markup=False, soft_wrap=True)
    except LocalStackError as error:
        _out.print(f"Ohne {name}: {error.detail}", style="yellow", markup=False, soft_wrap=True)


def _has_postgresql() -> bool:
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


if __name__ == "__main__":
    sys.exit(main())
