"""Coverage of the sheet: the codes as data, what counts as seen, and that every released code is exercised."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from kim.main import app
from kim.model import coverage, preview
from kim.model.observing import observed
from process_models.catalogue import catalogue
from process_models.rules import Release
from process_models.sheet import base_code, sheet, sheet_codes

SCENARIOS: Final = preview.SCENARIOS


@cache
def seen_in(name: str) -> frozenset[str]:
    return observed(SCENARIOS / f"{name}.yaml")[1]


# ---------------------------------------------------------------- the sheet as data


def test_the_sheet_has_all_its_codes() -> None:
    codes = {kind.kind: set(kind.codes) for kind in sheet().kinds}
    assert codes["residence"] == {f"R{n:02}" for n in range(38)} - {"R29", "R30"}
    assert codes["benefit"] == {f"B{n:02}" for n in range(1, 14)}
    assert codes["transition"] == {f"T{n:02}" for n in range(1, 30)}
    assert codes["handover"] == {f"H{n:02}" for n in range(1, 18)}
    assert codes["deadline"] == {f"F{n:02}" for n in range(1, 60)}
    assert codes["target_group"] == {f"N{n}" for n in range(1, 8)} | {f"M{n}" for n in range(5)} | {"L1", "L2"}
    assert codes["purpose"] == {f"P{n}" for n in range(1, 8)}
    assert codes["ladder"] == {f"E{n}" for n in range(7)}
    assert len(codes["constant"]) == 14


def test_every_code_has_a_german_title() -> None:
    assert all(title.strip() for kind in sheet().kinds for title in kind.codes.values())


def test_a_code_is_modelled_by_the_rules_of_its_parts() -> None:
    assert [base_code(code) for code in ("F26a", "H12c", "R12", "NA1", "M4", "post_fiction_days")] == [
        "F26",
        "H12",
        "R12",
        "NA1",
        "M4",
        "post_fiction_days",
    ]
    codes = {code.code: code for code in sheet_codes(catalogue())}
    assert codes["F26"].seen_by == {"deadlines/F26a", "deadlines/F26b"}
    assert (codes["F05"].state, codes["F05"].banner != "") == ("gated", True)
    assert codes["N7"].state == "draft"


def test_a_code_that_the_models_lack_is_missing_and_one_that_only_they_have_is_shown() -> None:
    bare = replace(catalogue(), handovers=tuple(rule for rule in catalogue().handovers if rule.code != "H14"))
    codes = {code.code: code for code in sheet_codes(bare)}
    assert codes["H14"].state == "missing"
    assert (codes["T33"].in_sheet, codes["T33"].state) == (False, "released")


# ---------------------------------------------------------------- what is seen


def test_a_scenario_shows_states_moves_deadlines_handovers_and_steps() -> None:
    seen = seen_in("path-a")
    assert {
        "residence_states/R12",
        "benefit_regimes/B05",
        "transitions/T04",
        "transitions/T25",
        "deadlines/F17",
        "handovers/H01",
        "target_group/N1",
        "target_group/N2",
        "naturalisation_routes/NA1",
        "consent_purposes/P2",
        "ladder/E0",
    } <= seen


def test_what_a_file_only_mentions_is_not_seen() -> None:
    """A handover that is expected not to be offered is named by the file and seen nowhere."""
    text = (SCENARIOS / "consent-refused.yaml").read_text(encoding="utf-8")
    assert "H01: none" in text
    assert "handovers/H01" not in seen_in("consent-refused")


def test_a_constant_that_the_rules_ask_for_is_seen() -> None:
    assert "constants/stay.permanent_protection" in seen_in("path-a")


def test_steps_of_the_ladder_and_reasons_are_seen_where_work_reaches_them() -> None:
    assert {"ladder/E4", "reason/RULE_CHANGE"} <= seen_in("rule-change-blocks")
    assert "reason/LAW_GAP" in seen_in("law-gap")


# ---------------------------------------------------------------- the command


@pytest.fixture
def one_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(SCENARIOS / "law-gap.yaml", tmp_path)
    monkeypatch.setattr(preview, "SCENARIOS", tmp_path)


@pytest.mark.usefixtures("one_scenario")
def test_a_released_code_that_nothing_exercises_ends_with_one_and_is_named() -> None:
    result = CliRunner().invoke(app, ["model", "coverage", "--json"])
    assert result.exit_code == coverage.NOT_EXERCISED
    told = json.loads(result.stdout)
    codes = {code["code"]: code for code in told["codes"]}
    assert codes["R25"]["scenarios"] == ["law-gap"]
    assert codes["R12"]["scenarios"] == []
    assert "R12" in told["open"]
    assert codes["F05"]["state"] == "gated"
    assert told["exercised"] == told["released"] - len(told["open"])


@pytest.mark.usefixtures("one_scenario")
def test_people_read_what_is_open_in_german() -> None:
    result = CliRunner().invoke(app, ["model", "coverage"])
    assert result.exit_code == coverage.NOT_EXERCISED
    assert "R12 Aufenthaltserlaubnis für anerkannte Flüchtlinge: freigegeben; kein Szenario" in result.stdout
    assert "R25 " not in result.stdout
    assert "N7 Neuss: Stufe 3: Entwurf: Kriterien und Beginn beschließt die Lenkungsgruppe" in result.stdout
    everything = CliRunner().invoke(app, ["model", "coverage", "--all"]).stdout
    assert "R25 Aufenthaltserlaubnis zum vorübergehenden Schutz: freigegeben; 1 Szenario: law-gap" in everything


def test_a_gated_code_needs_no_scenario() -> None:
    gated = tuple(
        rule.model_copy(update={"release": Release(state="gated", banner="noch offen")})
        for rule in catalogue().permanent_routes
    )
    found = coverage.coverage(replace(catalogue(), permanent_routes=gated), {})
    assert not any(covered.is_open for covered in found if covered.code.kind == "permanent")
    assert any(covered.is_open for covered in found if covered.code.kind == "naturalisation")


# ---------------------------------------------------------------- the guard


def test_every_released_code_of_the_sheet_is_exercised_by_a_scenario() -> None:
    seen = coverage.played(preview.scenario_files(), processes=1)
    found = coverage.coverage(catalogue(), seen)
    assert [covered.code.code for covered in found if covered.is_open] == []
    assert sum(covered.code.state == "released" for covered in found) > 200


def test_the_sheet_has_no_code_that_the_models_lack() -> None:
    assert [code.code for code in sheet_codes(catalogue()) if code.state == "missing"] == []
