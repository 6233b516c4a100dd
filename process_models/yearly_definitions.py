"""What each yearly figure means and where it is asked for: read from `yearly.yaml`, shown beside the figures.

Shapes and reading only; the figures themselves are computed in `yearly`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

from process_models.rules import Shape
from process_models.yaml_lines import read_yaml

FILE: Final = Path(__file__).parent / "yearly.yaml"
Unit = Literal["count", "days", "months", "posts", "each"]
Split = Literal["", "body", "line", "reason", "framework", "need", "employer", "workplace"]


class Words(Shape):
    """Name and meaning in one language."""

    title: str
    means: str


class Definition(Shape):
    """One yearly figure."""

    code: str
    part: Literal[1, 2, 3]
    """Baustein: strategic, case management, Ausländer- and Einbürgerungsbehörden."""
    unit: Unit
    by: Split = ""
    places: bool = False
    """Told for each place too."""
    source: str
    """Demand of the concept papers (D), or statute."""
    de: Words
    en: Words

    def words(self, language: str) -> Words:
        """In the language of a page."""
        return self.de if language == "de" else self.en


class _File(Shape):
    figures: tuple[Definition, ...]


@cache
def definitions() -> tuple[Definition, ...]:
    """Every yearly figure, in the order in which they are shown."""
    return _File.model_validate(read_yaml(FILE).value).figures
