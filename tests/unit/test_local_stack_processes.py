"""Child processes of the local stack: awaited, explained when they fail, ended one by one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kim.local import healthcheck, ports
from kim.local.errors import LocalStackError
from kim.local.processes import ManagedProcess
from kim.local.stack import LocalStack

SERVE = "import sys, http.server; http.server.HTTPServer(('127.0.0.1', {port}), http.server.{handler}).serve_forever()"
FAIL = "import sys; sys.exit('kein Anschluss')"

Make = Callable[..., ManagedProcess]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes small programs and ends those that are left."""
    made: list[ManagedProcess] = []

    def one(code: str = SERVE, handler: str = "SimpleHTTPRequestHandler") -> ManagedProcess:
        port = ports.free_ports(1)[0]
        command = [sys.executable, "-c", code.format(port=port, handler=handler)]
        made.append(ManagedProcess("Prüfling", command, port, tmp_path / "logs" / "program.log"))
        return made[-1]

    yield one
    for process in made:
        process.kill()


def test_a_process_is_ready_when_its_port_answers_and_ends_when_asked(make: Make) -> None:
    process = make()

    process.start()
    process.wait_until_ready()
    pid = process.pid
    code = process.stop()

    assert pid is not None
    assert code == -signal.SIGTERM
    assert not process.running
    assert process.pid is None


def test_stopping_ends_one_process_and_leaves_its_neighbour_alone(make: Make) -> None:
    first, second = make(), make()
    for process in (first, second):
        process.start()
        process.wait_until_ready()

    first.stop()

    assert second.running


def test_a_process_that_fails_shows_the_end_of_its_log(make: Make) -> None:
    process = make(FAIL)
    process.start()

    with pytest.raises(LocalStackError) as refusal:
        process.wait_until_ready()

    assert "kein Anschluss" in refusal.value.detail
    assert "endete mit 1" in refusal.value.detail
    assert "program.log" in refusal.value.detail


def test_the_health_check_says_by_its_exit_code_whether_a_page_answers(make: Make) -> None:
    good, refusing = make(), make(handler="BaseHTTPRequestHandler")
    for process in (good, refusing):
        process.start()
        process.wait_until_ready()

    assert healthcheck.main(f"http://127.0.0.1:{good.port}/") == 0
    assert healthcheck.main(f"http://127.0.0.1:{refusing.port}/") == 1
    assert healthcheck.main(f"http://127.0.0.1:{ports.free_ports(1)[0]}/") == 1


async def test_a_second_stack_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    first, second = LocalStack(tmp_path), LocalStack(tmp_path)
    first.claim()

    with pytest.raises(LocalStackError, match="läuft schon"):
        await second.start()
    await first.stop()
    second.claim()
    await second.stop()


async def test_a_fresh_stack_forgets_the_old_one(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, fresh=True)
    old = stack.directory / "kim.db"
    old.parent.mkdir(parents=True)
    old.touch()

    stack.claim()
    await stack.stop()

    assert not old.exists()
    assert stack.directory.is_dir()
