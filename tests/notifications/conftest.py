"""Fixtures of this folder."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from store.database import upgrade
from tests.notifications.office import Office, open_office
from tests.postgres import PostgresServer


@pytest.fixture
def unused_port() -> int:
    """A loopback port that nobody listens on."""
    return _unused(1)[0]


@pytest.fixture
def unused_ports() -> list[int]:
    """Two different loopback ports that nobody listens on."""
    return _unused(2)


def _unused(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated, empty records to copy."""
    file = tmp_path_factory.mktemp("records") / "records.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
async def office(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """An office with a person who gave no consent yet, on fresh records."""
    file = shutil.copy(migrated_file, tmp_path / "records.db")
    async with open_office(f"sqlite+aiosqlite:///{file}") as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def busy_office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """The same office on both kinds of database, for what happens at the same time."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path / 'records.db')}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.url(server.create())
        upgrade(url)
    async with open_office(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-made certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(address, critical=False).sign(key, SHA256())
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return file
