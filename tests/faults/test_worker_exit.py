"""The worker process, started and ended as a supervisor does it, many times."""

from __future__ import annotations

import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kim.local import ports
from kim.local.namespace import prepare_namespace
from kim.local.processes import ManagedProcess
from store.database import upgrade

STARTS = 20
SIDE_BY_SIDE = 4


def _start_and_end(environment: dict[str, str], log_file: Path) -> int | None:
    health, metrics = ports.free_ports(2)
    own = {"KIM_WORKER_HEALTH_PORT": str(health), "KIM_WORKER_METRICS_PORT": str(metrics)}
    worker = ManagedProcess("Arbeiter", [sys.executable, "-m", "worker"], health, log_file, environment | own)
    worker.start()
    worker.wait_until_ready()
    return worker.stop()


async def test_twenty_workers_end_with_zero_after_sigterm(temporal_server: str, tmp_path: Path) -> None:
    """Without the exit helper about one in ten would be ended by a crash of the interpreter."""
    namespace = f"exit-{uuid.uuid4().hex[:8]}"
    await prepare_namespace(temporal_server, namespace, retention_days=1)
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    environment = {
        "KIM_DATABASE_URL": url,
        "KIM_TEMPORAL_ADDRESS": temporal_server,
        "KIM_TEMPORAL_NAMESPACE": namespace,
    }

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        logs = [tmp_path / f"worker-{number}.log" for number in range(STARTS)]
        codes = list(pool.map(lambda log: _start_and_end(environment, log), logs))

    assert codes == [0] * STARTS
