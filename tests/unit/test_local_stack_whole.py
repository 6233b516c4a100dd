"""The whole local stack as a person starts it: every part answers, every part ends in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from kim.local import ports
from kim.local.command import app
from kim.local.doctor import examine
from kim.local.stack import LocalStack
from settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """A running stack."""
    running = LocalStack(tmp_path_factory.mktemp("stack"), usual_ports=False)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """A client that uses no proxy."""
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
        yield client


async def test_every_part_answers(stack: LocalStack, http: httpx2.AsyncClient) -> None:
    found = stack.addresses
    pages = [f"{found.api}/readyz", f"{found.worker_health}/ready", found.mail_page, found.temporal_ui]

    assert [(await http.get(page)).status_code for page in pages] == [200] * len(pages)
    assert stack.ended() == []


async def test_the_worker_shows_the_metrics_of_the_temporal_sdk(stack: LocalStack, http: httpx2.AsyncClient) -> None:
    assert "temporal_" in (await http.get(f"{stack.addresses.worker_health}/metrics")).text


async def test_the_temporal_page_asks_nobody_for_news(stack: LocalStack, http: httpx2.AsyncClient) -> None:
    settings = (await http.get(f"{stack.addresses.temporal_ui}/api/v1/settings")).json()

    assert settings["DisableNewsFetch"] is True
    assert settings["DisableWriteActions"] is True


async def test_the_doctor_finds_nothing_wrong_with_a_running_stack(stack: LocalStack) -> None:
    address, found = stack.addresses.smtp.rpartition(":"), stack.addresses
    settings = Settings(
        database_url=found.database_url,
        temporal_address=found.temporal,
        smtp_host=address[0],
        smtp_port=int(address[2]),
    )

    assert [finding for finding in await examine(settings) if not finding.good] == []


async def test_a_restarted_worker_is_ready_again_and_had_ended_with_zero(
    stack: LocalStack, http: httpx2.AsyncClient
) -> None:
    worker = stack.processes["worker"]
    before = worker.pid

    code = worker.stop()
    await stack.restart("worker")

    assert code == 0
    assert worker.pid not in (None, before)
    assert (await http.get(f"{stack.addresses.worker_health}/ready")).status_code == 200


def test_the_doctor_names_what_is_away_and_ends_with_one(tmp_path: Path) -> None:
    free = ports.free_ports(2)
    environment = {
        "KIM_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}",
        "KIM_TEMPORAL_ADDRESS": f"127.0.0.1:{free[0]}",
        "KIM_SMTP_PORT": str(free[1]),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from kim.local.command import app; app()", "doctor"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"Temporal: 127.0.0.1:{free[0]} antwortet nicht" in done.stdout
    assert "Problem Mailserver" in done.stdout


def test_settings_that_are_refused_end_a_command_with_two_and_a_german_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from kim.local.command import app; app()", "upgrade"],
        cwd=ROOT,
        env={**os.environ, "KIM_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "KIM_DATABASE_URL muss auf PostgreSQL zeigen" in done.stderr
    assert "Traceback" not in done.stderr


def test_making_secrets_lists_what_was_made_and_what_is_handwork(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["secrets", str(tmp_path / "secrets")])

    assert shown.exit_code == 0
    assert (tmp_path / "secrets" / "kim_master_key").exists()
    assert "von Hand anlegen" in shown.stdout
