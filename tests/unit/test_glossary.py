"""The glossary: every abbreviation that the pages show is explained, and every explanation is plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kim.translations import collected
from process_models import catalogue
from process_models.glossary import Term, terms
from process_models.yaml_lines import read_yaml

ABBREVIATION = re.compile(r"(?<![\w-])[A-Za-zÄÖÜäöüß]*[A-ZÄÖÜ][a-zäöüß]*[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]*(?!\w)")
SHOWN = ("title", "label", "text", "what", "statute", "accusative", "consequence")
"""What pages show of the rules."""
ROMAN = re.compile(r"[IVX]+")


def _in_pages() -> Iterator[str]:
    for messages in collected().values():
        for message in messages:
            yield from (message,) if isinstance(message, str) else message


def _in_rules() -> Iterator[str]:
    for file in sorted(Path(catalogue.__file__).parent.joinpath("law").glob("*.yaml")):
        yield from _texts(read_yaml(file).value)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (value,) if key in SHOWN and isinstance(value, str) else _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def test_every_abbreviation_of_the_pages_and_of_the_rules_that_they_show_is_explained() -> None:
    known = {part for term in terms() for part in term.short.split()}
    shown = {word for text in (*_in_pages(), *_in_rules()) for word in ABBREVIATION.findall(text)}
    assert {word for word in shown - known if not ROMAN.fullmatch(word)} == set()


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.word)
def test_a_word_is_explained_in_short_sentences(term: Term) -> None:
    sentences = [one for one in re.split(r"[.:;] ?", term.means) if one]
    assert all(len(one.split()) <= 20 for one in sentences)
    assert term.means.endswith(".")
    assert term.en.endswith(".")


def test_no_word_stands_twice() -> None:
    words = [term.word for term in terms()]
    assert len(words) == len(set(words))
