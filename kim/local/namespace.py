"""What a Temporal namespace needs before the first path: the namespace itself, search attributes, a working clock.

Everything here may run again at any time; what exists is left as it is.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from process_models.names import SEARCH_ATTRIBUTES, SearchAttributeType

RETENTION_DAYS: Final = 90
"""Closed runs stay readable in the Temporal UI this long; the file itself lies in the records."""

READY_SECONDS: Final = 30.0
_PROBE_SECONDS: Final = 10.0
_TYPES: Final[dict[SearchAttributeType, IndexedValueType.ValueType]] = {
    "keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "keyword_list": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


async def connect(address: str, *, namespace: str = "default", patience_seconds: float = READY_SECONDS) -> Client:
    """A client of a server without authorizer that may still be starting. Errors: RuntimeError as `patiently`."""
    return await patiently(lambda: Client.connect(address, namespace=namespace), patience_seconds)


async def patiently(connecting: Callable[[], Awaitable[Client]], patience_seconds: float = READY_SECONDS) -> Client:
    """Connects again and again until the server answers: its port is open before it is ready.

    Errors: RuntimeError, the SDK's way to say that the server did not answer in time.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience_seconds
    while True:
        try:
            return await connecting()
        except RuntimeError:
            if loop.time() > until:
                raise
            await asyncio.sleep(0.05)


async def prepare_namespace(server: str | Client, namespace: str, *, retention_days: int = RETENTION_DAYS) -> None:
    """Registers the namespace and the missing search attributes and waits until both can be used.

    `server` is `host:port` or a connected client (of any namespace). A server with an authorizer wants the admin role.
    """
    client = server if isinstance(server, Client) else await connect(server)
    await _register(client, namespace, retention_days)
    async with asyncio.timeout(READY_SECONDS):
        # The parts of the server learn of a new namespace when their caches refresh, each at its own time.
        while not await _is_complete(client, namespace):  # noqa: ASYNC110  the server tells nobody
            await asyncio.sleep(0.05)


async def can_skip_time(address: str, namespace: str) -> bool:
    """Whether demo and tests can use this server: a start that is due in a year is reached at once.

    No worker is needed: the skipped wait lies before the first workflow task.
    """
    client = await connect(address, namespace=namespace)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=100))
    try:
        handle = await client.start_workflow(
            "time-skipping-probe",
            id=f"time-skipping-probe-{uuid.uuid4().hex}",
            task_queue="time-skipping-probe",
            start_delay=timedelta(days=365),
        )
        reached = await asyncio.wait_for(skipper.fast_forward(handle, timedelta(days=300)), _PROBE_SECONDS)
        await handle.terminate("probe")
    except (RPCError, TimeoutError):
        return False
    return reached


async def _register(client: Client, namespace: str, retention_days: int) -> None:
    request = RegisterNamespaceRequest(
        namespace=namespace,
        workflow_execution_retention_period=Duration(seconds=retention_days * 86_400),
        description="KIM-Lotse",
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def _is_complete(client: Client, namespace: str) -> bool:
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
        request = ListSearchAttributesRequest(namespace=namespace)
        known = (await client.operator_service.list_search_attributes(request)).custom_attributes
        missing = {name: _TYPES[kind] for name, kind in SEARCH_ATTRIBUTES.items() if name not in known}
        if not missing:
            return True
        addition = AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        await client.operator_service.add_search_attributes(addition)
    except RPCError as error:
        if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.UNAVAILABLE, RPCStatusCode.ALREADY_EXISTS):
            raise
    return False
