"""docs/procedures.md says what the model says today: written by the command that it names, never by hand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kim.main import app

PAGE = Path(__file__).parents[2] / "docs" / "procedures.md"


def test_the_page_of_procedures_is_up_to_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The model has changed? Then the page is written anew with the command that stands in it."""
    before = PAGE.read_text(encoding="utf-8")
    found = re.search(r"`kim (model draw [^`]+)`", before)
    assert found
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pictures").symlink_to(PAGE.parent / "pictures")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, shlex.split(found.group(1))).exit_code == 0
    after = (tmp_path / "docs" / "procedures.md").read_text(encoding="utf-8")
    assert after == before, f"python -m kim.main {found.group(1)}"


def test_every_picture_of_the_page_is_there() -> None:
    pictures = re.findall(r"]\((pictures/[^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) == 3
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
