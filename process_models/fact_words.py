"""German words of facts: names of their fields and of the codes in them. What facts mean say other rules.

The words stand in `law/fact_words.yaml`, those of states, regimes, agencies and purposes in their own sections.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from process_models.catalogue import Catalogue

_WITH_CODE: Final = ("deadlines", "handovers", "consent_purposes")
"""Sections whose codes people use as well."""


def field_title(catalogue: Catalogue, kind: str, name: str) -> str:
    """The name of a field of this kind of fact, as people read it; else the name in the vocabulary."""
    words = _words(catalogue)
    return words.get(f"field.{kind}.{name}") or words.get(f"field.{name}", name)


def value_words(catalogue: Catalogue, kind: str, name: str, value: Any) -> str:
    """A value of a field in words: days as people write them, yes or no, codes by their title."""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, list | tuple):
        return ", ".join(value_words(catalogue, kind, name, one) for one in value) or "–"
    return _code_words(catalogue, kind, name, str(value))


def code_title(catalogue: Catalogue, kind: str, name: str, code: str) -> str:
    """The title of a code that a field allows; the code itself where the codes are those of the law."""
    return _code_words(catalogue, kind, name, code)


def _code_words(catalogue: Catalogue, kind: str, name: str, code: str) -> str:
    entry = catalogue.fact_kinds.get(kind)
    field = entry.fields.get(name) if entry else None
    if name == "place":
        return catalogue.place_name(code)
    if field is None or field.type not in ("code", "codes", "pair"):
        return code
    words = _words(catalogue)
    section = _titles(catalogue, field.of) if field.of else {}
    if code in section:
        return f"{code} {section[code]}" if field.of in _WITH_CODE else section[code]
    if name == "state":
        return _titles(catalogue, "residence_states").get(code, code)
    keys = (f"category.{code}", f"relation.{code}", f"ground.{code}", f"value.{code}", code)
    prefer = {"categories": 0, "relation": 1, "ground": 2}.get(name, 3)
    return next((words[key] for key in (keys[prefer], *keys[3:]) if key in words), code)


@lru_cache(maxsize=8)
def _words(catalogue: Catalogue) -> Mapping[str, str]:
    return {one.code: one.title for one in (*catalogue.agency_kinds, *catalogue.labels)}


@lru_cache(maxsize=64)
def _titles(catalogue: Catalogue, section: str) -> Mapping[str, str]:
    """Code -> title; of several editions the last one of the file."""
    return {one.code: one.title for one in getattr(catalogue, section)}
