"""Fixtures that several unit tests share: programs of the machine, replaced by small scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FakeProgram = Callable[[str, str], None]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeProgram:
    """Puts small shell programs on an otherwise empty PATH; the cache is empty too."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(name: str, script: str) -> None:
        (directory / name).write_text(f"#!/bin/sh\n{script}\n")
        (directory / name).chmod(0o755)

    return make
