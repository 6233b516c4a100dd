"""`kim token`: the first key to the API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from kim import token
from store.access import find_token
from store.database import Database, upgrade
from store.sealing import Keyring
from store.tenants import get_tenant


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    monkeypatch.setenv("KIM_DATABASE_URL", url)
    return url


def _run(*options: str) -> tuple[int, str, str]:
    app = Typer()
    app.command()(token.command)
    result = CliRunner().invoke(app, list(options))
    return result.exit_code, result.stdout, result.stderr


def test_a_token_is_shown_once_and_bound_to_role_and_municipality(url: str) -> None:
    code, shown, _ = _run("--role", "case_manager", "--label", "Fallmanagement 1", "--tenant", "rhein-kreis-neuss")
    assert code == 0
    asserted = _look(url, shown.strip())
    assert asserted == ("case_manager", "rhein-kreis-neuss", "rhein-kreis-neuss")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--role", "chief", "--label", "x"), "case_manager"),
        (("--role", "admin", "--label", "x", "--tenant", "rhein-kreis-neuss"), "Mandanten"),
        (("--role", "body", "--label", "x"), "--tenant"),
        (("--role", "body", "--label", "x", "--tenant", "entenhausen"), "rhein-kreis-neuss"),
    ],
)
def test_options_that_do_not_fit_end_with_two_and_say_what_does(url: str, options: tuple[str, ...], named: str) -> None:
    code, shown, told = _run(*options)
    assert (code, shown) == (2, "")
    assert named in told


def _look(url: str, raw: str) -> tuple[str, str | None, str]:
    async def look() -> tuple[str, str | None, str]:
        database = Database(url, Keyring({"k1": bytes(32)}, "k1"))
        async with database.reading() as session:
            found = await find_token(session, raw, datetime.now(UTC))
            assert found is not None
            tenant = await get_tenant(session, found.tenant_id or "")
        await database.close()
        return found.role, found.tenant_id, tenant.municipality

    return asyncio.run(look())
