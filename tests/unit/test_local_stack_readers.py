"""Foreign readers for the tests: fetched by the ordinary clients, checked, kept; another file is refused."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from kim.local import readers
from kim.local.errors import LocalStackError
from tests.unit.conftest import FakeProgram

SOURCE = b"var BpmnJS = 1;"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as content:
        entry = tarfile.TarInfo("package/dist/x.js")
        entry.size = len(SOURCE)
        content.addfile(entry, io.BytesIO(SOURCE))
    return path


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch, archive: Path, tmp_path: Path) -> readers.Package:
    """One package and one library instead of the real ones; their contents lie in `tmp_path`."""
    package = readers.Package("x", "1.0", readers.checksum(archive), "dist/x.js")
    monkeypatch.setattr(readers, "PACKAGES", (package,))
    jar = readers.Jar("org.example", "y", "2.0", hashlib.sha256(b"jar").hexdigest())
    monkeypatch.setattr(readers, "JARS", (jar,))
    (tmp_path / "y.jar").write_bytes(b"jar")
    return package


NPM = '/bin/cp {archive} "$5/x-1.0.tgz"'
MAVEN = 'for a in "$@"; do case "$a" in -DoutputDirectory=*) /bin/cp {jar} "${{a#*=}}/y-2.0.jar";; esac; done'


def test_readers_are_fetched_once_checked_and_kept(
    program: FakeProgram, pinned: readers.Package, archive: Path, tmp_path: Path
) -> None:
    program("npm", NPM.format(archive=archive))
    program("mvn", MAVEN.format(jar=tmp_path / "y.jar"))

    readers.provide()
    program("npm", "exit 1")
    program("mvn", "exit 1")
    readers.provide()

    assert pinned.kept.read_bytes() == SOURCE
    assert sorted(path.name for path in readers.directory().iterdir()) == ["x-1.0.js", "y-2.0.jar"]
    assert readers.class_path().endswith("y-2.0.jar")


def test_another_file_than_the_pinned_one_is_refused_and_nothing_is_kept(
    program: FakeProgram, pinned: readers.Package, archive: Path, tmp_path: Path
) -> None:
    archive.write_bytes(b"somebody else's")
    program("npm", NPM.format(archive=archive))

    with pytest.raises(LocalStackError, match="Prüfsumme"):
        readers.provide()

    assert list(readers.directory().iterdir()) == []


def test_a_client_that_fails_or_is_missing_is_named(program: FakeProgram, pinned: readers.Package) -> None:
    with pytest.raises(LocalStackError, match="npm fehlt"):
        readers.provide()
    program("npm", "echo kein Netz >&2; exit 1")
    with pytest.raises(LocalStackError, match="npm endete mit 1: kein Netz"):
        readers.provide()


def test_a_library_that_did_not_come_is_named(program: FakeProgram, pinned: readers.Package, archive: Path) -> None:
    program("npm", NPM.format(archive=archive))
    program("mvn", "exit 0")
    with pytest.raises(LocalStackError, match=r"y-2\.0\.jar wurde nicht geladen"):
        readers.provide()


def test_every_pinned_file_has_a_checksum_of_its_own() -> None:
    sums = [one.sha256 for one in (*readers.PACKAGES, *readers.JARS)]
    assert len(set(sums)) == len(sums)
    assert all(len(one) == 64 for one in sums)
