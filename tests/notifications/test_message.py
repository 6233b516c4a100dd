"""The bytes that leave: known headers, one recipient, an identity that every attempt shares."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.message import HEADERS, ComposedMessage, MessageInvalid, check_headers, checked_address, compose
from notifications.rendering import KINDS, render
from tests.notifications.samples import HOSTILE_LINES, context

SENDER = "KIM-Lotse <kim@neuss.example.test>"


def composed(kind: str = "offer", **changes: object) -> ComposedMessage:
    return compose(render(kind, context(**changes)), SENDER)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_exactly_the_expected_headers_and_both_texts(kind: str, language: str) -> None:
    message = message_from_bytes(composed(kind, language=language).content, policy=default)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == render(kind, context(language=language)).text
    assert message.defects == []


def test_the_message_id_depends_on_the_key_alone_and_hides_it() -> None:
    first, again, other = composed(), composed(due_on=None, link=""), composed(key="8f1c:H01:offer:jobcenter:2")
    assert first.message_id == again.message_id != other.message_id
    assert first.message_id.endswith("@neuss.example.test>")
    assert b"8f1c" not in first.content
    assert message_from_bytes(first.content)["X-KIM-Key"] == message_from_bytes(again.content)["X-KIM-Key"]


def test_lines_end_as_smtp_wants_them_and_are_short() -> None:
    content = composed().content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.isascii()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "neuss",
        "a@x.test, b@evil.test",
        "a@x.test;b@evil.test",
        "Name <a@x.test>",
        "a@x.test\r\nBcc: b@evil.test",
        "a b@x.test",
        "=?utf-8?q?a?=@x.test",
        "a@x..test",
        "a@-x.test",
        "ä@x.test",
        "a@x.test\u200b",
        "a" * 250 + "@x.test",
    ],
)
def test_only_one_plain_mailbox_is_an_address(address: str) -> None:
    with pytest.raises(MessageInvalid):
        checked_address(address)
    with pytest.raises(MessageInvalid):
        composed(to=address)


@pytest.mark.parametrize(
    "sender", ["", "KIM", "KIM <a@x.test, b@x.test>", "=?utf-8?q?x?= <a@x.test>", "\u202eKIM <a@x.test>"]
)
def test_a_sender_that_is_not_one_mailbox_is_refused(sender: str) -> None:
    with pytest.raises(MessageInvalid):
        compose(render("offer", context()), sender)


def test_a_sender_may_be_a_bare_mailbox() -> None:
    assert compose(render("offer", context()), "kim@x.test").sender == "kim@x.test"


@pytest.mark.parametrize("text", HOSTILE_LINES)
def test_a_hostile_subject_does_not_leave(text: str) -> None:
    """The templates cannot make one; the check of the final bytes holds even if they did."""
    mail = replace(render("offer", context()), subject=f"KIM-Lotse: {text}")
    try:
        content = compose(mail, SENDER).content
    except ValueError:
        return
    assert sorted(message_from_bytes(content).keys()) == sorted(HEADERS)


@pytest.mark.parametrize(
    "change",
    [
        (b"Auto-Submitted", b"Bcc: x@evil.test\r\nAuto-Submitted"),
        (b"Auto-Submitted", b"Subject: zwei\r\nAuto-Submitted"),
        (b"Auto-Submitted", b"X\r\nAuto-Submitted"),
        (b"Auto-Submitted: auto-generated\r\n", b""),
        (b"To: aufgaben@", b"To: x@evil.test, aufgaben@"),
        (b"Subject: ", b"Subject: Re: "),
        (b"Date: ", b"Date: x\n y"),
    ],
)
def test_the_check_of_the_final_bytes_finds_what_was_planted(change: tuple[bytes, bytes]) -> None:
    mail = render("offer", context())
    content = compose(mail, SENDER).content
    check_headers(content, mail.to, mail.subject)
    planted = content.replace(*change, 1)
    assert planted != content
    with pytest.raises(MessageInvalid):
        check_headers(planted, mail.to, mail.subject)


@given(text=st.text(max_size=80))
@settings(max_examples=500, deadline=None)
def test_whatever_a_subject_holds_the_headers_stay_the_same_or_nothing_leaves(text: str) -> None:
    mail = replace(render("offer", context()), subject=f"KIM-Lotse: {text}".strip())
    try:
        content = compose(mail, SENDER).content
    except ValueError:
        return
    head = content.partition(b"\r\n\r\n")[0]
    assert sorted(message_from_bytes(head + b"\r\n\r\n").keys()) == sorted(HEADERS)
