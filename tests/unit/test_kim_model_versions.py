"""`kim model draft`, `release`, `withdraw`, `list`: what lands in the records, and what is refused with what words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner, Result

from kim.model import app
from process_models.catalogue import load_files
from process_models.names import MODEL_RELEASE
from store.database import Database, upgrade
from store.model_tables import ModelBundle, ModelVersion
from store.sealing import Keyring
from store.tables import AuditEntry, Outbox
from tests.model_bundles import SETTLEMENT, before_the_reform, changed

TENANT = "rhein-kreis-neuss"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    monkeypatch.setenv("KIM_DATABASE_URL", url)
    return url


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A directory with a model whose only change is the law of naturalisation."""
    return written(tmp_path / "model", before_the_reform())


def written(directory: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return directory


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def drafted(model: Path, *more: str) -> str:
    result = run("draft", model, "--municipality", TENANT, *more)
    assert result.exit_code == 0, result.stderr
    return result.stdout.split()[1]


def records(url: str, ask: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    async def asked() -> Any:
        database = Database(url, Keyring({"k1": bytes(32)}, "k1"))
        async with database.transaction() as session:
            found = await ask(session)
        await database.close()
        return found

    return asyncio.run(asked())


def versions(url: str) -> list[ModelVersion]:
    async def ask(session: AsyncSession) -> list[ModelVersion]:
        return list(await session.scalars(select(ModelVersion).order_by(ModelVersion.turn)))

    found: list[ModelVersion] = records(url, ask)
    return found


def test_a_draft_lies_in_the_records_and_is_not_in_force(url: str, model: Path) -> None:
    version = drafted(model, "--label", "Recht vor der Reform", "--by", "Fachstelle")
    assert version == load_files(before_the_reform()).version
    [row] = versions(url)
    assert (row.version, row.state, row.label, row.prepared_by) == (
        version,
        "draft",
        "Recht vor der Reform",
        "Fachstelle",
    )
    assert f"{version}  {TENANT}  Entwurf  Recht vor der Reform" in run("list").stdout


def test_a_directory_with_the_changed_file_alone_is_the_same_version_as_the_whole_model(
    url: str, model: Path, tmp_path: Path
) -> None:
    part = {name: text for name, text in before_the_reform().items() if name in (SETTLEMENT, "law/edition.yaml")}
    assert drafted(written(tmp_path / "part", part)) == drafted(model)
    assert len(versions(url)) == 1


def test_a_model_with_mistakes_is_not_drafted_and_every_mistake_is_named(url: str, tmp_path: Path) -> None:
    broken = changed(SETTLEMENT, ("years: 8", "jears: 8"), ("spouse_of_german: true", "spouse: true"))
    result = run("draft", written(tmp_path / "broken", broken), "--municipality", TENANT)
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if "law/settlement.yaml:" in line]
    assert len(told) >= 2
    assert "'jears'" in result.stderr
    assert "erlaubt:" in result.stderr
    assert versions(url) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("draft", "{empty}", "--municipality", TENANT), "law/ oder municipalities/"),
        (("draft", "{model}", "--municipality", "entenhausen"), "rhein-kreis-neuss"),
        (("release", "2099.01-00000000", "--by", "A. Beispiel, Leitung"), "{version}"),
        (("release", "{version}", "--by", "A. Beispiel, Leitung", "--rate", "schnell"), "1/min bis"),
        (("release", "{version}", "--by", "A. Beispiel, Leitung", "--rate", "0"), "1/min bis"),
        (("withdraw", "{version}", "--by", "A. Beispiel, Leitung", "--reason", "x"), "nicht freigegeben"),
    ],
)
def test_what_cannot_be_is_refused_with_two_and_what_is_allowed(
    url: str, model: Path, tmp_path: Path, words: tuple[str, ...], named: str
) -> None:
    known = {"version": drafted(model), "model": str(model), "empty": str(tmp_path / "empty")}
    result = run(*(word.format(**known) for word in words))
    assert (result.exit_code, result.stdout) == (2, "")
    assert named.format(**known) in result.stderr
    assert [row.state for row in versions(url)] == ["draft"]


def test_a_release_is_written_down_and_its_workflow_hears_of_it(url: str, model: Path) -> None:
    version = drafted(model)
    result = run("release", version, "--by", "A. Beispiel, Leitung", "--rate", "120/min")
    assert result.exit_code == 0
    assert "höchstens 120 je Minute" in result.stdout
    [row] = versions(url)
    assert (row.state, row.released_by, row.rate_per_minute, row.turn) == ("released", "A. Beispiel, Leitung", 120, 1)
    [news] = records(url, lambda session: _all(session, Outbox))
    assert (news.workflow, news.tenant_id) == (MODEL_RELEASE, TENANT)
    assert news.workflow_id in result.stdout
    [entry] = records(url, lambda session: _all(session, AuditEntry))
    assert (entry.action, entry.subject) == ("model.released", f"{version}:{row.content_hash}")
    assert "in Kraft" in run("list").stdout
    assert "0 Wege folgen noch" in run("list", "--municipality", TENANT).stdout


def test_a_withdrawal_names_its_reason_and_leaves_the_shipped_rules_in_force(url: str, model: Path) -> None:
    version = drafted(model)
    run("release", version, "--by", "A. Beispiel, Leitung")
    result = run("withdraw", version, "--by", "B. Beispiel, Fachstelle", "--reason", "falsches Gesetz")
    assert result.exit_code == 0
    [row] = versions(url)
    assert (row.state, row.withdrawn_by, row.note) == ("withdrawn", "B. Beispiel, Fachstelle", "falsches Gesetz")
    assert "falsches Gesetz" in run("list").stdout


def test_files_that_were_changed_in_the_records_are_not_released(url: str, model: Path) -> None:
    version = drafted(model)

    async def forge(session: AsyncSession) -> None:
        files = {name: text.decode() for name, text in changed(SETTLEMENT, ("years: 8", "years: 1")).items()}
        await session.execute(update(ModelBundle).values(files=files))

    records(url, forge)
    result = run("release", version, "--by", "A. Beispiel, Leitung")
    assert result.exit_code == 2
    assert "nicht die, die geprüft wurden" in result.stderr
    assert [row.state for row in versions(url)] == ["draft"]


def test_before_an_update_of_the_product_the_list_tells_which_versions_it_cannot_read(url: str, model: Path) -> None:
    version = drafted(model)
    run("release", version, "--by", "A. Beispiel, Leitung")
    assert run("list", "--check").exit_code == 0

    async def forge(session: AsyncSession) -> None:
        await session.execute(update(ModelBundle).values(files={"law/x.yaml": "label: x"}))

    records(url, forge)
    result = run("list", "--check")
    assert result.exit_code == 2
    assert f"{version} ({TENANT}): Die Fassung des Modells wurde verändert" in result.stderr


def test_without_a_version_of_its_own_the_list_names_the_shipped_one(url: str) -> None:
    assert "es gilt die mitgelieferte" in run("list").stdout


async def _all(session: AsyncSession, table: type[Any]) -> list[Any]:
    return list(await session.scalars(select(table)))
