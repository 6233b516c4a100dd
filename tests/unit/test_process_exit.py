"""How processes end: with the exit code of their work, everything written, never by a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kim.local.server import PROBE_NAMESPACE

ROOT = Path(__file__).parents[2]

PROGRAM = """
import asyncio, sys
from process_exit import run_and_exit

async def main() -> int:
    sys.stdout.write("gesagt")
    {body}

run_and_exit(main)
"""

WORKER = """
    from datetime import timedelta
    from temporalio import activity
    from temporalio.client import Client
    from temporalio.worker import Worker

    @activity.defn(name="nothing")
    async def nothing() -> None: ...

    client = await Client.connect(sys.argv[1], namespace=sys.argv[2])
    async with Worker(client, task_queue="exit", activities=[nothing]):
        pass
    return 0
"""


def _run(body: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = PROGRAM.format(body=body)
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 0", 0),
        ("return 3", 3),
        ("sys.exit(4)", 4),
        ("sys.exit('Text')", 1),
        ("raise RuntimeError('kaputt')", 1),
        ("raise KeyboardInterrupt", 128 + signal.SIGINT),
    ],
)
def test_the_exit_code_is_that_of_the_work_and_output_is_not_lost(body: str, expected: int) -> None:
    done = _run(body)

    assert done.returncode == expected
    assert done.stdout == "gesagt"


def test_an_unexpected_exception_is_reported() -> None:
    assert "RuntimeError: kaputt" in _run("raise RuntimeError('kaputt')").stderr


def test_a_process_with_a_worker_ends_with_zero_every_time(temporal_server: str) -> None:
    """An ordinary exit crashes in about one run of ten."""
    codes = [_run(WORKER, temporal_server, PROBE_NAMESPACE).returncode for _ in range(8)]

    assert codes == [0] * 8
