"""Logs, the metrics of the Temporal SDK, and the health page of processes that have no API.

No text of an exception reaches a log: it may hold what a person wrote. Its type and place are enough to find it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import httpx2
import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

if TYPE_CHECKING:
    from settings import Settings

_FRAMES: Final = 12
_SDK_SECONDS: Final = 2.0
_TALKATIVE: Final = ("aiosqlite", "httpx2", "httpcore2", "mail.log")
"""Libraries that log what passes through them (values of statements, addresses, mails): warnings only, at any level."""

Checks = Callable[[], Awaitable[Mapping[str, bool]]]
"""Answers which part of a process is ready: name of the part -> yes or no."""


def configure_logging(settings: Settings) -> None:
    """Sends structlog and the standard library through one formatter: JSON in production, columns on a desk."""
    final: Processor = (
        structlog.processors.JSONRenderer()
        if settings.mode == "production"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_exception_text,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, final],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # Addresses in an access log are links of agencies; the metrics count requests by route instead.
    logging.getLogger("uvicorn.access").disabled = True
    for talkative in _TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def without_exception_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replaces an exception by its types and places, causes included; the texts stay out."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    if info and error is not None:
        event["error"] = [f"{type(link).__name__} at {_place(link)}" for link in _chain(error)]
    return event


def sdk_runtime(port: int) -> Runtime:
    """The runtime of the Temporal SDK with its metrics on `127.0.0.1:port`. One a process."""
    exporter = PrometheusConfig(
        bind_address=f"127.0.0.1:{port}", durations_as_seconds=True, counters_total_suffix=True, unit_suffix=True
    )
    return Runtime(telemetry=TelemetryConfig(metrics=exporter))


async def metrics_text(sdk_address: str) -> str:
    """The measures of this process and of its Temporal SDK (`host:port` of its exporter) in one Prometheus text."""
    own = generate_latest().decode()
    try:
        async with httpx2.AsyncClient(timeout=_SDK_SECONDS, trust_env=False) as client:
            answer = await client.get(f"http://{sdk_address}/metrics")
            answer.raise_for_status()
    except httpx2.HTTPError:
        return own
    return own + answer.text


@contextlib.asynccontextmanager
async def health_pages(host: str, port: int, checks: Checks, sdk_address: str) -> AsyncIterator[None]:
    """Serves `/health`, `/ready` (503 unless every check says yes) and `/metrics` while the block runs."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        parts = await checks()
        return JSONResponse(dict(parts), status_code=200 if all(parts.values()) else 503)

    async def metrics(_: Request) -> Response:
        return Response(await metrics_text(sdk_address), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/health", health), Route("/ready", ready), Route("/metrics", metrics)]
    server = _GuestServer(uvicorn.Config(Starlette(routes=routes), host=host, port=port, log_config=None))
    async with _serving(server):
        yield


class _GuestServer(uvicorn.Server):
    """A server inside a process that has its own answer to SIGTERM."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when the port answers."""
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield


@contextlib.asynccontextmanager
async def _serving(server: _GuestServer) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve())
    try:
        await server.listening.wait()
        yield
    finally:
        server.should_exit = True
        await task


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames)) or "unknown"
