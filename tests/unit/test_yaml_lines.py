"""Reading YAML: every value knows its line, words stay words, days become days, nothing clever is let in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from process_models.yaml_lines import Finding, parse_yaml, read_yaml


def value_of(text: str) -> object:
    document = parse_yaml(text, "probe.yaml")
    assert document.findings == ()
    return document.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: 2022-02-11", {"on": date(2022, 2, 11)}),
        ("{on: x, off: y, yes: z, no: 1}", {"on": "x", "off": "y", "yes": "z", "no": 1}),
        ("answer: yes", {"answer": "yes"}),
        ("country: NO", {"country": "NO"}),
        ("a: true\nb: false\nc: True", {"a": True, "b": False, "c": "True"}),
        ("a: 12\nb: -3\nc: 0\nd: 1.5", {"a": 12, "b": -3, "c": 0, "d": 1.5}),
        ("a: 007\nb: 0x1F\nc: 12:30\nd: 1_000", {"a": "007", "b": "0x1F", "c": "12:30", "d": "1_000"}),
        ("a: '2022-02-11'\nb: \"true\"\nc: '12'", {"a": "2022-02-11", "b": "true", "c": "12"}),
        ("a: null\nb: ~\nc:", {"a": None, "b": None, "c": None}),
        ("a: [1, {b: 2}]", {"a": [1, {"b": 2}]}),
        ("a: 2022-02-11T10:00:00", {"a": "2022-02-11T10:00:00"}),
        ("", None),
    ],
)
def test_values_are_read_as_people_mean_them(text: str, value: object) -> None:
    assert value_of(text) == value


def test_every_key_and_value_knows_its_line() -> None:
    document = parse_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n  - {e: 4}\n", "probe.yaml")
    assert document.line_of(("a",)) == 1
    assert document.line_of(("b",)) == 2
    assert document.line_of(("b", 0, "d")) == 4
    assert document.line_of(("b", 1, "e")) == 5


def test_an_unknown_location_has_the_line_of_its_nearest_ancestor() -> None:
    document = parse_yaml("a:\n  b:\n    c: 1\n", "probe.yaml")
    assert document.line_of(("a", "b", "missing", 3)) == 2
    assert document.line_of(("elsewhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\na: 2", 2, "Schlüssel 'a' steht doppelt"),
        ("x: 1\nday: 2022-02-30", 2, "den Tag 2022-02-30 gibt es nicht"),
        ("a: &x [1]\nb: *x", 1, "Verweise (& und *) sind nicht erlaubt"),
        ("a: &x [*x]", 1, "Verweise (& und *) sind nicht erlaubt"),
        ("? [1, 2]\n: 3", 1, "Schlüssel müssen einfache Wörter sein"),
        ("a: [1, 2\n", 2, "kein gültiges YAML"),
        ("a: b\n c: d: e", 2, "kein gültiges YAML"),
        ("a: 1\n---\nb: 2", 2, "kein gültiges YAML"),
    ],
)
def test_what_is_wrong_is_found_with_its_line(text: str, line: int, said: str) -> None:
    findings = parse_yaml(text, "probe.yaml").findings
    assert [finding.line for finding in findings][:1] == [line]
    assert said in findings[0].what


def test_a_tag_that_would_build_an_object_builds_nothing() -> None:
    document = parse_yaml("a: !!python/object/apply:os.getcwd []", "probe.yaml")
    assert document.value == {"a": []}


def test_bytes_that_are_no_text_are_a_finding() -> None:
    assert parse_yaml(b"\xff\xfe\x00\x00a", "probe.yaml").findings


def test_a_file_is_called_by_the_name_that_is_given(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    assert str(read_yaml(path, "law/x.yaml").findings[0]).startswith("law/x.yaml:2: ")
    assert read_yaml(path).file == "x.yaml"


def test_a_finding_reads_file_line_what_and_what_is_allowed() -> None:
    assert str(Finding("a.yaml", 3, "falsch", ("x", "y"))) == "a.yaml:3: falsch; erlaubt: x, y"
    assert str(Finding("a.yaml", 3, "falsch")) == "a.yaml:3: falsch"
