"""The text on which somebody consents: from the configuration of a municipality to the words of one sheet.

Pure. Which consents hold is decided in `consent`; how a sheet looks say the pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.configuration import ConsentText, Municipality
from process_models.errors import KimError
from process_models.wording_rules import ConsentWording, Word

GERMAN: Final = "de"
_EVERYBODY: Final = "*"


class ConsentTextMissing(KimError):
    """There are no words for this version and language; `allowed` lists what there is."""

    status = 422
    title = "Für diese Fassung gibt es keinen Text"


@dataclass(frozen=True, slots=True)
class SheetWanted:
    """What a sheet is about. `language` as in `wordings_of`; recipient and categories only where the purpose asks."""

    version: str
    language: str
    purposes: tuple[str, ...]
    recipient: str = ""
    """Name of the receiver, as it is called."""
    categories: tuple[str, ...] = ()
    until: date | None = None
    employer: str = ""
    """Employer of the case management, where several use the same version."""


@dataclass(frozen=True, slots=True)
class ConsentSheet:
    """The words of one sheet in one language."""

    version: str
    language: str
    name: str
    direction: str
    banner: str
    """What is to be known about this text before it is used; empty for the German one, which counts."""
    fingerprint: str
    """Short hash of the words: which text it was can be proved for ever."""
    words: Mapping[Word, str]
    purposes: tuple[tuple[str, str], ...]
    """Code and words of what is consented to."""
    recipient: str
    categories: tuple[str, ...]
    until: date | None
    note: str


def texts_on(config: Municipality, day: date) -> tuple[ConsentText, ...]:
    """The versions that are in use on this day, in the order of the configuration."""
    return tuple(
        text
        for text in config.consent_texts
        if (text.valid_from or date.min) <= day and (text.valid_to is None or day <= text.valid_to)
    )


def wordings_of(catalogue: Catalogue, text: ConsentText, day: date) -> tuple[ConsentWording, ...]:
    """The words that there are for a version: German first, then the languages of the text by their code."""
    found = (
        one
        for one in catalogue.consent_wordings
        if text.version in one.versions
        and one.language in text.languages
        and one.holds_on(day)
        and one.release.state != "withdrawn"
    )
    return tuple(sorted(found, key=lambda one: (one.language != GERMAN, one.language)))


def sheet_of(catalogue: Catalogue, config: Municipality, wanted: SheetWanted, day: date) -> ConsentSheet:
    """The sheet that is wanted. Errors: ConsentTextMissing for a version, language or purpose without words."""
    text = _version(config, wanted.version, day)
    offered = wordings_of(catalogue, text, day)
    wording = next((one for one in offered if one.language == wanted.language), None)
    if wording is None or not set(wanted.purposes) <= wording.purposes.keys():
        allowed = tuple(one.language for one in offered)
        raise ConsentTextMissing("Diesen Text gibt es nicht.", field="language", allowed=allowed)
    until = f"{wanted.until:%d.%m.%Y}" if wanted.until else ""
    values = {"controller": _isolated(wording, controller_of(config, text, wanted.employer)), "until": until}
    return ConsentSheet(
        version=text.version,
        language=wording.language,
        name=wording.name,
        direction=wording.direction,
        banner=wording.release.banner if wording.release.state != "released" else "",
        fingerprint=fingerprint_of(wording, text.version),
        words={key: words.format(**values) if "{" in words else words for key, words in wording.words.items()},
        purposes=tuple((code, wording.purposes[code]) for code in wanted.purposes),
        recipient=wanted.recipient,
        categories=tuple(words for code, words in wording.categories.items() if code in wanted.categories),
        until=wanted.until,
        note=wording.notes.get(text.version, ""),
    )


def controller_of(config: Municipality, text: ConsentText, employer: str = "") -> str:
    """Who answers for the data under this text: the employer of the case management, else the municipality."""
    if _EVERYBODY in text.employers:
        return f"{config.title}, {config.coordinating_unit}" if config.coordinating_unit else config.title
    asked = (employer,) if employer in text.employers else text.employers
    titles = [post.title for post in config.case_posts if post.employer in asked]
    return ", ".join(dict.fromkeys(titles)) or config.title


def fingerprint_of(wording: ConsentWording, version: str) -> str:
    """Short hash over everything that somebody reads under this version."""
    read = {
        "words": wording.words,
        "purposes": wording.purposes,
        "categories": wording.categories,
        "note": wording.notes.get(version, ""),
    }
    return hashlib.sha256(json.dumps(read, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _isolated(wording: ConsentWording, german: str) -> str:
    """German words in a text that runs from right to left keep their own direction (Unicode isolates)."""
    return f"\u2068{german}\u2069" if wording.direction == "rtl" else german


def _version(config: Municipality, version: str, day: date) -> ConsentText:
    texts = texts_on(config, day)
    found = next((text for text in texts if text.version == version), None)
    if found is None:
        allowed = tuple(text.version for text in texts)
        raise ConsentTextMissing("Diese Fassung ist nicht in Gebrauch.", field="version", allowed=allowed)
    return found
