"""A broken model is refused as a whole, with every finding at once: file, line, what is wrong, what is allowed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import process_models
from process_models.catalogue import load_catalogue
from process_models.errors import ModelInvalid

SHIPPED = Path(process_models.__file__).parent
NEUSS = "municipalities/rhein-kreis-neuss.yaml"
Break = Callable[[str, str, str], None]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for folder in ("law", "municipalities"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def change(model: Path) -> Break:
    def changed(file: str, old: str, new: str) -> None:
        text = (model / file).read_text(encoding="utf-8")
        assert old in text
        (model / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return changed


def findings(model: Path) -> list[str]:
    with pytest.raises(ModelInvalid) as refused:
        load_catalogue(model)
    return refused.value.detail.splitlines()


def only(model: Path) -> str:
    found = findings(model)
    assert len(found) == 1, found
    return found[0]


def line_of(model: Path, file: str, text: str) -> int:
    lines = (model / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_shipped_model_copied_elsewhere_is_valid(model: Path) -> None:
    assert load_catalogue(model).version == load_catalogue().version


def test_an_unknown_key_is_found_with_the_nearest_one(model: Path, change: Break) -> None:
    change("law/deadlines_procedure.yaml", "length: P2W", "lenght: P2W")
    line = line_of(model, "law/deadlines_procedure.yaml", "lenght")
    found = findings(model)
    assert found[0].startswith(f"law/deadlines_procedure.yaml:{line}: unbekannter Schlüssel 'lenght'")
    assert "gemeint ist vielleicht 'length'" in found[0]
    assert "erlaubt: code, title" in found[0]


def test_a_statute_that_no_longer_names_the_receiver_is_found_where_a_handover_rests_on_it(
    model: Path, change: Break
) -> None:
    change("law/consent.yaml", "recipients: [sozialamt, abh]", "recipients: [abh]")
    line = line_of(model, "law/handovers.yaml", "categories: [identity, residence]")
    what = "'H02': keine freigegebene Grundlage erlaubt 'identity' an 'sozialamt'"
    assert only(model).split("; ")[0] == f"law/handovers.yaml:{line}: {what}"


def test_an_unknown_key_deep_inside_is_found_with_the_keys_of_its_own_block(model: Path, change: Break) -> None:
    change("law/escalation.yaml", "E1: {normal: 10,", "E1: {normall: 10,")
    found = "\n".join(findings(model))
    assert "unbekannter Schlüssel 'normall'; gemeint ist vielleicht 'normal'; erlaubt: normal, critical" in found
    assert "der Schlüssel 'normal' fehlt" in found


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("law/deadlines_residence.yaml", "when_residence: [R10, R13]", "when_residence: [R10, R99]", "Code 'R99'"),
        ("law/handovers.yaml", "to_kind: jobcenter", "to_kind: jobcentre", "gemeint ist vielleicht 'jobcenter'"),
        ("law/handovers.yaml", "needed_by: F31", "needed_by: F13x", "unbekannter Code 'F13x'"),
        ("law/handovers.yaml", "transition: [T04, T05]", "transition: [T99, T05]", "unbekannter Code 'T99'"),
        ("law/handovers.yaml", "[B05, B06, B07, B13]", "[B05, B06, B07, B99]", "unbekannter Code 'B99'"),
        (
            "law/handovers.yaml",
            "categories: [residence,",
            "categories: [residenz,",
            "unbekannten Wert; erlaubt: identity",
        ),
        (
            "law/deadlines_procedure.yaml",
            "fact: asylum.suit_filed",
            "fact: asylum.suit",
            "unbekannte Tatsache 'asylum.suit'",
        ),
        (
            "law/deadlines_procedure.yaml",
            "outcome: [asylum, refugee",
            "outcome: [asylum, refuge",
            "gemeint ist vielleicht 'refugee'",
        ),
        (
            "law/deadlines_procedure.yaml",
            "when: {outcome",
            "when: {outcom",
            "hat kein Feld 'outcom'; gemeint ist vielleicht",
        ),
        (
            "law/deadlines_procedure.yaml",
            "final: [false]",
            "final: [no]",
            "'no' ist weder true noch false; erlaubt: true",
        ),
        (
            "law/handovers.yaml",
            "    categories: [residence, benefits, housing]\n",
            "",
            "'H01' ist freigegeben und nennt keine Daten",
        ),
        (
            "law/handovers.yaml",
            "    basis: consent\n    categories: [residence, benefits, housing]",
            "    basis: none\n    categories: [residence, benefits, housing]",
            "'H01' ist freigegeben und hat keine Grundlage",
        ),
        (
            "law/handovers.yaml",
            "categories: [identity, residence]",
            "categories: [identity, residence, health]",
            "'H02': keine freigegebene Grundlage erlaubt 'health' an 'sozialamt'",
        ),
        (
            "law/handovers.yaml",
            "minimum_data: [name, born, residence_state",
            "minimum_data: [name, borm, residence_state",
            "unbekanntes Datum 'borm'; gemeint ist vielleicht 'born'",
        ),
        (
            "law/handovers.yaml",
            "minimum_data: [benefits_now]",
            "minimum_data: [name, benefits_now]",
            "'H03': 'name' gehört zu 'identity'; das deckt diese Übergabe nicht; erlaubt: benefits",
        ),
        (
            NEUSS,
            ", head_mail: teamleitung@jobcenter-rkn.example.org",
            "",
            "'jobcenter-rkn' hat kein Postfach der Leitung",
        ),
        ("law/deadlines_procedure.yaml", "kind: FRIST", "kind: FRISTT", "erlaubt: FRIST, EXPIRY, WAIT, TERMIN"),
        ("law/deadlines_procedure.yaml", "length: P2W", "length: 2W", "'length' hat nicht die verlangte Form"),
        ("law/deadlines_procedure.yaml", "    length: P2W\n", "", "hat keine Dauer; erlaubt: length"),
        ("law/deadlines_livelihood.yaml", "field: until", "field: untill", "hat keinen Tag im Feld 'untill'"),
        ("law/deadlines_residence.yaml", "until: 2027-07-23", "until: 2027-02-30", "den Tag 2027-02-30 gibt es nicht"),
        ("law/deadlines_residence.yaml", "until: 2027-07-23", "until: bald", "'until' muss ein Tag sein"),
        ("law/deadlines_residence.yaml", "age: 27", "age: alt", "'age' muss eine ganze Zahl sein"),
        ("law/deadlines_residence.yaml", "    age: 27\n", "", "braucht das Alter"),
        ("law/deadlines_procedure.yaml", "statute: § 74 Abs. 1 AsylG", 'statute: " "', "hat keine Quelle"),
        ("law/deadlines_procedure.yaml", "    statute: § 74 Abs. 1 AsylG\n", "", "der Schlüssel 'statute' fehlt"),
        (
            "law/deadlines_procedure.yaml",
            'evidence: "VW, U"',
            "evidence: V99",
            "keinen gültigen Beleg (evidence); erlaubt: V26",
        ),
        ("law/benefits.yaml", "on: 2026-11-23}", "by: ''}", "steht doppelt"),
        (
            "law/benefits.yaml",
            "valid_from: 2023-01-01",
            "valid_from: 2022-12-01",
            "überschneidet sich zeitlich mit law/benefits",
        ),
        (
            "law/benefits.yaml",
            "valid_from: 2023-01-01",
            "valid_from: 2023-02-01",
            "Lücke in der Geltung: 2023-01-01 bis 2023-01-31",
        ),
        (
            "law/benefits.yaml",
            "valid_from: 2023-01-01, valid_to: 2026-06-30",
            "valid_from: 2027-01-01, valid_to: 2026-06-30",
            "endet vor seinem Beginn",
        ),
        ("law/benefits.yaml", "code: B04", "code: B06", "'B06' steht doppelt (auch law/benefits.yaml:"),
        ("law/transitions.yaml", "sources: [R08], to: R06", "sources: [R08], to: R66", "unbekannter Code 'R66'"),
        ("law/escalation.yaml", "receiver_head", "receiver_boss", "unbekannter Empfänger 'receiver_boss'"),
        ("law/escalation.yaml", "purpose: P3", "purpose: P9", "unbekannter Zweck 'P9'"),
        (
            "law/handovers.yaml",
            "handovers:",
            "handover:",
            "unbekannter Schlüssel 'handover'; gemeint ist vielleicht 'handovers'",
        ),
        (NEUSS, "agency: abh-neuss", "agency: abh-neus", "gemeint ist vielleicht 'abh-neuss'"),
        (NEUSS, "places: [neuss]", "places: [nuess]", "unbekannter Ort 'nuess'"),
        (NEUSS, "agency: abh-neuss, places: [neuss]", "agency: abh-neuss", "sind zwei Stellen zugleich zuständig"),
        (
            NEUSS,
            "    - {kind: jobcenter, agency: jobcenter-rkn, evidence: V26}\n",
            "",
            "für 'jobcenter' ist keine Stelle zuständig in: dormagen",
        ),
        (NEUSS, "{kind: ebh, agency: ebh-rkn,", "{kind: ebh, agency: abh-rkn,", "ist keine Stelle der Art 'ebh'"),
        (NEUSS, "months: [5, 11]", "months: [5, 8, 11]", "3 Monate passen nicht zu 2 Sitzungen"),
        (NEUSS, "months: [5, 11]", "months: [5, 13]", "einen dieser Monate gibt es nicht"),
        (NEUSS, "refer_to: durchstarten", "refer_to: durchstart", "gemeint ist vielleicht 'durchstarten'"),
        (NEUSS, "calendar: NW", "calendar: XX", "unbekannter Kalender 'XX'"),
        (
            NEUSS,
            "[rosenmontag, 12-24, 12-31]",
            "[rosenmontag, 12-25]",
            "erlaubt: rosenmontag, weiberfastnacht, 12-24, 12-31",
        ),
        (NEUSS, "id: sozialamt-kaarst", "id: sozialamt-neuss", "'sozialamt-neuss' steht doppelt"),
        (NEUSS, "asylblg@kaarst.example.org", "kaarst", "ist kein Postfach"),
        (NEUSS, "  override:", "  escalation: {pattern_count: 5}\n  override:", "eigene Stufen brauchen einen Grund"),
        (
            NEUSS,
            "  override:",
            "  review_bounds: {accepts: 85}\n  override:",
            "eigene Schwellen der Begutachtung brauchen einen Grund",
        ),
        (
            NEUSS,
            "  override:",
            "  review_bounds: {reason: Beschluss, accepts: 60}\n  override:",
            "dieselbe Quote wäre gut und schlecht; erlaubt: höchstens accepts",
        ),
        (
            NEUSS,
            "  override:",
            "  review_bounds: {reason: Beschluss, smooth: 20}\n  override:",
            "dieselbe Quote wäre gut und schlecht; erlaubt: unter stalls",
        ),
        (
            NEUSS,
            "  override:",
            "  escalation: {reason: Beschluss, steps: {E1: {normal: 15}}}\n  override:",
            "die Stufen steigen nicht (normal: 15, 15, 20)",
        ),
        (
            NEUSS,
            "  override:",
            "  escalation: {reason: Beschluss, steps: {E3: {critical: 25}}}\n  override:",
            "Stufe E3 kommt im dringenden Fall später als sonst",
        ),
    ],
)
def test_a_mistake_is_found_in_its_file_and_said_in_german(
    model: Path, change: Break, file: str, old: str, new: str, said: str
) -> None:
    if said == "steht doppelt" and "by: ''" in new:
        said = "ohne dass steht, von wem und wann"
    change(file, old, new)
    found = findings(model)
    assert any(line.startswith(f"{file}:") and said in line for line in found), found


def test_a_state_that_no_transition_reaches_is_found(model: Path, change: Break) -> None:
    change("law/transitions.yaml", "to: R09, by", "to: R06, by")
    found = only(model)
    assert found.startswith(f"law/residence.yaml:{line_of(model, 'law/residence.yaml', 'code: R09')}: ")
    assert "der Zustand 'R09' ist von 'R00' aus durch keinen Übergang erreichbar" in found


def test_all_findings_of_all_files_come_at_once_in_order(model: Path, change: Break) -> None:
    change("law/handovers.yaml", "to_kind: jobcenter", "to_kind: jobcentre")
    change("law/deadlines_procedure.yaml", "statute: § 74 Abs. 1 AsylG", "statute: ''")
    change("law/transitions.yaml", "sources: [R08], to: R06", "sources: [R08], to: R66")
    change(NEUSS, "agency: abh-neuss", "agency: abh-neus")
    files = [line.split(":")[0] for line in findings(model)]
    assert files == sorted(files)
    assert set(files) >= {"law/handovers.yaml", "law/deadlines_procedure.yaml", "law/transitions.yaml", NEUSS}


def test_a_finding_points_at_the_line_of_the_wrong_value(model: Path, change: Break) -> None:
    change("law/deadlines_residence.yaml", "when_residence: [R10, R13]", "when_residence:\n      - R10\n      - R99")
    line = line_of(model, "law/deadlines_residence.yaml", "- R99")
    assert only(model).startswith(f"law/deadlines_residence.yaml:{line}: ")


def test_a_file_that_is_no_yaml_does_not_hide_the_findings_of_the_others(model: Path, change: Break) -> None:
    (model / "law/words.yaml").write_text("labels: [", encoding="utf-8")
    change(NEUSS, "agency: abh-neuss", "agency: abh-neus")
    found = "\n".join(findings(model))
    assert "law/words.yaml:2: kein gültiges YAML" in found, found
    assert "gemeint ist vielleicht 'abh-neuss'" in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "hier muss ein Block aus Schlüsseln stehen"),
        ("- a", "hier muss ein Block aus Schlüsseln stehen"),
        ("labels: x", "'labels' muss eine Liste sein"),
        ("labels: [x]", "hier muss ein Block aus Schlüsseln stehen"),
    ],
)
def test_a_file_of_another_form_is_a_finding(model: Path, text: str, said: str) -> None:
    (model / "law/extra.yaml").write_text(text, encoding="utf-8")
    assert said in only(model)


def test_an_empty_directory_is_a_finding(tmp_path: Path) -> None:
    assert "keine Regeln gefunden" in only(tmp_path)


def test_a_municipality_is_configured_once(model: Path) -> None:
    shutil.copy(model / NEUSS, model / "municipalities/zweite.yaml")
    assert all("'rhein-kreis-neuss' steht doppelt" in line for line in findings(model))
