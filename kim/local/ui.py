"""The Temporal web page beside the local server: its configuration and its process.

Loopback only; production runs the official image (docker-compose.yml).
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from kim.local import binaries
from kim.local.processes import ManagedProcess
from kim.local.server import TEMPLATES


def ui_process(directory: Path, log_file: Path, temporal_address: str, namespace: str, port: int) -> ManagedProcess:
    """The web page, ready to start; its configuration is written to `directory`. Errors: LocalStackError without Go."""
    program = binaries.build_ui()
    configuration = Template((TEMPLATES / "ui.yaml").read_text(encoding="utf-8")).substitute(
        port=port, temporal_address=temporal_address, namespace=namespace
    )
    (directory / "config").mkdir(parents=True, exist_ok=True)
    (directory / "config" / "kim.yaml").write_text(configuration, encoding="utf-8")
    command = [str(program), "--root", str(directory), "--config", "config", "--env", "kim", "start"]
    return ManagedProcess("Temporal-Oberfläche", command, port, log_file)
