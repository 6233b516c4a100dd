"""Mistakes in the rules about families are found in their file, with what would be allowed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import process_models
from process_models.catalogue import load_catalogue
from process_models.errors import ModelInvalid

SHIPPED = Path(process_models.__file__).parent
FAMILY = "law/family.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FAMILY, "subject: applications, age: 0,", "subject: applications, age: 3,", "eine Regel mit age: 0 fehlt"),
        (
            FAMILY,
            "subject: residence, age: 18, acts: [person]",
            "subject: residence, age: 18, acts: []",
            "nennt niemanden",
        ),
        (FAMILY, "acts: [guardian, person]", "acts: [guardian, parents]", "unbekannten Wert"),
        (FAMILY, "purposes: [P1, P2, P3]", "purposes: [P1, P9]", "unbekannter Code 'P9'"),
        (FAMILY, "    lacks: P1\n", "", "genau einen Anlass; erlaubt: at_age, by, lacks"),
        (FAMILY, "    at_age: 15\n", "    at_age: 15\n    lacks: P1\n", "genau einen Anlass"),
        (FAMILY, "fact: family.child_born", "fact: family.child_bron", "unbekannte Tatsache 'family.child_bron'"),
        (FAMILY, "when_residence: [R26]", "when_residence: [R99]", "unbekannter Code 'R99'"),
        (FAMILY, "task: own_residence", "task: own_residenz", "fehlt die Bezeichnung"),
        (FAMILY, "of: everyone", "of: anyone", "unbekannten Wert"),
        ("law/words.yaml", "code: task.own_path,", "code: task.own_way,", "für 'task.own_path' fehlt die Bezeichnung"),
    ],
)
def test_a_mistake_in_the_rules_about_families_is_found(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    for folder in ("law", "municipalities"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModelInvalid) as refused:
        load_catalogue(tmp_path)
    found = refused.value.detail.splitlines()
    assert any(line.startswith("law/family.yaml:") and said in line for line in found), found
