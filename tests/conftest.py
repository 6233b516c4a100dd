"""What every test may use: one Temporal server for the session, with a namespace of its own.

Tests start workers themselves, on a task queue of their own.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from kim.local.server import prepare_namespace, start_server
from tests.postgres import postgres

__all__ = ["postgres"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """For `make without-javascript`; stands here, where pytest looks for options whatever is run."""
    told = "every guest of the pages has JavaScript switched off"
    parser.addoption("--without-javascript", action="store_true", help=told)


@pytest.fixture(scope="session")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Temporal server whose clock can be moved. None to be had is an error, never a skip."""
    server = start_server(tmp_path_factory.mktemp("temporal"), in_memory=True)
    yield server.address
    server.kill()  # nothing to keep in memory


@pytest.fixture(scope="session")
async def temporal_client(temporal_server: str) -> AsyncIterator[Client]:
    """A client in a namespace of this session, with search attributes registered."""
    namespace = f"test-{uuid.uuid4().hex[:12]}"
    await prepare_namespace(temporal_server, namespace, retention_days=1)
    yield await Client.connect(temporal_server, namespace=namespace, data_converter=pydantic_data_converter)
    # The SDK's threads must be idle before the interpreter ends, or it crashes in about one run of ten.
    await asyncio.sleep(0.5)
