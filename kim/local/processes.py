"""Programs of the local stack as child processes: started with a log of their own, awaited, ended one by one.

Only processes started here are ever ended.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kim.local import ports
from kim.local.errors import LocalStackError

START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 25.0
"""Longer than the 20 s that a worker grants a running activity."""
_SHOWN_LINES: Final = 8


@dataclass
class ManagedProcess:
    """A program that is ready when its port accepts connections."""

    name: str
    command: list[str]
    port: int
    log_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def return_code(self) -> int | None:
        """Exit code after it ended; negative for the signal that ended it."""
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        """Starts the program without waiting for it."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the stack alone, which then stops in order.
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, timeout_seconds: float = START_SECONDS) -> None:
        """Returns when the port answers. Errors: LocalStackError with the last lines of the log."""
        if ports.wait_for_port(f"{ports.LOOPBACK}:{self.port}", lambda: self.running, timeout_seconds):
            return
        state = "läuft, antwortet aber nicht" if self.running else f"endete mit {self.return_code}"
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:]
        self.stop()
        raise LocalStackError("\n".join([f"{self.name} {state}. Ende von {self.log_file}:", *lines]))

    def wait(self) -> int | None:
        """Waits until the process has ended by itself; returns its exit code."""
        return self._process.wait() if self._process is not None else None

    def stop(self, timeout_seconds: float = _STOP_SECONDS) -> int | None:
        """Asks the process to end and waits; ends it by force if it does not. Returns its exit code."""
        if self._process is None:
            return None
        if self.running:
            self._process.terminate()
        try:
            return self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int | None:
        """Ends the process at once, as a crash would."""
        if self._process is None:
            return None
        if self.running:
            self._process.kill()
        return self._process.wait()
