"""Mistakes in the section `deadlines`: each is found in its file and line, in German, with what is allowed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import process_models
from process_models.catalogue import load_catalogue
from process_models.errors import ModelInvalid

SHIPPED = Path(process_models.__file__).parent
ENTRY = """
defaults:
  evidence: P
  release: {state: released, by: Probe, on: 2026-11-23}
deadlines:
  - code: F99
    title: Probe
    statute: § 1 Probe
    consequence: keine
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for folder in ("law", "municipalities"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("kind: FRIST\nlength: P1M\nanchor: {}", "braucht genau einen Beginn (fact oder event)"),
        ("kind: FRIST\nlength: P1M\nanchor: {event: recognised, fact: {fact: asylum.sought}}", "genau einen Beginn"),
        ("kind: FRIST\nanchor: {event: recognised}", "hat keine Dauer; erlaubt: length, length_constant"),
        (
            "kind: FRIST\nlength: P1M\nlength_constant: asylblg.analog_months\nanchor: {event: recognised}",
            "hat zwei Dauern",
        ),
        (
            "kind: FRIST\nlength_constant: asylblg.analog\nanchor: {event: recognised}",
            "unbekannter Code 'asylblg.analog'",
        ),
        ("kind: EXPIRY\nlength: P1M\ncounted_in: werktage\nanchor: {event: recognised}", "werktage zählen Tage"),
        ("kind: WAIT\ndirection: before\nround_to: month_end\nanchor: {event: recognised}", "braucht eine Dauer"),
        ("kind: FRIST\nlength: P1M\nif_known_late: P3D\nanchor: {event: recognised}", "wird nicht zurückgerechnet"),
        (
            "kind: WAIT\nlength: P1M\nalso: {anchor: {}, length: P1Y}\nanchor: {event: recognised}",
            "für die zweite Wartezeit genau einen Beginn",
        ),
        ("kind: FRIST\nlength: P1M\nround_to: month_end\nanchor: {event: recognised}", "endet nicht mit dem Monat"),
        ("kind: EXPIRY\nanchor: {event: birthday}\nlength: P1M", "braucht das Alter (age)"),
        ("kind: EXPIRY\nanchor: {fact: {fact: asylum.sought}, field: until}", "hat keinen Tag im Feld 'until'"),
        ("kind: FRIST\nlength: P1M\ntowards: vgh\nanchor: {event: recognised}", "unbekannte Stelle 'vgh'"),
        ("kind: FRIST\nlength: P1M\ntowards: data.by\nanchor: {fact: {fact: notice.served}}", "data.from"),
        ("kind: FRIST\nlength: P1M\nnationalities: [Ukraine]\nanchor: {event: recognised}", "ist kein Ländercode"),
        ("kind: FRIST\nlength: P1M\nwhen_place: [lager]\nanchor: {event: recognised}", "unbekannte örtliche Bindung"),
        ("kind: FRIST\nlength: P1M\nspecial: true\nanchor: {event: recognised}", "braucht einen Namen"),
        (
            "kind: FRIST\nlength: P1M\nreinstates_within: P1Y\nanchor: {event: recognised}",
            "hat keine Frist, die versäumt werden könnte",
        ),
        (
            "kind: FRIST\nlength: P1M\nreadings: [{assumption: x}]\nanchor: {event: recognised}",
            "ist freigegeben und hat doch mehrere Lesarten",
        ),
        ("kind: FRIST\nlength: P1M\nvoid_by_regime: [B99]\nanchor: {event: recognised}", "unbekannter Code 'B99'"),
        ("kind: FRIST\nlength: P1M\ncalendar: NRW\nanchor: {event: recognised}", "unbekannter Code 'NRW'"),
        (
            "kind: FRIST\nlength: P1M\nanchor: {fact: {fact: notice.served, unless: {instruction: [lost]}}}",
            "unbekannter Wert 'lost'",
        ),
        (
            "kind: FRIST\nlength: P1M\nanchor: {fact: {fact: notice.served, unless: {instuction: [missing]}}}",
            "gemeint ist vielleicht 'instruction'",
        ),
    ],
)
def test_a_mistake_in_a_deadline_is_found(model: Path, entry: str, said: str) -> None:
    indented = "".join(f"    {line}\n" for line in entry.splitlines())
    (model / "law" / "deadlines_probe.yaml").write_text(ENTRY + indented, encoding="utf-8")
    with pytest.raises(ModelInvalid) as refused:
        load_catalogue(model)
    found = refused.value.detail.splitlines()
    assert any(line.startswith("law/deadlines_probe.yaml:") and said in line for line in found), found


def test_a_deadline_without_a_mistake_is_taken(model: Path) -> None:
    entry = (
        "    kind: FRIST\n    length: P7D\n    counted_in: werktage\n    towards: vg\n    anchor: {event: recognised}\n"
    )
    (model / "law" / "deadlines_probe.yaml").write_text(ENTRY + entry, encoding="utf-8")
    assert any(rule.code == "F99" for rule in load_catalogue(model).deadlines)


def test_a_length_that_is_a_constant_keeps_within_the_validity_of_the_rule(model: Path) -> None:
    entry = (
        "    kind: WAIT\n    length_constant: asylblg.analog_months\n    anchor: {event: recognised}\n"
        "    valid_from: 2020-01-01\n    valid_to: 2024-12-31\n"
    )
    (model / "law" / "deadlines_probe.yaml").write_text(ENTRY + entry, encoding="utf-8")
    found = [rule for rule in load_catalogue(model).deadlines if rule.code == "F99"]
    spans = [(str(rule.valid_from), str(rule.valid_to), rule.length) for rule in found]
    assert spans == [("2020-01-01", "2024-02-26", "P18M"), ("2024-02-27", "2024-12-31", "P36M")]
