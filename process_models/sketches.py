"""The sketch of a case for a body that must not learn of persons: what in it could point at somebody. Pure.

A guard against slips of the pen; whoever writes answers for it. What is done with a sketch stands in the acts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, Literal

Trace = Literal["name", "salutation", "case_number", "day", "address"]
"""What could point at a person: a name, a person by title, a case number, a full date, an e-mail address or number."""
_SHORTEST: Final = 3
_WITHOUT_ACCENT: Final = str.maketrans(
    {"Đ": "D", "đ": "d", "ß": "ss", "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}
)
"""Letters that have no decomposed form."""
_PATTERNS: Final[tuple[tuple[Trace, re.Pattern[str]], ...]] = (
    ("salutation", re.compile(r"\b(Herrn?|Frau|Familie|Mr|Mrs|Ms)\.?\s+[A-ZÄÖÜ]\w+")),
    ("case_number", re.compile(r"\bKIM-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)),
    ("day", re.compile(r"\b(\d{1,2}\.\s?\d{1,2}\.\s?(\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\b")),
    ("address", re.compile(r"\S+@\S+|\+?\d[\d /()-]{7,}\d")),
)


def traces_in(text: str, names: Iterable[str]) -> tuple[Trace, ...]:
    """What in this text could point at a person. `names`: of everybody who must not be named, as they write them."""
    return tuple(dict.fromkeys(_found(text, names)))


def _found(text: str, names: Iterable[str]) -> Iterator[Trace]:
    words = set(_words(text))
    if any(part in words for name in names for part in _words(name)):
        yield "name"
    for trace, pattern in _PATTERNS:
        if pattern.search(text):
            yield trace


def _words(text: str) -> Iterator[str]:
    """Words without case and accents, so that `Munoz` finds `Muñoz`; short ones are in every sentence."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_ACCENT))
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return (word for word in re.findall(r"\w+", plain.casefold()) if len(word) >= _SHORTEST)
