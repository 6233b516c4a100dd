"""The command `kim model preview`: what it says about a new law, on scenarios and on records; it only reads."""

from __future__ import annotations

import asyncio
import base64
import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kim.main import app
from kim.model import comparing, preview
from process_models.catalogue import SHIPPED, load_files
from settings import load_settings
from store.database import Database, upgrade
from store.facts import add_facts
from store.model_versions import draft_version
from store.paths import NewPath, create_path, end_path, erase_path_person
from store.sealing import Keyring
from store.tables import Path as PathRow
from store.tenants import create_tenant
from tests.model_bundles import SETTLEMENT, as_draft, changed
from tests.unit.recognised import IN_CARE, SGB_II, fact

KEY = b"k" * 32
KEYRING = Keyring({"k1": KEY}, "k1")
NEUSS, MUENSTER = "rhein-kreis-neuss", "muenster"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LONGER_WAIT = ("valid_from: 2024-06-27, years: 5", "valid_from: 2024-06-27, years: 6")
TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2190, 4, 19))
SETTLED = (*IN_CARE, SGB_II, TITLE)
Law = Callable[..., Path]


@pytest.fixture
def law(tmp_path: Path) -> Law:
    """Writes a new law of one file: the shipped one with some words replaced."""

    def written(file: str, *changes: tuple[str, str]) -> Path:
        target = tmp_path / "new" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(changed(file, *changes)[file])
        return tmp_path / "new"

    return written


@pytest.fixture
def few_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name in ("path-a", "muenster-declines", "consent-refused"):
        shutil.copy(preview.SCENARIOS / f"{name}.yaml", folder)
    monkeypatch.setattr(preview, "SCENARIOS", folder)


def run(*options: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["model", "preview", *map(str, options)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def as_json(*options: str | Path) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(*options, "--json")
    return code, json.loads(out)


# ---------------------------------------------------------------- scenarios


@pytest.mark.usefixtures("few_scenarios")
def test_the_law_that_is_there_already_changes_nothing(law: Law) -> None:
    code, told = as_json("--law", law(SETTLEMENT), "--paths", "scenarios")
    assert (code, told["paths"], told["changed"], told["rules"]) == (0, 3, 0, [])
    assert told["before"] == [told["after"]]


@pytest.mark.usefixtures("few_scenarios")
def test_a_longer_wait_is_told_path_by_path_with_its_dates(law: Law, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    new = law(SETTLEMENT, LONGER_WAIT)
    code, told = as_json("--law", new, "--paths", "scenarios", "--out", listed)
    assert code == preview.NEEDS_PERSON
    assert [(rule["code"], rule["change"], rule["days"]) for rule in told["rules"]] == [
        ("NA1", "changed", ["2024-06-27"])
    ]
    assert told["kinds"]["forecast_moves"]["paths"] == told["reasons"]["forecast_later"] > 0
    with listed.open(encoding="utf-8") as file:
        moved = [row for row in csv.DictReader(file) if row["path"] == "path-a-recognised-refugee"]
    assert ("2026-05-11", "2027-05-11") in {(row["before"], row["after"]) for row in moved}
    assert {row["reason"] for row in moved if row["kind"] == "forecast_moves"} == {"forecast_later"}


@pytest.mark.usefixtures("few_scenarios")
def test_people_read_german_sentences(law: Law) -> None:
    code, out, err = run("--law", law(SETTLEMENT, LONGER_WAIT), "--paths", "scenarios")
    assert (code, err) == (preview.NEEDS_PERSON, "")
    assert "NA1 Einbürgerung nach fünf Jahren (geändert, Stichtage 2024-06-27)" in out
    assert "3 Wege geprüft: 2 ändern sich, 2 brauchen eine Person" in out
    assert "Aussicht verschiebt sich:" in out
    assert "Einbürgerung (NA1): 2 Wege, meist +365 Tage" in out
    assert "braucht eine Person, eine Aussicht rückt weiter weg: 2 Wege" in out
    assert "path-a-recognised-refugee: eine Aussicht rückt weiter weg" in out


@pytest.mark.usefixtures("few_scenarios")
def test_only_the_paths_of_one_municipality_are_looked_at(law: Law) -> None:
    new = law(SETTLEMENT, LONGER_WAIT)
    _, told = as_json("--law", new, "--paths", "scenarios", "--municipality", MUENSTER)
    assert told["paths"] == 1


@pytest.mark.usefixtures("few_scenarios")
def test_a_path_that_the_new_law_cannot_plan_is_the_first_to_look_at(law: Law, tmp_path: Path) -> None:
    new = law("law/constants.yaml", ("code: benefits.derived", "code: benefits.derived_no_more"))
    code, told = as_json("--law", new, "--paths", "scenarios", "--out", tmp_path / "list.json")
    assert (code, told["reasons"]) == (preview.NEEDS_PERSON, {"cannot_plan": 3})
    listed = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert {change["failure"] for change in listed["changes"]} == {"KeyError"}


# ---------------------------------------------------------------- wrong input


def test_a_directory_without_a_model_is_refused(tmp_path: Path) -> None:
    code, out, err = run("--law", tmp_path, "--paths", "scenarios")
    assert (code, out) == (preview.WRONG_INPUT, "")
    assert "hier liegt kein Modell" in err
    assert "Erlaubt: ein Verzeichnis mit law/ oder municipalities/" in err


def test_a_law_that_does_not_validate_is_refused_with_every_finding(law: Law) -> None:
    new = law(SETTLEMENT, ("years: 5", "yeers: 5"))
    code, _, err = run("--law", new, "--paths", "scenarios")
    assert code == preview.WRONG_INPUT
    assert err.count("unbekannter Schlüssel 'yeers'") > 1
    assert f"{SETTLEMENT}:8" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--municipality", "koeln"), "keine Konfiguration"),
        (("--on", "30.10.2025"), "JJJJ-MM-TT"),
        (("--out", "liste.xls"), "Erlaubt: .csv, .json"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_compared(law: Law, options: tuple[str, str], said: str) -> None:
    code, out, err = run("--law", law(SETTLEMENT), "--paths", "scenarios", *options)
    assert (code, out) == (preview.WRONG_INPUT, "")
    assert said in err


# ---------------------------------------------------------------- records


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records with a settled path in Neuss and one in Münster, an ended one, an erased one and a simulated one."""
    file = tmp_path / "kim.db"
    url = f"sqlite+aiosqlite:///{file}"
    upgrade(url)
    monkeypatch.setenv("KIM_DATABASE_URL", url)
    monkeypatch.setenv("KIM_MASTER_KEY", base64.b64encode(KEY).decode())
    asyncio.run(_fill(url))
    return file


async def _fill(url: str) -> None:
    database = Database(url, KEYRING)
    async with database.transaction() as session:
        for tenant, simulated in ((NEUSS, False), (MUENSTER, False), ("run-1", True)):
            municipality = NEUSS if simulated else tenant
            await create_tenant(session, tenant, municipality, simulated=simulated, now=NOW)
    for tenant, place in ((NEUSS, "meerbusch"), (MUENSTER, "muenster"), ("run-1", "meerbusch")):
        await _path(database, tenant, place)
    ended = await _path(database, NEUSS, "kaarst")
    erased = await _path(database, NEUSS, "kaarst")
    async with database.transaction() as session:
        await end_path(session, ended.id, NOW)
        await erase_path_person(session, erased, NOW)
    await database.close()


async def _path(database: Database, tenant: str, place: str) -> PathRow:
    municipality = MUENSTER if tenant == MUENSTER else NEUSS
    new = NewPath(tenant, municipality, place, date(1994, 3, 12), "SY", name="Zarathustra Beispielsdottir")
    async with database.transaction() as session:
        path = await create_path(session, KEYRING, new, NOW)
        await add_facts(session, KEYRING, path, SETTLED, "me", NOW)
    return path


def _dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def _neuss(file: Path, column: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        query = f"SELECT {column} FROM path WHERE tenant_id = ? AND state = 'open' AND place = 'meerbusch'"
        return str(connection.execute(query, (NEUSS,)).fetchone()[0])


def test_the_running_paths_of_the_records_are_compared(records: Path, law: Law, tmp_path: Path) -> None:
    listed = tmp_path / "list.json"
    code, told = as_json("--law", law(SETTLEMENT, LONGER_WAIT), "--paths", "DB", "--on", "2026-11-23", "--out", listed)
    assert code == preview.NEEDS_PERSON
    assert (told["paths"], told["changed"], told["days"]) == (2, 2, ["2026-11-23"])
    assert {"path": _neuss(records, "case_number"), "reasons": ["forecast_later"]} in told["people"]
    moved = json.loads(listed.read_text(encoding="utf-8"))["changes"]
    assert {(row["before"], row["after"]) for row in moved if row["code"] == "naturalisation"} == {
        ("2026-05-11", "2027-05-11")
    }


def test_a_preview_writes_nothing_and_names_nobody(records: Path, law: Law, tmp_path: Path) -> None:
    before, listed = _dump(records), tmp_path / "list.csv"
    _, out, err = run("--law", law(SETTLEMENT, LONGER_WAIT), "--paths", "db", "--out", listed)
    assert _dump(records) == before
    assert "Zarathustra" not in out + err + listed.read_text(encoding="utf-8")


@pytest.mark.usefixtures("records")
def test_one_municipality_of_the_records(law: Law) -> None:
    _, told = as_json("--law", law(SETTLEMENT, LONGER_WAIT), "--paths", "DB", "--municipality", MUENSTER)
    assert told["paths"] == 1


@pytest.mark.usefixtures("records")
def test_a_law_that_begins_later_is_looked_at_on_its_first_day(law: Law) -> None:
    first = datetime.now(UTC).date() + timedelta(days=40)
    line = next(row for row in _shipped_lines() if "code: NA1" in row and LONGER_WAIT[0] in row)
    now = line.replace("years: 5", f"valid_to: {first - timedelta(days=1)}, years: 5")
    then = line.replace("valid_from: 2024-06-27, years: 5", f"valid_from: {first}, years: 6")
    code, told = as_json("--law", law(SETTLEMENT, (line, now + then)), "--paths", "DB")
    assert (code, told["days"][1:]) == (preview.NEEDS_PERSON, [first.isoformat()])
    assert (told["changed"], told["reasons"]) == (2, {"forecast_later": 2})


def _shipped_lines() -> list[str]:
    return (SHIPPED / SETTLEMENT).read_text(encoding="utf-8").splitlines(keepends=True)


def test_a_path_with_rules_of_its_own_is_compared_with_those(records: Path, law: Law) -> None:
    files = changed(SETTLEMENT, LONGER_WAIT)
    asyncio.run(_own_version(files, _neuss(records, "id")))
    code, told = as_json("--law", law(SETTLEMENT, LONGER_WAIT), "--paths", "DB", "--municipality", NEUSS)
    assert (code, told["paths"], told["changed"]) == (0, 1, 0)
    assert load_files(files).version in told["before"]
    assert load_files(files).version == told["after"]


async def _own_version(files: dict[str, bytes], path_id: str) -> None:
    database = Database(load_settings().database_url, KEYRING)
    async with database.transaction() as session:
        version = await draft_version(session, as_draft(NEUSS, files), NOW)
        path = await session.get(PathRow, path_id)
        assert path is not None
        path.model_version_id = version.id
    await database.close()


@pytest.mark.usefixtures("records")
def test_several_processes_find_the_same(law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    new = law(SETTLEMENT, LONGER_WAIT)
    paths, _ = asyncio.run(preview._open_paths(None))
    pages = [comparing.RecordPage((path,), (date(2026, 11, 23),)) for path in 4 * paths]
    alone = list(comparing.outcomes(pages, new, processes=1))
    assert list(comparing.outcomes(pages, new, processes=2)) == alone
    assert sum(outcome.paths for outcome in alone) == 8
    assert sum(len(outcome.previews) for outcome in alone) == 8
