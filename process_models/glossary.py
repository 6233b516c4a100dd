"""The words of the law and of administration, explained in plain German and English: read from `glossary.yaml`.

Words only; which law applies to whom stands in the rules.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

Group = Literal["kim", "bodies", "law", "status", "privacy", "technical"]
GROUPS: Final[tuple[Group, ...]] = ("kim", "bodies", "status", "law", "privacy", "technical")
_FILE: Final = Path(__file__).with_suffix(".yaml")


class Term(BaseModel):
    """One word: what it means, and the statute where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    word: str
    means: str
    en: str
    """What it means, in English; the word itself stays German."""
    group: Group
    short: str = ""
    """The abbreviation that pages show."""
    statute: str = ""


@cache
def terms() -> tuple[Term, ...]:
    """Every word, in the order of its group and of the alphabet."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["terms"]
    found = (Term.model_validate(row) for row in rows)
    return tuple(sorted(found, key=lambda term: (GROUPS.index(term.group), term.word.casefold())))
