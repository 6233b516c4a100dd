"""The words of mails: the files hold exactly the sentences of the templates, each with its English."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kim.translations import MAIL, in_mails, missing, po_of, updated
from notifications.contexts import mailbox_of
from notifications.words import LOCALE
from process_models.catalogue import catalogue

AGAIN = "python -m kim.translations brings the files up to date"


def read(language: str) -> Catalog:
    return read_po(BytesIO((LOCALE / language / "LC_MESSAGES" / f"{MAIL}.po").read_bytes()), locale=language)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_files_hold_exactly_the_sentences_of_the_mails(language: str) -> None:
    file = LOCALE / language / "LC_MESSAGES" / f"{MAIL}.po"
    assert file.read_bytes() == po_of(updated(file, language, in_mails())), AGAIN


def test_every_sentence_of_a_mail_has_its_english() -> None:
    assert missing(read("en")) == []


def test_english_sentences_take_the_same_values_and_bring_no_markup() -> None:
    for message in filter(lambda one: one.id, read("en")):
        german = message.id if isinstance(message.id, tuple) else (message.id,)
        english = message.string if isinstance(message.string, tuple) else (message.string,)
        for said, meant in zip(english, german, strict=True):
            assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(re.findall(r"%\(\w+\)s", meant)), meant
            assert not re.search(r"[<>&]", said), said


def test_in_which_language_a_mail_is_written_says_the_configuration() -> None:
    shipped = catalogue().municipality("rhein-kreis-neuss")
    agency = next(one for one in shipped.agencies if one.id == "jobcenter-rkn")
    spoken = shipped.model_copy(
        update={
            "mail_language": "en",
            "agencies": (agency.model_copy(update={"language": "en"}),),
            "bodies": tuple(body.model_copy(update={"language": "en"}) for body in shipped.bodies),
        }
    )
    for recipient in ("case_manager", "coordinator", "ag_fallebene", "jobcenter", "jobcenter_head"):
        before, after = (mailbox_of(one, recipient, "jobcenter-rkn") for one in (shipped, spoken))
        assert before
        assert after
        assert (before.language, after.language) == ("de", "en")
    head = mailbox_of(spoken, "jobcenter_head", "jobcenter-rkn")
    assert head
    assert head.title == "Jobcenter Rhein-Kreis Neuss, head of unit"
