"""What `make setup` gets beside pip: programs that are built once, system packages that are installed or named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kim.local import binaries, provide
from kim.local.errors import LocalStackError
from tests.unit.conftest import FakeProgram


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_a_server_is_built_at_its_pinned_version_and_only_once(program: FakeProgram) -> None:
    program("go", 'echo "$2" > "$GOBIN/server"')

    first = binaries.build_server()
    program("go", "exit 1")

    assert binaries.build_server() == first
    assert first.read_text().strip() == f"go.temporal.io/server/cmd/server@{binaries.SERVER_VERSION}"
    assert [file.name for file in first.parent.iterdir()] == [first.name]


def test_server_and_web_page_do_not_overwrite_each_other_although_both_are_called_server(program: FakeProgram) -> None:
    program("go", 'echo "$2" > "$GOBIN/server"')

    assert binaries.build_server().read_text() != binaries.build_ui().read_text()


def test_a_failed_build_leaves_nothing_behind_and_shows_the_last_line(program: FakeProgram) -> None:
    program("go", "echo erste >&2; echo Modul nicht gefunden >&2; exit 1")

    with pytest.raises(LocalStackError, match="go endete mit 1: Modul nicht gefunden"):
        binaries.build_server()

    assert list(binaries.cache_directory().iterdir()) == []


def test_without_go_the_refusal_names_the_module(program: FakeProgram) -> None:
    with pytest.raises(LocalStackError, match="ohne Go kann es nicht gebaut werden"):
        binaries.build_ui()


def test_a_cli_on_the_path_comes_before_the_built_server(program: FakeProgram) -> None:
    program("temporal", "exit 0")
    program("go", 'echo "$2" > "$GOBIN/server"')
    binaries.build_server()

    assert [found.kind for found in binaries.server_programs()] == ["cli", "server"]


PROGRAMS = ("initdb", "chromium", "javac", "mvn", "npm", "pdftotext")


def test_nothing_is_missing_on_a_machine_with_all_programs(program: FakeProgram) -> None:
    for name in PROGRAMS:
        program(name, "exit 0")

    assert provide.missing_packages() == []


def test_missing_packages_are_installed_as_root(program: FakeProgram, as_root: None, tmp_path: Path) -> None:
    for name in PROGRAMS:
        program(name, "exit 0")
    (tmp_path / "bin" / "chromium").unlink()
    said = tmp_path / "said"
    place = tmp_path / "bin" / "chromium"
    program("apt-get", f'echo "$@" >> {said}; : > {place}; /bin/chmod +x {place}')

    assert provide.install(["chromium"])
    assert said.read_text().splitlines()[-1].endswith("chromium")


def test_a_package_that_cannot_be_installed_is_named_with_the_command(program: FakeProgram, as_root: None) -> None:
    program("apt-get", "exit 100")

    assert not provide.install(["chromium"])
    assert provide.explain(["chromium"]) == "Chromium; unter Debian: sudo apt-get install chromium"


def test_nobody_but_root_installs_packages(program: FakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    program("apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert not provide.install(["chromium"])
