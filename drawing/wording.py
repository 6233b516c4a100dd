"""German words around the pictures and texts: what no rule says but every reader needs. They stand in `words.yaml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_BREAKS = re.compile(r"[ \t\r\n]+")
_FILE = Path(__file__).with_name("words.yaml")


def word(key: str, **values: Any) -> str:
    """The word of this key, its braces filled. Errors: KeyError."""
    return _words()[key].format(**values)


def one_line(text: str) -> str:
    """The text without line breaks; spaces that must not break stay."""
    return _BREAKS.sub(" ", text).strip(" ")


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
