"""Mails say what they may and nothing else, whatever the values are."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from pydantic import ValidationError

from notifications.rendering import KINDS, MAILS, PARTS, Audience, MailContext, render
from notifications.words import DAYS
from process_models.configuration import Language
from tests.notifications.samples import HOSTILE_LINES, HOSTILE_TEXTS, SAMPLE, context

AUDIENCES = get_args(Audience)
LANGUAGES: tuple[Language, ...] = get_args(Language)
TEXT_FIELDS = ("addressee", "office")


class Outline(HTMLParser):
    """The markup of a page without its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action")}

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment",))


def test_every_kind_of_mail_is_a_folder_with_three_parts() -> None:
    folders = {folder.name for folder in MAILS.iterdir() if not folder.name.startswith("_")}
    assert folders == set(KINDS)
    for kind in KINDS:
        assert {file.name for file in (MAILS / kind).iterdir()} == set(PARTS), kind


def test_no_template_trusts_a_value_as_markup() -> None:
    for file in MAILS.rglob("*"):
        if file.is_file():
            assert not re.search(r"\|\s*safe|Markup|autoescape", file.read_text(encoding="utf-8")), file


def test_every_word_of_a_mail_can_be_translated() -> None:
    """What stands outside of the marks, the style sheet and the names of tags would be German in an English mail."""
    for file in MAILS.rglob("*.*"):
        text = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not re.search(r"\w", bare), (file, bare.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_renders_for_every_audience_with_and_without_optional_values(kind: str, language: Language) -> None:
    for audience, missing in product(
        AUDIENCES, ({}, {"link": ""}, {"due_on": None}, {"link_until": None}, {"case_number": "", "due_on": None})
    ):
        mail = render(kind, context(audience=audience, language=language, **missing))
        assert mail.subject.startswith("KIM-Lotse: ")
        assert "\n" not in mail.subject
        assert len(mail.subject) <= 78
        assert f'<html lang="{language}">' in mail.html
        assert mail.language == language
        assert "None" not in mail.text + mail.html
        assert "{" not in mail.text + mail.subject


@pytest.mark.parametrize("kind", KINDS)
def test_english_and_german_have_the_same_markup_and_no_sentence_in_common(kind: str) -> None:
    for audience in AUDIENCES:
        german, english = (render(kind, context(audience=audience, language=one)) for one in LANGUAGES)
        assert Outline(german.html).tags == Outline(english.html).tags
        said = set(german.text.splitlines()) & set(english.text.splitlines())
        own = {"", "--", SAMPLE["office"], SAMPLE["link"]}
        assert said <= own, said - own
        assert german.subject != english.subject


def test_days_are_written_as_the_language_writes_them() -> None:
    day = date(2022, 3, 1)
    assert {language: DAYS[language](day) for language in LANGUAGES} == {"de": "01.03.2022", "en": "1 March 2022"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same_dates_the_number_and_the_link(kind: str, language: Language) -> None:
    mail = render(kind, context(language=language))
    days = [DAYS[language](SAMPLE[name]) for name in ("due_on", "link_until")]
    for part in (mail.text, mail.html):
        for said in ("KIM-7F3K-92QD", *days, "http://127.0.0.1:8000/l/0123456789abcdef"):
            assert said in part, (kind, said)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_of_the_text_are_short_unless_they_are_a_link(kind: str) -> None:
    lines = render(kind, context(link="http://127.0.0.1:8000/l/" + "a" * 80)).text.splitlines()
    assert all(len(line) <= 76 or line.startswith("http") for line in lines)


@pytest.mark.parametrize("kind", KINDS)
def test_html_is_one_column_without_tables_scripts_or_anything_from_elsewhere(kind: str) -> None:
    outline = Outline(render(kind, context()).html)
    assert not {"table", "script", "img", "iframe", "form", "link"} & {tag for tag, *_ in outline.tags}
    assert outline.links == {"http://127.0.0.1:8000/l/0123456789abcdef"}


def test_an_agenda_mail_without_a_case_number_has_no_trace_of_a_path() -> None:
    mail = render("agenda_item", context(audience="body", case_number=""))
    assert "KIM-7" not in mail.subject + mail.text + mail.html
    assert "Aktenzeichen" not in mail.text + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_texts_never_become_markup(kind: str, language: Language) -> None:
    harmless = render(kind, context(language=language))
    plain = Outline(harmless.html)
    assert len(HOSTILE_TEXTS) >= 200
    for text in HOSTILE_TEXTS:
        mail = render(kind, context(language=language, **dict.fromkeys(TEXT_FIELDS, text)))
        outline = Outline(mail.html)
        assert (outline.tags, outline.links) == (plain.tags, plain.links), text
        assert mail.subject == harmless.subject
        assert "".join(text.split()) in "".join(mail.text.split())


@pytest.mark.parametrize("name", [*TEXT_FIELDS, "case_number", "link"])
def test_lines_with_control_direction_or_encoded_word_characters_are_refused(name: str) -> None:
    for text in HOSTILE_LINES:
        with pytest.raises(ValidationError) as refused:
            context(**{name: text})
        assert "evil" not in str(refused.value)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "http://x/ y", 'http://x/"', "//x", "ftp://x"]
)
def test_a_link_is_a_web_address_or_refused(link: str) -> None:
    with pytest.raises(ValidationError):
        context(link=link)


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "<b>123", " 12345"])
def test_a_code_is_six_digits_or_refused(code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        context(code=code)
    assert code not in str(refused.value)


def test_only_the_mail_that_is_for_it_says_the_code_and_its_subject_does_not() -> None:
    for kind in KINDS:
        mail = render(kind, context(code="481516", code_minutes=30))
        assert "481516" not in mail.subject
        assert ("481516" in mail.text) == ("481516" in mail.html) == (kind == "access_code")
    assert "30 Minuten" in render("access_code", context(code="481516", code_minutes=30)).text


def test_a_value_that_no_mail_may_carry_is_refused() -> None:
    with pytest.raises(ValidationError):
        context(name="Yusuf A.")
    assert set(MailContext.model_fields) == {
        "to", "key", "written_at", "addressee", "office", "audience", "language", "case_number", "link", "due_on",
        "about", "link_until", "tasks", "open_before", "code", "code_minutes",
    }  # fmt: skip


def test_an_unknown_kind_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(ValueError, match="offer, withdrawal"):
        render("../../etc/passwd", context())


def test_a_template_that_asks_for_an_unknown_value_fails_instead_of_leaving_a_hole() -> None:
    from notifications.rendering import _environment

    with pytest.raises(UndefinedError):
        _environment("en", escape=True).from_string("{{ nationality }}").render()


@given(addressee=st.text(max_size=160), office=st.text(max_size=160), kind=st.sampled_from(KINDS))
@settings(max_examples=300, deadline=None)
def test_any_text_is_either_refused_or_shown_as_text(addressee: str, office: str, kind: str) -> None:
    try:
        values = context(addressee=addressee, office=office)
    except ValidationError:
        return
    mail, plain = render(kind, values), render(kind, context())
    assert Outline(mail.html).tags == Outline(plain.html).tags
    assert mail.subject == plain.subject
    json.dumps(mail.text)
