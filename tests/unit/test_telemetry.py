"""Logs without personal data, metrics of the SDK, health pages."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr

import httpx2
import pytest
import structlog
from prometheus_client import Counter

from kim.local import ports
from settings import Settings
from telemetry import configure_logging, health_pages, metrics_text

CANARY = "Amira-Musterfrau-4711"

_measured = Counter("kim_test_telemetry", "A measure of this test.")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged in production form; the configuration of the test run comes back afterwards."""
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    written = io.StringIO()
    with redirect_stderr(written):
        configure_logging(Settings.model_construct(mode="production", log_level="info"))
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**structured)


def _fail() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as cause:
        raise RuntimeError(f"beim Speichern von {CANARY}") from cause


@pytest.mark.parametrize("logger", [structlog.get_logger("kim.test"), logging.getLogger("temporalio.worker")])
def test_an_exception_is_logged_by_type_and_place_and_without_its_text(
    log: io.StringIO, logger: logging.Logger
) -> None:
    try:
        _fail()
    except RuntimeError:
        logger.exception("activity failed")

    line = json.loads(log.getvalue())
    assert CANARY not in log.getvalue()
    assert line["event"] == "activity failed"
    assert line["error"][0].startswith("RuntimeError at test_telemetry.py:")
    assert line["error"][1].startswith("ValueError at test_telemetry.py:")


def test_messages_of_the_standard_library_get_their_arguments(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("listening on %s", 8000)

    assert json.loads(log.getvalue())["event"] == "listening on 8000"


def test_the_access_log_that_would_hold_links_of_agencies_is_off(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info("GET /tasks/%s", CANARY)

    assert log.getvalue() == ""


async def _no_temporal() -> Mapping[str, bool]:
    return {"database": True, "temporal": False}


async def test_health_pages_answer_while_the_process_works_and_say_what_is_missing() -> None:
    port, sdk = ports.free_ports(2)
    async with (
        health_pages("127.0.0.1", port, _no_temporal, f"127.0.0.1:{sdk}"),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        health, ready, metrics = [await client.get(path) for path in ("/health", "/ready", "/metrics")]

    assert health.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"database": True, "temporal": False}
    assert "kim_test_telemetry_total" in metrics.text


async def test_metrics_of_the_process_are_there_even_while_those_of_the_sdk_are_not() -> None:
    text = await metrics_text(f"127.0.0.1:{ports.free_ports(1)[0]}")

    assert "kim_test_telemetry_total 0.0" in text
