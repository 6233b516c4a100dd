"""German and English: every sentence of the pages stands in the files of its area, and has its English."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from api.pages.templates import words_in
from api.pages.words import LANGUAGES, LOCALE, chosen_language, translations
from kim.translations import collected, missing, po_of, updated

AGAIN = "python -m kim.translations brings the files up to date"
FILES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def _read(file: Path) -> Catalog:
    return read_po(BytesIO(file.read_bytes()), locale=file.parts[-3])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_hold_exactly_the_sentences_of_the_pages(language: str) -> None:
    areas = collected()
    directory = LOCALE / language / "LC_MESSAGES"
    assert {file.stem for file in directory.glob("*.po")} == set(areas), AGAIN
    for area, messages in areas.items():
        file = directory / f"{area}.po"
        assert file.read_bytes() == po_of(updated(file, language, messages)), f"{file.name}: {AGAIN}"


def test_every_sentence_has_its_english() -> None:
    gaps = {file.stem: missing(_read(file)) for file in FILES if file.parts[-3] == "en"}
    assert {area: sentences for area, sentences in gaps.items() if sentences} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_translations_put_in_the_same_values(file: Path) -> None:
    for message in _read(file):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = message.id if isinstance(message.id, tuple) else (message.id,)
        for text in filter(None, texts):
            assert _values(text) == _values(wanted[-1]), f"{wanted[0]} -> {text}"


def test_german_and_english_count_in_their_own_way() -> None:
    singular, plural = "Weg stockt", "Wege stocken"
    assert translations("de").ngettext(singular, plural, 2) == plural
    assert translations("en").ngettext(singular, plural, 1) == "path is stuck"
    assert translations("en").gettext("Hilfe") == "Help"


def test_values_in_a_sentence_are_escaped_and_a_sentence_without_values_is_as_it_stands() -> None:
    said = words_in(lambda text: text)
    assert said("Hallo %(name)s & Co.", name="<b>Anna</b>") == "Hallo &lt;b&gt;Anna&lt;/b&gt; & Co."
    assert said("100 %% <wbr>") == "100 % <wbr>"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "de"),
        (None, "fr-FR,en;q=0.8,de;q=0.5", "en"),
        (None, "uk,tr", "de"),
        ("en", "de-DE", "en"),
        ("xx", "en-GB", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_first_of_the_browser_else_german(
    cookie: str | None, accepted: str, language: str
) -> None:
    assert chosen_language(cookie, accepted) == language


def _values(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)", text))
