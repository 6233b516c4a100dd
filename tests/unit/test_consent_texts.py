"""The words of consents: complete in every language, honest about what nobody has checked, provable by their hash."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from process_models.catalogue import catalogue
from process_models.consent_texts import (
    ConsentTextMissing,
    SheetWanted,
    fingerprint_of,
    sheet_of,
    texts_on,
    wordings_of,
)
from process_models.rules import Category, ConsentWording
from process_models.wording_rules import Word

RULES = catalogue()
TODAY = date(2026, 11, 28)
LANGUAGES = {"de", "en", "ar", "uk", "fr", "tr", "fa"}
FINGERPRINTS = {
    "ar": "fabcd8e5364d",
    "de": "cecee5b4e086",
    "en": "ec89dc3ac6dd",
    "fa": "bffc8236268c",
    "fr": "2389ce33b171",
    "tr": "8aa553e064c5",
    "uk": "08133a7d2ed6",
}
"""Words under version 2026-11-kreis. Consents rest on them: other words are a new version, with new lines here."""


@pytest.mark.parametrize("wording", RULES.consent_wordings, ids=lambda one: one.language)
def test_every_language_says_everything_that_the_law_asks_for(wording: ConsentWording) -> None:
    assert set(wording.words) == set(get_args(Word))
    assert set(wording.categories) == set(get_args(Category))
    signed = {purpose.code for purpose in RULES.consent_purposes if purpose.needs_text}
    assert set(wording.purposes) == signed
    assert all(words.strip() for words in (*wording.words.values(), *wording.purposes.values()))
    assert "{controller}" in wording.words["controller"]
    assert "{until}" in wording.words["until"]


def test_there_are_seven_languages_and_only_the_german_text_is_released() -> None:
    assert {wording.language for wording in RULES.consent_wordings} == LANGUAGES
    for wording in RULES.consent_wordings:
        if wording.language == "de":
            assert wording.release.state == "released"
        else:
            assert wording.release.state == "draft"
            assert "nicht geprüft" in wording.release.banner
            assert "deutsche Text" in wording.release.banner


def test_arabic_and_persian_run_from_right_to_left() -> None:
    assert {wording.language for wording in RULES.consent_wordings if wording.direction == "rtl"} == {"ar", "fa"}


@pytest.mark.parametrize("municipality", RULES.municipalities)
def test_every_version_of_a_municipality_has_words_in_each_of_its_languages(municipality: str) -> None:
    config = RULES.municipality(municipality)
    for text in texts_on(config, TODAY):
        assert {wording.language for wording in wordings_of(RULES, text, TODAY)} == set(text.languages) == LANGUAGES
        for language in text.languages:
            sheet = sheet_of(RULES, config, SheetWanted(text.version, language, text.purposes), TODAY)
            assert (sheet.banner == "") == (language == "de")
            assert len(sheet.purposes) == len(text.purposes)


def test_words_under_a_version_do_not_change() -> None:
    found = {wording.language: fingerprint_of(wording, "2026-11-kreis") for wording in RULES.consent_wordings}
    assert found == FINGERPRINTS


def test_each_employer_is_named_as_responsible_and_says_what_binds_it() -> None:
    config = RULES.municipality("muenster")

    def sheet(version: str, employer: str) -> str:
        wanted = SheetWanted(version, "de", ("P1",), employer=employer)
        found = sheet_of(RULES, config, wanted, TODAY)
        return f"{found.words['controller']} {found.note}"

    assert sheet("2026-11-stadt", "sozialamt-muenster") == "Verantwortlich ist: Sozialamt Münster. "
    assert "GGUA Flüchtlingshilfe" in sheet("2026-11-verband", "ggua")
    assert "Deutsches Rotes Kreuz" not in sheet("2026-11-verband", "ggua")
    assert "kirchliche Datenschutzrecht" in sheet("2026-11-kirchlich", "caritas")


@pytest.mark.parametrize(("version", "language"), [("2026-11-kreis", "xx"), ("2020-01", "de")])
def test_a_text_that_nobody_has_is_refused_with_what_there_is(version: str, language: str) -> None:
    config = RULES.municipality("rhein-kreis-neuss")
    with pytest.raises(ConsentTextMissing) as refused:
        sheet_of(RULES, config, SheetWanted(version, language, ("P1",)), TODAY)
    assert refused.value.allowed
