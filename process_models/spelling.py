"""What somebody probably meant: the nearest allowed word, for error messages.

Only the comparison of words lives here; which words are allowed is decided where they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from process_models.phrases import Phrase


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that is closest to `word`, or None if none is close."""
    found = get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return found[0] if found else None


def meant(word: str, allowed: Iterable[str]) -> str:
    """German hint "; gemeint ist vielleicht 'x'", or nothing."""
    found = nearest(word, allowed)
    return Phrase("; gemeint ist vielleicht '%(word)s'", word=found) if found else ""
