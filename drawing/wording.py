"""German words around the pictures and texts: what no rule says but every reader needs. They stand in `words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("words.yaml")


def word(key: str, **values: Any) -> str:
    """The word of this key, its braces filled. Errors: KeyError."""
    return _words()[key].format(**values)


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
