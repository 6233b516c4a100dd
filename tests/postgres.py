"""A real PostgreSQL server for tests: made for the session, on a socket in its own directory, without fsync.

Any suite may import the fixture into its conftest. Without server programs the tests fail, they never skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

SUPERUSER = "postgres"
_MISSING = (
    "No PostgreSQL server programs (initdb, pg_ctl) on PATH or in /usr/lib/postgresql/*/bin."
    " The records promise to work on PostgreSQL; install them, for example: apt-get install postgresql"
)
_SETTINGS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -c max_connections=60"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; its databases are made and dropped by the tests."""

    directory: Path
    programs: Path

    def url(self, database: str) -> str:
        """URL of a database, as the product takes it."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.directory}"

    def create(self) -> str:
        """A fresh, empty database; returns its name."""
        name = f"kim_{uuid4().hex[:12]}"
        self._run_sql(f'CREATE DATABASE "{name}"')
        return name

    def empty(self, database: str, tables: Iterable[str]) -> None:
        """Deletes every row of these tables, in this order: much faster than a new database."""
        deletes = "; ".join(f'DELETE FROM "{table}"' for table in tables)
        self._run_sql(f"SET lock_timeout = '10s'; {deletes}", database)

    def drop(self, name: str) -> None:
        """Drops a database, whoever is still connected."""
        self._run_sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def dump(self, database: str) -> bytes:
        """Everything that `pg_dump` writes about a database."""
        command: list[str | Path] = [self.programs / "pg_dump", "-h", self.directory, "-U", SUPERUSER, database]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def _run_sql(self, statement: str, database: str = SUPERUSER) -> None:
        with psycopg.connect(host=str(self.directory), user=SUPERUSER, dbname=database, autocommit=True) as server:
            server.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole session."""
    programs = find_programs()
    directory = Path(tempfile.mkdtemp(prefix="kim-postgres-"))
    try:
        _start(programs, directory)
        yield PostgresServer(directory, programs)
    finally:
        _run(programs / "pg_ctl", "stop", "-D", directory / "data", "-m", "immediate", check=False)
        shutil.rmtree(directory, ignore_errors=True)


def find_programs() -> Path:
    """The directory of the server programs. Fails the test if there is none."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("pg_ctl"):
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name), reverse=True)
    found = next((bin_ for bin_ in installed if (bin_ / "initdb").exists()), None)
    return found or pytest.fail(_MISSING)


def _start(programs: Path, directory: Path) -> None:
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(directory, SUPERUSER, SUPERUSER)
    data = directory / "data"
    _run(programs / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"{_SETTINGS} -c unix_socket_directories={directory}"
    _run(programs / "pg_ctl", "start", "-D", data, "-w", "-t", "30", "-l", directory / "log", "-o", options)


def _run(*command: str | Path, check: bool = True) -> None:
    as_server = ["runuser", "-u", SUPERUSER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_server, *command], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/"
    )
    if check and done.returncode:
        pytest.fail(f"{Path(command[0]).name} failed: {done.stderr}")
