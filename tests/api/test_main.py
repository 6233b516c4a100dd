"""The API as a process: starts without Temporal, answers, and ends with exit code 0."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from pathlib import Path

import httpx2

from api.main import settle
from store.database import upgrade

_TRIES = 200


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def _until_ready(address: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, transport=httpx2.AsyncHTTPTransport(retries=_TRIES)) as client:
        return await client.get(address, timeout=30)


async def test_the_process_serves_without_temporal_and_ends_by_sigterm_with_zero(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    await asyncio.to_thread(upgrade, url)
    port, metrics, nobody = _free_port(), _free_port(), _free_port()
    environment = os.environ | {
        "KIM_DATABASE_URL": url,
        "KIM_API_PORT": str(port),
        "KIM_METRICS_PORT": str(metrics),
        "KIM_TEMPORAL_ADDRESS": f"127.0.0.1:{nobody}",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.main", env=environment, stderr=asyncio.subprocess.PIPE
    )
    ready = await _until_ready(f"http://127.0.0.1:{port}/readyz")
    assert ready.json() == {"status": "degraded", "database": "ok", "temporal": "away"}
    text = (await _until_ready(f"http://127.0.0.1:{port}/metrics")).text
    assert "kim_sdk_metrics_up 1.0" in text
    await _until_ready(f"http://127.0.0.1:{port}/l/token-that-nobody-may-read")
    process.send_signal(signal.SIGTERM)
    _, logged = await process.communicate()
    assert process.returncode == 0
    assert b"token-that-nobody-may-read" not in logged


def test_what_lives_as_long_as_the_process_is_not_walked_through_again() -> None:
    kept = [{"rule": number} for number in range(1_000)]
    try:
        settle()
        assert gc.get_freeze_count() > len(kept)
        assert not {id(one) for one in kept} & {id(one) for one in gc.get_objects()}
    finally:
        gc.unfreeze()
