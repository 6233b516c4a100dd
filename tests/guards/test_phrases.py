"""Every refusal that a page may show can be said in English: a constant sentence, or a `Phrase` with its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.pages.words import translations
from kim.translations import calls, parts_of, refusals, shown_code
from process_models.phrases import Phrase, said

ROOT = Path(__file__).parents[2]


def _told(node: ast.expr, file: ast.Module) -> bool:
    """Whether this is a sentence with its values and no text that was put together."""
    match node:
        case ast.Constant() | ast.Attribute(attr="detail" | "way_out"):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name == Phrase.__name__ or all(_told(one, file) for one in _returned(name, file))
        case ast.IfExp(body=first, orelse=second):
            return _told(first, file) and _told(second, file)
        case ast.Subscript(value=ast.Name() as table):
            return _told(table, file)
        case ast.Name(id=name):
            return all(_told(one, file) for one in _assigned(name, file))
        case ast.Dict(values=values) | ast.Tuple(elts=values):
            return all(_told(one, file) for one in values)
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Name() as table), args=[_, default]):
            return _told(table, file) and _told(default, file)
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="errors"))):
            return True  # what a form found wrong: sentences of the same kind
    return False


def _assigned(name: str, file: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(file):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            yield node.value


def _returned(name: str, file: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(file):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)


def test_no_refusal_is_put_together_of_text_and_values() -> None:
    wrong = []
    for file in shown_code():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in calls(file):
            if isinstance(call.func, ast.Name) and call.func.id in refusals():
                wrong += [
                    f"{file.relative_to(ROOT)}:{call.lineno} {ast.unparse(part)[:80]}"
                    for part in parts_of(call)
                    if not _told(part, tree)
                ]
    assert wrong == [], 'Phrase("… %(name)s …", name=value) can be said in English; an f-string cannot'


def test_no_page_shows_the_german_of_a_refusal_past_the_translations() -> None:
    for file in sorted((ROOT / "api" / "pages").rglob("*.py")):
        told = re.findall(r"\.(?:to|say|page)\(.*refusal\.detail", file.read_text(encoding="utf-8"))
        assert told == [], f"{file.name}: visit.told(refusal)"


def test_a_phrase_is_german_text_that_can_be_said_again_with_its_values() -> None:
    meant = Phrase("; gemeint ist vielleicht '%(word)s'", word="notice.served")
    phrase = Phrase("Diese Tatsache gibt es nicht%(meant)s.", meant=meant)
    assert phrase == "Diese Tatsache gibt es nicht; gemeint ist vielleicht 'notice.served'."
    english = translations("en").gettext
    assert said(phrase, english) == "There is no such fact; perhaps 'notice.served' is meant."


@pytest.mark.parametrize("text", ["Hilfe", "50 % davon"])
def test_what_is_no_phrase_is_translated_as_it_is(text: str) -> None:
    assert said(text, str.upper) == text.upper()
