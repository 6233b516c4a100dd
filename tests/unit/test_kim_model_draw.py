"""`kim model draw`: notations, choice of procedures, files, and refusals that help."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from typer.testing import CliRunner

from kim.main import app

DAY = ("--on", "2026-11-23")


def draw(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["model", "draw", *arguments])


def test_one_procedure_is_told_as_text() -> None:
    done = draw("H01", *DAY)
    assert done.exit_code == 0
    assert done.output.startswith("# H01 Vom AsylbLG in die Grundsicherung")


def test_without_a_code_all_texts_come() -> None:
    done = draw(*DAY, "--municipality", "muenster")
    assert {"# WEG ", "# H01 ", "# LADDER ", "# SITZUNG-FALL "} <= {
        f"{line.split(' ')[0]} {line.split(' ')[1]} " for line in done.output.splitlines() if line.startswith("# ")
    }


@pytest.mark.parametrize(("form", "ending"), [("bpmn", "bpmn"), ("svg", "svg"), ("mermaid", "mmd"), ("text", "md")])
def test_every_notation_writes_a_file_for_each_procedure(form: str, ending: str, tmp_path: Path) -> None:
    done = draw("H01", "LADDER", "--format", form, *DAY, "--out", str(tmp_path / "new"))
    assert done.exit_code == 0
    written = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert written == [f"H01.{ending}", f"LADDER.{ending}"]
    if form in ("bpmn", "svg"):
        ElementTree.parse(tmp_path / "new" / f"H01.{ending}")


def test_a_single_picture_goes_to_the_terminal() -> None:
    assert draw("WEG", "--format", "svg", *DAY).output.startswith("<?xml")


def test_several_files_of_a_kind_that_cannot_be_joined_want_a_directory() -> None:
    done = draw("--format", "bpmn", *DAY)
    assert done.exit_code == 2
    assert "--out" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("H98", *DAY), "gemeint ist vielleicht"),
        (("H01", "--on", "gestern"), "ist kein Tag"),
        (("H01", "--municipality", "neuss", *DAY), "rhein-kreis-neuss"),
    ],
)
def test_a_wrong_input_is_refused_with_what_is_allowed(arguments: tuple[str, ...], said: str) -> None:
    done = draw(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Erlaubt:" in done.stderr


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = draw("H01", *DAY, "--out", str(tmp_path / "file"))
    assert done.exit_code == 2
    assert "lässt sich nicht schreiben" in done.stderr


def test_a_page_says_how_it_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "procedure-h01.png").write_bytes(b"")
    assert draw("H01", *DAY, "--page", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert f"kim model draw H01 --on 2026-11-23 --page {page.as_posix()}" in text
    assert "](pictures/procedure-h01.png)" in text
