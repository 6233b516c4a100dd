"""The command `kim model check`: every mistake and every hole at once, each with its line and a way to close it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kim.main import app
from kim.model import check
from process_models.catalogue import SHIPPED

NEUSS, MUENSTER, HSK = (
    f"municipalities/{name}.yaml" for name in ("rhein-kreis-neuss", "muenster", "hochsauerlandkreis")
)
Change = Callable[..., None]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["model", "check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def as_json(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(*arguments, "--json")
    return code, json.loads(out)


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """An overlay of one file: the shipped one with some words replaced."""

    def changed(file: str, *changes: tuple[str, str]) -> None:
        text = (SHIPPED / file).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        target = tmp_path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    return changed


def test_the_shipped_model_has_neither_mistakes_nor_holes() -> None:
    code, told = as_json()
    assert (code, told["ok"], told["mistakes"], told["holes"]) == (0, True, [], [])
    assert "hat keine Fehler und keine Lücken" in run()[1]


def test_what_nobody_has_confirmed_is_a_note(tmp_path: Path) -> None:
    notes = [note["what"] for note in as_json()[1]["notes"]]
    assert any("Acht der zwölf Kommunen" in what for what in notes)
    assert "abh-dormagen: Ob die Stadt eine eigene Behörde hat, bestätigt der Kreis" in notes
    (tmp_path / "municipalities").mkdir()
    shutil.copy(SHIPPED / MUENSTER, tmp_path / MUENSTER)
    assert {note["file"] for note in as_json(tmp_path)[1]["notes"]} == {MUENSTER}


def test_a_configuration_checked_with_other_rules_is_a_note(tmp_path: Path, change: Change) -> None:
    change(MUENSTER, ('law_rule_set: "2026.11"', 'law_rule_set: "2021.08"'))
    code, told = as_json(tmp_path)
    assert code == 0
    assert any(note["what"].startswith("geprüft mit den Regeln 2021.08, es gelten ") for note in told["notes"])


def test_mistakes_and_holes_of_all_files_come_at_once(tmp_path: Path, change: Change) -> None:
    change(NEUSS, ("mail: asylblg@kaarst.example.org, ", ""))
    change(MUENSTER, ("agency: abh-muenster", "agency: abh-munster"))
    code, told = as_json(tmp_path)
    assert code == check.HAS_MISTAKES
    assert any(found["file"] == MUENSTER and found["allowed"] for found in told["mistakes"])
    (hole,) = (found for found in told["holes"] if found["file"] == NEUSS)
    assert hole["what"] == "'sozialamt-kaarst' hat kein Postfach (mail)"
    assert hole["way_out"] == "mail mit dem Funktionspostfach eintragen"
    lines = (tmp_path / NEUSS).read_text(encoding="utf-8").splitlines()
    assert "id: sozialamt-kaarst" in lines[hole["line"] - 1]


def test_a_model_with_holes_only_ends_with_one_and_says_how_to_close_them(tmp_path: Path, change: Change) -> None:
    change(NEUSS, ("mail: asylblg@kaarst.example.org, ", ""))
    code, out, _ = run(tmp_path)
    assert code == check.HAS_HOLES
    assert "'sozialamt-kaarst' hat kein Postfach (mail); so schließen: mail mit dem Funktionspostfach" in out
    assert "0 Fehler, 1 Lücken: dieses Modell kann nicht freigegeben werden" in out


def test_a_directory_without_a_model_is_refused(tmp_path: Path) -> None:
    code, out, err = run(tmp_path)
    assert (code, out) == (check.HAS_MISTAKES, "")
    assert "hier liegt kein Modell" in err


@pytest.mark.parametrize(
    ("file", "old", "new", "said", "way_out"),
    [
        (
            NEUSS,
            "    - {kind: sozialamt, agency: sozialamt-kaarst, places: [kaarst], evidence: VW}\n",
            "",
            "für 'sozialamt' ist keine Stelle zuständig in: kaarst (gebraucht von ",
            "unter agencies eine Stelle mit kind: sozialamt",
        ),
        (
            NEUSS,
            "agency: sozialamt-kaarst, places: [kaarst]",
            "agency: sozialamt-kaarst, places: [kaarst], valid_from: 2022-01-01, valid_to: 2024-12-31",
            "für 'sozialamt' ist keine Stelle zuständig in: kaarst (2021-01-27 bis 2021-12-31, ab 2025-01-01)",
            "die Tage mit valid_from und valid_to lückenlos verteilen",
        ),
        (
            NEUSS,
            "agency: sozialamt-kaarst, places: [kaarst]",
            'agency: sozialamt-kaarst, places: [kaarst], gated: "noch offen"',
            "für 'sozialamt' ist keine Stelle zuständig in: kaarst",
            "eintragen",
        ),
        (
            NEUSS,
            "head_mail: leitung-soziales@kaarst.example.org",
            'head_mail: ""',
            "'sozialamt-kaarst' hat kein Postfach der Leitung",
            "head_mail eintragen",
        ),
        (
            NEUSS,
            "meetings_per_year: 12, weekday: tuesday, week_of_month: 2, ",
            "",
            "das Gremium 'fall' hat keinen Rhythmus",
            "meetings_per_year, weekday und week_of_month eintragen",
        ),
        (NEUSS, "mail: ag-fall@ki-rhein-kreis-neuss.example.org, ", "", "'fall' hat kein Postfach", "mail eintragen"),
        (NEUSS, "chair: Kommunale Koordinierung, ", "", "'fall' hat keinen Vorsitz", "chair"),
        (NEUSS, "    - {kind: fall,", "    - {kind: lenkung,", "es fehlt das Gremium 'fall'", "kind: fall eintragen"),
        (
            NEUSS,
            "posts: 1, places: [meerbusch]",
            "posts: 1, places: [neuss]",
            "keine Stelle im Case Management ist zuständig in: meerbusch",
            "unter case_posts eintragen",
        ),
        (
            NEUSS,
            "languages: [de, ar, uk, en, tr]\n",
            "languages: [de, ar, uk, en, tr, so]\n",
            "es fehlen Einwilligungstexte von 'rhein-kreis-neuss' auf 'so': P1, P2, P3, P4, P5, P7",
            "unter consent_texts eine Fassung",
        ),
        (
            MUENSTER,
            "employers: [drk, ggua]",
            "employers: [drk]",
            "es fehlen Einwilligungstexte von 'ggua' auf 'de'",
            "unter consent_texts",
        ),
        (
            HSK,
            "purposes: [P1, P2, P3, P4, P5, P7]",
            "valid_to: 2026-12-31, purposes: [P1, P2, P3, P4, P5, P7]",
            "es fehlen Einwilligungstexte von 'hochsauerlandkreis' auf 'de'",
            "Gültigkeit",
        ),
        (NEUSS, "languages: [de, ar", "languages: [ar", "Deutsch fehlt unter den Sprachen", "de unter languages"),
        (
            NEUSS,
            "  open_points:",
            "  retention: {file_months: 60}\n  open_points:",
            "die Aufbewahrung weicht ab, ohne dass steht, warum",
            "den Grund (reason) eintragen",
        ),
        (
            NEUSS,
            "coordinating_mail: koordination@ki-rhein-kreis-neuss.example.org",
            'coordinating_mail: ""',
            "es fehlt das Postfach der Koordinierenden Stelle",
            "coordinating_mail eintragen",
        ),
        (
            NEUSS,
            "valid_from: 2023-01-01, age_from: 18",
            "valid_from: 2023-03-01, age_from: 18",
            "bei 18 bis 35 Jahren, vom 2023-01-01 bis 2023-02-28: alle",
            "eine freigegebene Zeile ergänzen",
        ),
        (
            NEUSS,
            "age_from: 28, age_to: 35, statuses: [GD, GE]",
            "age_from: 28, age_to: 34, statuses: [GD, GE]",
            "bei 35 Jahren, vom 2021-01-27 bis 2022-12-31: Geduldete, Gestattete",
            "Alter und Tage einer Zeile erweitern",
        ),
        (
            NEUSS,
            "outside_ages: [12, 35]",
            "outside_ages: [12, 60]",
            "bei 36 bis 60 Jahren, ab 2021-01-27: alle",
            "Zeile ergänzen",
        ),
        (
            MUENSTER,
            "title: möchte nicht teilnehmen, statute: KIM in Münster, evidence: S3, referred: true, wants: false",
            "title: möchte nicht teilnehmen, statute: KIM in Münster, evidence: S3, referred: true, wants: true",
            "ab 0 Jahren, ab 2021-08-01: alle (vermittelt, möchte nicht)",
            "Zeile ergänzen",
        ),
        (
            HSK,
            "title: länger hier lebende Menschen,",
            "title: länger hier lebende Menschen, age_to: 64,",
            "ab 65 Jahren, ab 2021-01-01: alle (seit mehr als 3 Jahren hier)",
            "Zeile ergänzen",
        ),
        (
            NEUSS,
            "access_mode: active",
            "access_mode: referral",
            "der Zugang ist nur durch Vermittlung offen",
            "unter target_group Zeilen mit referred",
        ),
        (
            "law/deadlines_residence.yaml",
            "    unread: Die Frist bindet nur die Bezirksregierung; gezeigt wird sie, erinnert wird niemand\n",
            "",
            "'F26a' hat niemanden, der die Frist liest (reads)",
            "unter reads nennen",
        ),
        ("law/handovers.yaml", "to_kind: sozialamt", 'to_kind: ""', "hat keinen Empfänger (to_kind)", "to_kind mit"),
    ],
)
def test_every_kind_of_hole_is_found_and_can_be_closed(
    tmp_path: Path, change: Change, file: str, old: str, new: str, said: str, way_out: str
) -> None:
    change(file, (old, new))
    _, told = as_json(tmp_path)
    found = [hole for hole in told["holes"] if said in hole["what"]]
    assert found, told
    assert found[0]["file"] == file
    assert found[0]["line"] > 1
    assert way_out in found[0]["way_out"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (HSK, "{place: arnsberg, takes_part: open", "{place: arnsburg, takes_part: open", "unbekannter Ort 'arnsburg'"),
        (HSK, "takes_part: open", "takes_part: vielleicht", "erlaubt: yes, no, open"),
        (MUENSTER, "employers: [caritas]", "employers: [carita]", "gemeint ist vielleicht 'caritas'"),
        (MUENSTER, "purposes: [P1,", "purposes: [P11,", "unbekannter Zweck 'P11'"),
        (NEUSS, "posts: 1, places: [meerbusch]", "posts: 1, places: [meerbush]", "unbekannter Ort 'meerbush'"),
        (NEUSS, "places: [neuss], evidence: VW", "places: [neuss], evidence: V9", "ist kein gültiger Beleg"),
        (NEUSS, "mail: ag-fall@ki", "mail: ag-fall-at-ki", "ist kein Postfach"),
    ],
)
def test_a_mistake_in_the_new_parts_of_a_configuration_is_found(
    tmp_path: Path, change: Change, file: str, old: str, new: str, said: str
) -> None:
    change(file, (old, new))
    code, out, _ = run(tmp_path)
    assert code == check.HAS_MISTAKES
    assert said in out
