"""The command `kim simulate`: exit codes and the lines that others read."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from kim.main import app

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PATH_A = str(SCENARIOS / "path-a.yaml")


def test_a_scenario_that_holds_ends_with_zero_and_one_json_line() -> None:
    result = CliRunner().invoke(app, ["simulate", PATH_A, "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["scenario"], told["engine"], told["ok"]) == ("path-a-recognised-refugee", "rules", True)
    assert set(told["checks"][0]) == {"on", "key", "expected", "actual", "ok"}
    assert told["seconds"] >= 0
    dates = next(check for check in told["checks"] if check["key"] == "deadlines.F17")
    assert dates["expected"] == {"hard": "2022-05-25", "safe": "2022-05-11"}


def test_a_check_that_fails_ends_with_one_and_says_what_was_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(Path(PATH_A).read_text().replace("F12: 2025-04-19", "F12: 2025-04-22"))
    result = CliRunner().invoke(app, ["simulate", str(wrong)])
    assert result.exit_code == 1
    assert "2022-04-20 deadlines.F12: erwartet 2025-04-22, gefunden {'hard': '2025-04-19'}" in result.stdout


def test_an_invalid_file_ends_with_two_and_plays_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(Path(PATH_A).read_text().replace("asylum.lodged}", "asylum.logded}"))
    result = CliRunner().invoke(app, ["simulate", PATH_A, str(wrong)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "wrong.yaml:10:" in result.stderr
    assert "asylum.lodged" in result.stderr
