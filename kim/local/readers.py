"""Foreign readers of process pictures for the tests: bpmn-js and mermaid from npm, an engine's parser from Maven.

Pinned versions with checksums, fetched by the ordinary clients once and kept. They are read by tests, never shipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kim.local.binaries import cache_directory, run_quietly
from kim.local.errors import LocalStackError

_FETCH_SECONDS: Final = 300.0
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm: the checksum of its archive, and the one file of it that is read."""

    name: str
    version: str
    sha256: str
    file: str

    @property
    def kept(self) -> Path:
        """Where its file is kept."""
        return directory() / f"{self.name}-{self.version}.js"


@dataclass(frozen=True, slots=True)
class Jar:
    """A library of Maven Central and its checksum."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def kept(self) -> Path:
        """Where it is kept."""
        return directory() / f"{self.artifact}-{self.version}.jar"


BPMN_JS: Final = Package(
    "bpmn-js",
    "18.31.1",
    "060ce3966426bcc8705140ec75626ffb51038d17f54b5dcd1a2f28d36bf797d6",
    "dist/bpmn-viewer.production.min.js",
)
MERMAID: Final = Package(
    "mermaid",
    "11.17.0",
    "d72c77f9ff0c37145a2839096eb365a17052db761bb953abd073707167bc10be",
    "dist/mermaid.min.js",
)
PACKAGES: Final = (BPMN_JS, MERMAID)
_FLOWABLE: Final = ("org.flowable", "7.2.0")
_JACKSON: Final = ("com.fasterxml.jackson.core", "2.19.2")
JARS: Final = tuple(
    Jar(group, artifact, version, sha256)
    for (group, version), artifact, sha256 in (
        (_FLOWABLE, "flowable-bpmn-converter", "ac0236d91224404f3f69bf4279cb52e3dbe4d787a11e07cbb65568e9877344d9"),
        (_FLOWABLE, "flowable-bpmn-model", "799d6c8745ef11f0f39f37378aba014e35954be6be2394e77148c86bae94f60f"),
        (_FLOWABLE, "flowable-engine-common-api", "3b9e17322f1bcada0633694ed4b79cc1c08b2663d4acd82a3b230d195e80c788"),
        (_FLOWABLE, "flowable-process-validation", "a767c35222fc967bb7da74f84230df8da4a7428532fca169572ee7ba139827e2"),
        (_JACKSON, "jackson-annotations", "e516743a316dcf83c572ffc9cb6e8c5e8c134880c8c5155b02f7b34e9c5dc3cf"),
        (_JACKSON, "jackson-core", "aa77eaf29293a868c47372194f7c5287d77d9370b04ea25d3fffc1e4904b5880"),
        (_JACKSON, "jackson-databind", "0a1bd4e9b0d670e632d40ee8c625ad376233502f03c2f5889baea95d025b47a7"),
        (
            ("org.apache.commons", "3.18.0"),
            "commons-lang3",
            "4eeeae8d20c078abb64b015ec158add383ac581571cddc45c68f0c9ae0230720",
        ),
        (("org.slf4j", "2.0.17"), "slf4j-api", "7b751d952061954d5abfed7181c1f645d336091b679891591d63329c622eb832"),
    )
)


def directory() -> Path:
    """Where the readers are kept, beside the fetched programs."""
    return cache_directory().parent / "readers"


def provide() -> None:
    """Fetches what is not there yet. Errors: LocalStackError if a client is missing, fails, or sends something else."""
    directory().mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not package.kept.exists():
            _fetch_package(package)
    lacking = [jar for jar in JARS if not (jar.kept.exists() and checksum(jar.kept) == jar.sha256)]
    if lacking:
        _fetch_jars(lacking)


def class_path() -> str:
    """The engine's parser as Java wants it."""
    return os.pathsep.join(str(jar.kept) for jar in JARS)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _fetch_package(package: Package) -> None:
    npm = _client("npm")
    with tempfile.TemporaryDirectory(dir=directory(), prefix=".fetch-") as place:
        wanted = f"{package.name}@{package.version}"
        run_quietly([npm, "pack", wanted, "--silent", "--pack-destination", place], _FETCH_SECONDS)
        archive = Path(place) / f"{package.name}-{package.version}.tgz"
        _require(archive, package.sha256)
        with tarfile.open(archive) as content:
            member = content.extractfile(f"package/{package.file}")
            if member is None:
                raise LocalStackError(f"{wanted} hat keine Datei {package.file}.")
            fetched = Path(place) / "file"
            fetched.write_bytes(member.read())
        fetched.replace(package.kept)


def _fetch_jars(jars: Iterable[Jar]) -> None:
    maven = _client("mvn")
    wanted = list(jars)
    with tempfile.TemporaryDirectory(dir=directory(), prefix=".fetch-") as place:
        project = Path(place) / "pom.xml"
        project.write_text(_project(wanted), encoding="utf-8")
        copy = ["dependency:copy-dependencies", f"-DoutputDirectory={place}", "-DexcludeTransitive=true"]
        run_quietly([maven, "--quiet", "--batch-mode", "--file", str(project), *copy], _FETCH_SECONDS)
        for jar in wanted:
            fetched = Path(place) / jar.kept.name
            _require(fetched, jar.sha256)
            fetched.replace(jar.kept)


def _project(jars: Iterable[Jar]) -> str:
    """A project of Maven that wants exactly these libraries."""
    wanted = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version></dependency>"
        for jar in jars
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>kim</groupId><artifactId>readers</artifactId><version>1</version>"
        f"<dependencies>{wanted}</dependencies></project>\n"
    )


def _client(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise LocalStackError(f"{name} fehlt: ohne es lassen sich die Leser der Prozessbilder nicht laden.")
    return found


def _require(path: Path, sha256: str) -> None:
    """Errors: LocalStackError if the file is missing or is not the one that was pinned."""
    if not path.exists():
        raise LocalStackError(f"{path.name} wurde nicht geladen.")
    if checksum(path) != sha256:
        raise LocalStackError(f"{path.name} ist nicht die Datei, deren Prüfsumme festgeschrieben ist.")
