"""Facts in words: every field and every code of the vocabulary has a German name."""

from __future__ import annotations

from datetime import date

from process_models.catalogue import catalogue
from process_models.fact_words import field_title, value_words
from process_models.vocabulary import allowed_values

RULES = catalogue()
_THEMSELVES = {"land", "level"}
"""Fields whose codes are words that people use: NW, B1."""


def test_every_field_has_a_name() -> None:
    bare = {
        (kind.code, name)
        for kind in RULES.fact_kinds.values()
        for name in kind.fields
        if field_title(RULES, kind.code, name) == name
    }
    assert bare == set()


def test_every_code_has_words() -> None:
    bare = {
        (kind.code, name, code)
        for kind in RULES.fact_kinds.values()
        for name, field in kind.fields.items()
        if field.type in ("code", "codes", "pair") and name not in _THEMSELVES
        for code in allowed_values(RULES, field)
        if value_words(RULES, kind.code, name, code) == code
    }
    assert {one for one in bare if one[1] != "criteria"} == set()


def test_values_are_told_as_people_write_them() -> None:
    assert value_words(RULES, "place.moved", "place", "juechen") == "Jüchen"
    assert value_words(RULES, "place.moved", "place", "irgendwo") == "irgendwo"
    assert value_words(RULES, "asylum.paper_issued", "valid_until", date(2022, 3, 3)) == "03.03.2022"
    assert value_words(RULES, "kim.referred", "wants", True) == "ja"
    assert value_words(RULES, "consent.given", "categories", ["residence", "benefits"]) == "Aufenthalt, Leistungen"
    assert value_words(RULES, "residence.title_issued", "state", "R12").startswith("Aufenthaltserlaubnis")
    assert value_words(RULES, "place.moved", "place", "neuss") == "Neuss"
    assert field_title(RULES, "kim.referred", "by") == "Vermittelt von"
    assert field_title(RULES, "language.entitled", "by") == "Durch"
