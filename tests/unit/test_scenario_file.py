"""A scenario file with a mistake: every finding with line, what is wrong and what is allowed, all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kim.simulate.scenario_file import load_scenario
from process_models.catalogue import catalogue
from process_models.errors import ScenarioInvalid

GOOD = """\
scenario: short
title: Ein kurzer Weg
municipality: rhein-kreis-neuss
place: meerbusch
person: {born: 1994-03-12, nationality: NO}
household: [{id: wife, born: 1996-02-01, relation: spouse}]
facts:
  - {id: a1, on: 2021-05-10, fact: asylum.sought}
  - {id: a2, on: 2021-05-11, recorded: 2021-05-14, fact: asylum.registered}
  - {id: a3, on: 2021-05-12, fact: asylum.sought, who: wife}
acts:
  - {on: 2021-05-13, act: handover.accept, handover: H01, refused: true}
checks:
  - on: 2021-05-10
    standing: {residence: R01}
    deadlines: {F01: null, F04: {hard: 2021-05-25}}
"""


def findings(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioInvalid) as invalid:
        load_scenario(path, catalogue())
    return [line.removeprefix(f"{path}:") for line in invalid.value.detail.splitlines()]


def test_a_good_file_keeps_on_as_a_word_and_norway_as_a_country(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    scenario = load_scenario(path, catalogue())
    assert scenario.person.nationality == "NO"
    assert (scenario.facts[0].recorded, scenario.facts[1].recorded) == (date(2021, 5, 10), date(2021, 5, 14))
    assert scenario.acts[0].refused
    assert scenario.household[0].id == "wife"


@pytest.mark.parametrize(
    ("right", "wrong", "line", "says", "allows"),
    [
        ("asylum.sought}", "asylum.sougth}", 8, "gibt es nicht; gemeint", "asylum.sought"),
        ("2021-05-10, fact", "2021-02-30, fact", 8, "2021-02-30", "JJJJ-MM-TT"),
        ("on: 2021-05-10, fact", "on: soon, fact", 8, "soon", "JJJJ-MM-TT"),
        ("id: a2", "id: a1", 9, "steht doppelt", ""),
        ("recorded: 2021-05-14", "recorded: 2021-05-01", 9, "erfasst vor", ""),
        ("on: 2021-05-10, fact", "on: 1990-05-10, fact", 8, "vor der Geburt", ""),
        ("who: wife", "who: son", 10, "son", "wife"),
        ("born: 1996-02-01", "born: 2021-05-11", 6, "nach dem Beginn des Weges", ""),
        (
            "fact: asylum.registered}",
            "fact: family.member_left, data: {id: son, reason: other}}",
            9,
            "die Person 'son' gibt es nicht",
            "wife",
        ),
        ("rhein-kreis-neuss", "rhein-kreis-neus", 3, "rhein-kreis-neus", "rhein-kreis-neuss"),
        ("place: meerbusch", "place: koeln", 4, "koeln", "meerbusch"),
        ("handover.accept", "handover.acept", 12, "handover.acept", "handover.accept"),
        ("handover: H01", "handover: H98", 12, "H98", "H01"),
        ("refused: true", "refuse: true", 12, "refuse", "refused"),
        ("standing:", "standng:", 15, "standng", "standing"),
        ("residence: R01", "residense: R01", 15, "residense", "residence"),
        ("F01: null", "F97: null", 16, "F97", "F01"),
        ("title: Ein kurzer Weg\n", "", 1, "'title' fehlt", ""),
        ("scenario: short", "scenario: Sehr Kurz", 1, "Sehr Kurz", ""),
        ("fact: asylum.registered}", "fact: asylum.decided, data: {outcom: refugee}}", 9, "outcom", "outcome"),
        ("fact: asylum.registered}", "fact: fact.retracted, data: {fact: a9}}", 9, "a9", "a1"),
        ("act: handover.accept", "act: handover.refuse", 12, "braucht 'reason'", ""),
    ],
)
def test_a_typo_is_told_with_its_line_and_what_is_allowed(
    tmp_path: Path, right: str, wrong: str, line: int, says: str, allows: str
) -> None:
    assert right in GOOD
    found = findings(tmp_path, GOOD.replace(right, wrong, 1))
    told = [finding for finding in found if finding.startswith(f"{line}: ") and says in finding]
    assert told, found
    assert allows in told[0].partition("erlaubt:")[2]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace("asylum.registered", "asylum.regstered").replace("standing:", "standng:").replace("H01", "H98")
    lines = [int(finding.split(":", 1)[0]) for finding in findings(tmp_path, text)]
    assert lines == [9, 12, 15]


@pytest.mark.parametrize("text", ["", "facts: [", "- 1\n- 2\n", "nur ein Satz"])
def test_what_is_no_scenario_at_all_is_a_finding_too(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, text)


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(ScenarioInvalid, match="gibt es nicht"):
        load_scenario(tmp_path / "none.yaml", catalogue())
