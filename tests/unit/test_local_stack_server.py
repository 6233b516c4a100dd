"""The local Temporal server: found, started, checked, killed and continued."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.worker import Worker

from kim.local import binaries, ports
from kim.local.binaries import Program
from kim.local.errors import NoTemporalServer
from kim.local.namespace import can_skip_time, prepare_namespace
from kim.local.server import PROBE_NAMESPACE, RunningServer, start_server
from process_models.names import SEARCH_ATTRIBUTES


@workflow.defn(name="counts-to-two", sandboxed=False)
class CountsToTwo:
    """Waits for two signals."""

    def __init__(self) -> None:
        self.count = 0

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self.count >= 2)
        return self.count

    @workflow.signal
    def step(self) -> None:
        self.count += 1


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any way to a server."""
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    monkeypatch.setattr(binaries, "server_programs", lambda: iter(()))


@pytest.fixture
def broken_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose only server ends at once."""
    program = tmp_path / "server"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    monkeypatch.setattr(binaries, "server_programs", lambda: iter([Program("server", program, "kaputter Server")]))
    return program


async def test_the_server_of_the_tests_can_skip_time(temporal_server: str) -> None:
    assert await can_skip_time(temporal_server, PROBE_NAMESPACE)


async def test_preparing_a_namespace_twice_leaves_every_search_attribute_once(temporal_server: str) -> None:
    namespace = f"twice-{uuid.uuid4().hex[:8]}"

    await prepare_namespace(temporal_server, namespace)
    await prepare_namespace(temporal_server, namespace)

    client = await Client.connect(temporal_server)
    request = ListSearchAttributesRequest(namespace=namespace)
    known = (await client.operator_service.list_search_attributes(request)).custom_attributes
    assert set(SEARCH_ATTRIBUTES) == set(known)


async def test_a_killed_server_continues_its_workflows_when_it_starts_again(tmp_path: Path) -> None:
    server = start_server(tmp_path, in_memory=False)
    port = int(server.address.rpartition(":")[2])
    await prepare_namespace(server.address, "kim")
    client = await Client.connect(server.address, namespace="kim")
    async with Worker(client, task_queue="counting", workflows=[CountsToTwo]):
        handle = await client.start_workflow(CountsToTwo.run, id="counting", task_queue="counting")
        await handle.signal(CountsToTwo.step)
        server.kill()

        server = start_server(tmp_path, in_memory=False, port=port)
        await handle.signal(CountsToTwo.step)
        result = await handle.result(rpc_timeout=timedelta(seconds=30))
    server.stop()

    assert result == 2


def test_a_machine_without_any_server_is_told_the_four_ways(no_program: None, tmp_path: Path) -> None:
    with pytest.raises(NoTemporalServer) as refusal:
        start_server(tmp_path, in_memory=True)

    for way in ("TEMPORAL_ADDRESS", "temporal-CLI", "Python-SDK", "Go"):
        assert way in refusal.value.detail


def test_a_server_that_does_not_start_is_named_with_its_log(broken_program: Path, tmp_path: Path) -> None:
    with pytest.raises(NoTemporalServer) as refusal:
        start_server(tmp_path / "data", in_memory=True)

    assert "kaputter Server" in refusal.value.detail
    assert "temporal-server.log" in refusal.value.detail


def test_an_address_in_the_environment_is_used_and_its_server_never_stopped(
    temporal_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server)

    server = start_server(tmp_path, in_memory=True)
    server.stop()

    assert server == RunningServer(temporal_server, None, "TEMPORAL_ADDRESS")
    assert ports.wait_for_port(temporal_server, lambda: True, 5)
    assert not list(tmp_path.iterdir())


def test_a_built_server_is_kept_in_the_cache_directory_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    kept = tmp_path / "kim-lotse" / "bin" / f"temporal-server-{binaries.SERVER_VERSION}"
    kept.parent.mkdir(parents=True)
    kept.touch()

    assert [program.path for program in binaries.server_programs()] == [kept]
    assert binaries.build_server() == kept


def test_free_ports_differ_and_fit_the_column_of_the_server() -> None:
    found = ports.free_ports(8)

    assert len(set(found)) == 8
    assert all(port < 32_768 and ports.is_free(port) for port in found)
