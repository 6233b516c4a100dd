"""How much room a text takes: widths of letters of a common sans-serif type, and lines that fit into a width.

An estimate on the safe side, the same on every machine; nothing is drawn here.
"""

from __future__ import annotations

from typing import Final

SIZE: Final = 13.0
"""Size of the letters in a picture, in its own units."""
LINE: Final = 15.0
SMALL: Final = 12.0
"""Size of labels beside lines and events, and of notes."""

_WIDTHS: Final = (
    ("ijl'", 0.23),
    ("ftI .,:;/|!·-\u00a0", 0.28),
    ("r()„“", 0.34),
    ("csvxyzkJ", 0.5),
    ("FTZLß", 0.61),
    ("ABEKPSVXYÄ&", 0.67),
    ("wCDHNRUÜ", 0.72),
    ("GOQÖ", 0.78),
    ("mM%", 0.84),
    ("W@", 0.95),
)
_WIDTH_OF: Final = {letter: width for letters, width in _WIDTHS for letter in letters}
_OTHER: Final = 0.56
_SPARE: Final = 1.03
"""For types that run a little wider."""
_BREAK_AFTER: Final = "-/"


def width_of(text: str, size: float = SIZE) -> float:
    """Width of one line."""
    return sum(_WIDTH_OF.get(letter, _OTHER) for letter in text) * size * _SPARE


def lines_of(text: str, width: float, size: float = SIZE) -> tuple[str, ...]:
    """The text in lines that fit; a word that is too long is divided. Line breaks of the text stay."""
    return tuple(line for part in text.split("\n") for line in _wrapped(part, width, size))


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines, line = [], ""
    for word in _words(text, width, size):
        joined = f"{line} {word}" if line and not line.endswith(tuple(_BREAK_AFTER)) else line + word
        if line and width_of(joined, size) > width:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line]


def _words(text: str, width: float, size: float) -> list[str]:
    words = []
    for word in text.split(" "):
        rest = word
        while width_of(rest, size) > width and len(rest) > 1:
            cut = _cut(rest, width, size)
            words.append(rest[:cut] if rest[cut - 1] in _BREAK_AFTER else f"{rest[:cut]}-")
            rest = rest[cut:]
        words.append(rest)
    return [word for word in words if word]


def _cut(word: str, width: float, size: float) -> int:
    """Where a word is divided: after its own hyphen if one fits, else where the width ends."""
    fits = max(cut for cut in range(1, len(word)) if cut == 1 or width_of(f"{word[:cut]}-", size) <= width)
    own = [cut for cut in range(1, fits + 1) if word[cut - 1] in _BREAK_AFTER]
    return own[-1] if own else fits
