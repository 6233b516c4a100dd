"""Canaries: unique random words that are planted where a person may write, and looked for where nobody may read them.

Planting and searching only; what is played with them stands in `privacy_play`.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Kind = Literal["secret", "reference", "token"]
"""secret: nowhere but sealed. reference: chosen by a caller, may stand in the records. token: may stand in one mail."""

_LETTERS = string.ascii_lowercase
_BASE64 = re.compile(r"[A-Za-z0-9+/]{12,}={0,2}")
_DAYS = 3650


@dataclass
class Words:
    """The words that were planted, each with the place where it was planted."""

    planted: dict[str, tuple[Kind, str]] = field(default_factory=dict)

    def secret(self, place: str) -> str:
        """A word that nobody but the people of the case may read."""
        return self._plant("secret", place)

    def reference(self, place: str) -> str:
        """A word in an identifier that a caller chose: it stands in the records, and nowhere else."""
        return self._plant("reference", place)

    def token(self, found: str, place: str) -> str:
        """Watches over a word that the product made itself."""
        self.planted[found] = ("token", place)
        return found

    def born(self, place: str, first_year: int) -> str:
        """A birthday (ISO) that no other date of the play can be."""
        day = date(first_year, 1, 1) + timedelta(days=random.randrange(_DAYS))
        for form in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%Y%m%d}"):
            self.planted[form] = ("secret", f"{place} (birthday)")
        return day.isoformat()

    def country(self, place: str) -> str:
        """A country code; three letters are too short to look for by themselves, so they are looked for in quotes."""
        code = "".join(random.sample("QXZJVWK", 3))
        for form in (f'"{code}"', f"'{code}'", f"={code}", f" {code} "):
            self.planted[form] = ("secret", f"{place} (nationality)")
        return code

    def of(self, *kinds: Kind) -> dict[str, str]:
        """Word -> place of the words of these kinds."""
        return {word: place for word, (kind, place) in self.planted.items() if kind in kinds}

    def _plant(self, kind: Kind, place: str) -> str:
        word = "zq" + "".join(random.choices(_LETTERS, k=16))
        self.planted[word] = (kind, place)
        return word


def hits(words: Mapping[str, str], evidence: Mapping[str, bytes]) -> list[str]:
    """Which word was found where, as sentences; empty when nothing leaked."""
    return sorted(
        f"{place} ({word}) found in {sink}"
        for sink, content in evidence.items()
        for word, place in words.items()
        if is_in(word, content)
    )


def is_in(word: str, content: bytes) -> bool:
    """Whether the word stands in these bytes, as it is or as programs write it."""
    return any(form in content for form in _forms(word))


def _forms(word: str) -> Iterator[bytes]:
    raw = word.encode()
    yield raw
    yield raw.capitalize()
    yield raw.upper()
    yield word.encode("utf-16-le")
    yield raw.hex().encode()
    if len(raw) > 6:
        yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """What stays the same of the word inside a longer text in Base64, at each of the three ways to lie in it."""
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw + b"\0" * (-(shift + len(raw)) % 3))
        end = -4 if (shift + len(raw)) % 3 else None
        yield padded[4 if shift else 0 : end]


def readable(message: Any) -> bytes:
    """A JSON value of Temporal as text, with every payload in it also in the clear."""
    text = json.dumps(message, ensure_ascii=False)
    return "\n".join([text, *_decoded(_strings(message))]).encode()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _decoded(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if _BASE64.fullmatch(text):
            try:
                yield base64.b64decode(text, validate=True).decode("utf-8", "replace")
            except binascii.Error:
                continue
