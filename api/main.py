"""Composition root of the API: settings, records, rules and the way for news are put together here and nowhere else.

`app.create_app` takes the parts, so that tests and the local stack run the same application with their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import uvicorn
from fastapi import FastAPI
from temporalio.service import RetryConfig

from activities.news import NewsRelay, always
from api.app import create_app
from api.identity_provider import IdentityProvider
from api.services import ApiOptions
from notifications.mailer import Mailer
from process_exit import run_and_exit
from process_models.catalogue import load_catalogue
from settings import Settings, connect, load_settings
from store.database import Database
from telemetry import configure_logging, sdk_runtime

GRACE_SECONDS = 20
"""Requests in hand may finish for this long after SIGTERM; below the 30 s of docker-compose.yml."""

SETTLED_SECONDS = 120
"""After so long most pages have been opened once, and what the frameworks make at first use is there."""

CODE_PATIENCE_SECONDS = 3.0
"""For each answer of the mail server while somebody waits in front of a page."""

_RETRY = RetryConfig(max_elapsed_time_millis=500, max_retries=1)
"""A nudge that does not get through is repeated by the relay, not by the client of the SDK."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the composition root: SIGTERM ends it with exit code 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield


@contextlib.asynccontextmanager
async def composed(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application with everything that it needs, until the block is left."""
    database = Database(settings.database_url, settings.keyring())
    client = await connect(settings, runtime=sdk_runtime(settings.metrics_port), lazy=True, retry=_RETRY)

    news = NewsRelay(always(client), database)
    provider = settings.identity_provider()
    options = ApiOptions(
        sdk_metrics_url=f"http://127.0.0.1:{settings.metrics_port}/metrics",
        temporal_ui_url=f"{settings.temporal_ui_url.rstrip('/')}/namespaces/{settings.temporal_namespace}",
        background=news.run,
        public_url=settings.public_url.rstrip("/"),
        demo=settings.demo,
        identity_provider=IdentityProvider(provider) if provider else None,
        cookie_key=settings.cookie_key(),
        postbox=Mailer(replace(settings.smtp(), timeout=CODE_PATIENCE_SECONDS)),
    )
    try:
        yield create_app(database, load_catalogue(), news, options)
    finally:
        await database.close()


async def serve(settings: Settings) -> int:
    """Answers requests until SIGTERM or SIGINT; returns the exit code."""
    async with composed(settings) as app:
        settle()
        asyncio.get_running_loop().call_later(SETTLED_SECONDS, settle)
        config = uvicorn.Config(
            app,
            host=settings.api_host,
            port=settings.api_port,
            access_log=False,  # addresses hold link tokens
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = _Server(config)

        def stop() -> None:
            server.should_exit = True

        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop)
        await server.serve()
    return 0


def settle() -> None:
    """Takes what is there out of the collection of garbage: rules, words and routes live as long as the process, and
    walking through them would hold up every twentieth page for a tenth of a second."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """Entry point of the API process."""
    settings = load_settings()
    configure_logging(settings)
    run_and_exit(lambda: serve(settings))


if __name__ == "__main__":
    main()
