"""Secrets of production: made once, never overwritten, and the tokens open exactly what they should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from kim.local import binaries, ports
from kim.local.namespace import patiently, prepare_namespace
from kim.local.processes import ManagedProcess
from kim.local.production_secrets import BY_HAND, make_missing
from settings import Settings, connect

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = ("FRONTEND", "INTERNAL_FRONTEND", "HISTORY", "MATCHING", "WORKER")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with every secret that can be made."""
    made = tmp_path_factory.mktemp("production") / "secrets"
    make_missing(made)
    return made


@pytest.fixture(scope="module")
def guarded_process(directory: Path) -> Iterator[ManagedProcess]:
    """The official server with the environment of docker-compose.yml, but SQLite, loopback and free ports."""
    found = ports.free_ports(2 * len(SERVICES))
    environment = {name: str(value) for name, value in COMPOSE["services"]["temporal"]["environment"].items()}
    environment |= {"DB": "sqlite", "DBNAME": str(directory / "t.db"), "VISIBILITY_DBNAME": str(directory / "v.db")}
    environment |= {"BIND_ON_IP": ports.LOOPBACK, "PROMETHEUS_ENDPOINT": "", "TEMPORAL_JWT_KEY_SOURCE2": ""}
    environment["TEMPORAL_JWT_KEY_SOURCE1"] = f"file://{directory}/temporal_jwks.json"
    environment["DYNAMIC_CONFIG_FILE_PATH"] = str(ROOT / "deploy/temporal/production.yaml")
    for service, grpc, membership in zip(SERVICES, found[::2], found[1::2], strict=True):
        environment |= {f"{service}_GRPC_PORT": str(grpc), f"{service}_MEMBERSHIP_PORT": str(membership)}
    arguments = [word for name in SERVICES for word in ("--service", name.lower().replace("_", "-"))]
    command = [str(binaries.build_server()), "start", *arguments]
    process = ManagedProcess("Temporal", command, found[0], directory.parent / "server.log", environment)
    process.start()
    process.wait_until_ready()
    yield process
    process.kill()


@pytest.fixture(scope="module")
async def guarded_server(guarded_process: ManagedProcess, directory: Path) -> str:
    """Its address, with the namespace made by the token of the job."""
    address = f"{ports.LOOPBACK}:{guarded_process.port}"
    await prepare_namespace(await patiently(lambda: _client(address, directory, "temporal_admin_token")), "kim")
    return address


async def _client(address: str, directory: Path, token: str | None) -> Client:
    key = SecretStr((directory / token).read_text()) if token else None
    return await connect(Settings(temporal_address=address, temporal_api_key=key))


async def _list(client: Client, namespace: str = "kim") -> None:
    await client.workflow_service.list_workflow_executions(ListWorkflowExecutionsRequest(namespace=namespace))


def test_every_secret_of_the_composition_is_made_or_named_as_handwork(directory: Path) -> None:
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}

    assert {name for name in wanted if (directory / name).exists()} == wanted - set(BY_HAND)


def test_existing_secrets_are_left_alone_and_closed_to_other_users(directory: Path) -> None:
    before = {file.name: file.read_bytes() for file in directory.iterdir() if file.suffix in ("", ".pem", ".json")}

    assert make_missing(directory) == []

    assert before.items() <= {file.name: file.read_bytes() for file in directory.iterdir()}.items()
    assert directory.stat().st_mode & 0o077 == 0
    assert (directory / "temporal_signing_key.pem").stat().st_mode & 0o377 == 0


def test_a_lost_token_can_be_made_again_with_the_same_signing_key(tmp_path: Path) -> None:
    make_missing(tmp_path)
    keys = (tmp_path / "temporal_jwks.json").read_text()
    (tmp_path / "temporal_writer_token").unlink()

    assert make_missing(tmp_path) == ["temporal_writer_token"]
    assert (tmp_path / "temporal_jwks.json").read_text() == keys


def test_tokens_are_compact_and_name_their_key(directory: Path) -> None:
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", (directory / "temporal_writer_token").read_text())


async def test_processes_may_use_their_namespace(guarded_server: str, directory: Path) -> None:
    await _list(await _client(guarded_server, directory, "temporal_writer_token"))


async def test_processes_may_not_look_into_another_namespace(guarded_server: str, directory: Path) -> None:
    client = await _client(guarded_server, directory, "temporal_writer_token")

    with pytest.raises(RPCError) as refusal:
        await _list(client, "temporal-system")

    assert refusal.value.status == RPCStatusCode.PERMISSION_DENIED


async def test_nobody_gets_in_without_a_token_or_with_one_of_another_key(
    guarded_server: str, directory: Path, tmp_path: Path
) -> None:
    make_missing(tmp_path)

    for foreign in (None, "temporal_writer_token"):
        with pytest.raises((RPCError, RuntimeError), match=r"(?i)unauthorized|permission"):
            await _list(await _client(guarded_server, tmp_path, foreign))
