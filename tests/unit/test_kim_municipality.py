"""A fourth municipality costs one YAML file: the skeleton, its holes, the filled file, and a path that runs in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kim import municipality
from kim.main import app
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import load_scenario
from process_models.catalogue import SHIPPED, load_catalogue
from process_models.catalogue_files import model_files, read_shelf

PLACES = ("musterstadt", "beispielhausen")
SCENARIO = """
scenario: first-path-of-musterkreis
title: Anerkannt in Musterstadt, Übergang zum Jobcenter
municipality: musterkreis
place: musterstadt
person: {born: 1990-05-01, nationality: SY}
facts:
  - {id: f1, on: 2026-01-05, fact: asylum.sought}
  - {id: f2, on: 2026-01-07, fact: asylum.registered}
  - {id: f3, on: 2026-01-14, fact: asylum.lodged}
  - {id: f4, on: 2026-02-02, fact: place.assigned, data: {place: musterstadt}}
  - {id: f5, on: 2026-05-04, fact: asylum.decided, data: {outcome: refugee}}
  - {id: f6, on: 2026-05-05, fact: consent.given, data: {consent: k1, purpose: P1, form: written}}
  - id: f7
    on: 2026-05-05
    fact: consent.given
    data: {consent: k2, purpose: P2, recipient: jobcenter, categories: [residence, benefits, housing], form: written}
  - {id: f8, on: 2026-05-05, fact: kim.opened}
checks:
  - on: 2026-05-05
    standing: {residence: R10, kim: active}
    eligibility: {result: eligible, rule: OPEN}
    handovers: {H01: offered}
    responsible: {H01: sozialamt}
    mails: {jobcenter-musterkreis: 1}
"""


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def check(directory: Path) -> tuple[int, dict[str, Any]]:
    code, out, _ = run("model", "check", directory, "--json")
    return code, json.loads(out)


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """The skeleton of a Kreis with two places, as the command writes it."""
    file = tmp_path / "municipalities" / "musterkreis.yaml"
    code, _, err = run(
        "municipality", "new", "musterkreis", "--type", "kreis", "--places", ", ".join(PLACES), "--out", file
    )
    assert (code, err) == (0, "")
    return file


def fill(file: Path) -> None:
    """What the municipality writes into the skeleton, and nothing else."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r'(id: ([a-z-]+), kind: .*?)mail: ""', r"\1mail: eingang@\2.example.org", text)
    text = re.sub(r'(id: ([a-z-]+), kind: .*?)head_mail: ""', r"\1head_mail: leitung@\2.example.org", text)
    text = re.sub(r'(coordinating|case_manager)_mail: ""', r"\1_mail: ki@musterkreis.example.org", text)
    text = re.sub(r'(statute|ki_unit|coordinating_unit): ""', r"\1: Handlungskonzept Musterkreis", text)
    text = text.replace("case_posts: []", "case_posts: [{employer: musterkreis, title: Musterkreis, posts: 2}]")
    purposes = "{version: '1', purposes: [P1, P2, P3, P4, P5, P7], languages: [de]}"
    text = text.replace("consent_texts: []", f"consent_texts: [{purposes}]")
    rhythm = "meetings_per_year: 12, weekday: tuesday, week_of_month: 2, members: [Jobcenter]"
    text = text.replace('meetings_per_year: 0, weekday: "", week_of_month: 0, members: []', rhythm)
    text = text.replace('office: "", chair: "", mail: ""', "office: KI, chair: KI, mail: ag@musterkreis.example.org")
    file.write_text(text, encoding="utf-8")


def replace(file: Path, old: str, new: str) -> None:
    """Writes a file anew with one part replaced."""
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def expected_holes() -> Iterator[str]:
    """Everything that only the municipality can know."""
    yield "es fehlt der Beschluss oder das Konzept, auf dem sie beruht"
    yield "es fehlt das Kommunale Integrationszentrum"
    yield "es fehlt die Koordinierende Stelle"
    yield "es fehlt das Postfach der Koordinierenden Stelle"
    yield "es fehlt das Postfach des Case Managements"
    yield "keine Stelle im Case Management ist zuständig in: musterstadt, beispielhausen"
    yield "es fehlen Einwilligungstexte auf 'de': P1, P2, P3, P4, P5, P7"
    for body in ("fall", "verfahren"):
        for lack in (
            "keinen Rhythmus",
            "kein Postfach",
            "keine Geschäftsführung",
            "keinen Vorsitz",
            "keine Mitglieder",
        ):
            yield f"das Gremium '{body}' hat {lack}"
    shelf = read_shelf(model_files(SHIPPED))
    for agency in municipality.agencies(shelf, "musterkreis", municipality.Kind.kreis, PLACES):
        yield f"'{agency.id}' hat kein Postfach (mail)"
        if agency.head:
            yield f"'{agency.id}' hat kein Postfach der Leitung (head_mail)"


def test_the_check_lists_exactly_the_holes_of_a_skeleton(skeleton: Path) -> None:
    code, told = check(skeleton.parents[1])
    assert (code, told["mistakes"]) == (1, [])
    assert sorted(hole["what"] for hole in told["holes"]) == sorted(expected_holes())
    assert all(hole["way_out"] for hole in told["holes"])


def test_a_filled_skeleton_passes_and_is_the_only_file_that_was_needed(skeleton: Path) -> None:
    fill(skeleton)
    code, told = check(skeleton.parents[1])
    assert (code, told["holes"], told["mistakes"], told["notes"]) == (0, [], [], [])
    four = load_catalogue(skeleton.parents[1], over=SHIPPED)
    assert len(four.municipalities) == 4
    assert [file.name for file in skeleton.parents[1].rglob("*") if file.is_file()] == ["musterkreis.yaml"]


async def test_a_scenario_runs_in_the_fourth_municipality(skeleton: Path, tmp_path: Path) -> None:
    fill(skeleton)
    four = load_catalogue(skeleton.parents[1], over=SHIPPED)
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    report = await RulesEngine(four).play(load_scenario(file, four))
    assert [found for found in report.checks if not found.ok] == []
    assert len(report.checks) == 7


def test_every_place_of_a_kreis_has_its_own_sozialamt(skeleton: Path) -> None:
    fill(skeleton)
    four = load_catalogue(skeleton.parents[1], over=SHIPPED)
    today = four.municipality("musterkreis").valid_from
    found = [four.agency("musterkreis", "sozialamt", place, today) for place in PLACES]
    assert [agency.id for agency in found if agency] == ["sozialamt-musterstadt", "sozialamt-beispielhausen"]


def test_a_stadt_needs_no_places_and_goes_to_the_screen(tmp_path: Path) -> None:
    code, out, _ = run("municipality", "new", "musterstadt", "--type", "kreisfreie_stadt")
    assert code == 0
    assert "places: [musterstadt]" in out
    assert "{kind: sozialamt, agency: sozialamt-musterstadt}" in out
    target = tmp_path / "municipalities" / "musterstadt.yaml"
    target.parent.mkdir()
    target.write_text(out, encoding="utf-8")
    fill(target)
    assert check(tmp_path)[0] == 0


def test_a_skeleton_explains_itself_in_german_and_names_no_person(skeleton: Path) -> None:
    text = skeleton.read_text(encoding="utf-8")
    assert text.count("#") > 40
    for word in ("Handlungskonzept", "Koordinierende Stelle", "Nie Namen von Personen", "gemeinsame_einrichtung"):
        assert word in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("muenster", "--type", "kreisfreie_stadt"), "'muenster' gibt es schon"),
        (("Musterkreis", "--type", "kreis", "--places", "a"), "'Musterkreis' ist keine Kennung"),
        (("musterkreis", "--type", "kreis"), "Ein Kreis braucht Orte"),
        (("musterkreis", "--type", "kreis", "--places", "a,a"), "Ein Ort steht doppelt"),
        (("musterkreis", "--type", "kreis", "--places", "a,B stadt"), "'B stadt' ist keine Kennung"),
        (("musterkreis", "--type", "land", "--places", "a"), "kreisfreie_stadt"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run("municipality", "new", *arguments)
    assert (code, out) == (municipality.WRONG_INPUT, "")
    assert said in err


def test_a_file_that_is_there_is_never_overwritten(skeleton: Path) -> None:
    before = skeleton.read_text(encoding="utf-8")
    code, _, err = run("municipality", "new", "zweiter", "--type", "kreis", "--places", "a", "--out", skeleton)
    assert code == municipality.WRONG_INPUT
    assert "nichts wurde überschrieben" in err
    assert skeleton.read_text(encoding="utf-8") == before


# ---------------------------------------------------------------- participation


async def test_in_a_place_that_does_not_take_part_a_person_decides(skeleton: Path, tmp_path: Path) -> None:
    fill(skeleton)
    line = 'participation: [{place: musterstadt, takes_part: "no", valid_from: 2026-05-05}]'
    replace(skeleton, "participation: []", line)
    four = load_catalogue(skeleton.parents[1], over=SHIPPED)
    file = tmp_path / "scenario.yaml"
    checks = """
checks:
  - on: 2026-05-04
    eligibility: {result: eligible, rule: OPEN}
  - on: 2026-05-05
    eligibility: {result: manual}
"""
    file.write_text(SCENARIO.split("checks:")[0] + checks, encoding="utf-8")
    report = await RulesEngine(four).play(load_scenario(file, four))
    assert [found for found in report.checks if not found.ok] == []
    assert not four.municipality("musterkreis").takes_part("musterstadt", report.checks[-1].on)
    assert four.municipality("musterkreis").takes_part("beispielhausen", report.checks[-1].on)
