"""The calendar entry of a mail: read back by icalendar, steady identity, growing revision, nothing of a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event
from pydantic import ValidationError

from notifications.calendar_entry import DayEntry, feed_of, published, uid_of
from notifications.message import ATTACHMENT, HEADERS, compose
from notifications.rendering import DATED, ENDING, KINDS, render
from process_models.configuration import Language
from tests.notifications.samples import HOSTILE_TEXTS, SAMPLE, context

SENDER = "KIM-Lotse <kim@neuss.example.test>"
ABOUT = "8f1c:H01:jobcenter:jobcenter-rkn"


def calendar_in(kind: str, **changes: object) -> Calendar | None:
    """The attached calendar as the reader's program understands it."""
    content = compose(render(kind, context(about=ABOUT, **changes)), SENDER).content
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message.defects == []
    parts = list(message.iter_attachments())
    if not parts:
        return None
    [part] = parts
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", ATTACHMENT)
    assert part.get_param("method") == "PUBLISH"
    return Calendar.from_ical(part.get_content())


def event_in(calendar: Calendar | None) -> Event:
    assert calendar is not None
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return event


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_whose_date_is_one_to_keep_brings_it_and_no_other_mail_does(kind: str, language: Language) -> None:
    calendar = calendar_in(kind, language=language)
    assert (calendar is not None) == (kind in (*DATED, *ENDING))
    if calendar is None:
        return
    event = event_in(calendar)
    assert calendar["METHOD"] == "PUBLISH"
    assert (event.start, event.end) == (SAMPLE["due_on"], SAMPLE["due_on"] + timedelta(days=1))
    assert str(event["SUMMARY"]) == render(kind, context(language=language)).subject
    assert str(event["ORGANIZER"]) == "mailto:kim@neuss.example.test"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert bool(list(event.walk("VALARM"))) == (str(event["STATUS"]) == "CONFIRMED") == (kind in DATED)


def test_the_alarm_rings_at_nine_on_the_day_before() -> None:
    [alarm] = event_in(calendar_in("offer")).walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-15)
    assert alarm["ACTION"] == "DISPLAY"


def test_a_later_mail_about_the_same_date_moves_the_same_entry() -> None:
    first = event_in(calendar_in("offer"))
    later = SAMPLE["written_at"] + timedelta(days=14)
    moved = event_in(calendar_in("escalation_e1", written_at=later, due_on=date(2022, 3, 7), key="another"))
    ended = event_in(calendar_in("withdrawal", written_at=later + timedelta(minutes=1), due_on=None))
    assert first["UID"] == moved["UID"] == ended["UID"]
    assert first["SEQUENCE"] < moved["SEQUENCE"] < ended["SEQUENCE"]
    assert moved.start == date(2022, 3, 7)


def test_other_readers_and_other_things_have_other_entries() -> None:
    assert len({uid_of(about, "x.test") for about in (ABOUT, f"{ABOUT}2", "8f1c:H02:jobcenter:jobcenter-rkn")}) == 3


def test_the_key_of_the_task_page_stays_out_of_calendars_that_others_read() -> None:
    for audience in ("agency", "head"):
        calendar = calendar_in("offer", audience=audience)
        assert calendar is not None
        assert b"0123456789abcdef" not in calendar.to_ical()
    assert str(event_in(calendar_in("consent_needed", audience="office"))["URL"]) == SAMPLE["link"]


def test_a_mail_without_a_date_brings_no_entry() -> None:
    assert calendar_in("offer", due_on=None) is None


def test_nothing_of_the_path_but_its_pseudonym_stands_in_the_entry() -> None:
    calendar = calendar_in("offer")
    assert calendar is not None
    text = calendar.to_ical().decode()
    assert "8f1c" not in text
    assert "jobcenter" not in text.lower()
    assert "KIM-7F3K-92QD" in text


def test_hostile_texts_add_no_line_to_the_entry() -> None:
    harmless = event_in(calendar_in("offer"))
    for text in HOSTILE_TEXTS:
        event = event_in(calendar_in("offer", addressee=text, office=text))
        assert event == harmless, text


@given(title=st.text(max_size=120), text=st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_a_title_holds_the_calendar_has_the_same_properties(title: str, text: str) -> None:
    moment: datetime = SAMPLE["written_at"]
    entry = DayEntry(ABOUT, date(2022, 2, 17), title, text, moment)
    plain = published(DayEntry(ABOUT, date(2022, 2, 17), "t", "t", moment), "kim@x.test")
    try:
        found = Calendar.from_ical(published(entry, "kim@x.test"))
    except (ValueError, ValidationError):
        return
    names = [name for name, _ in Calendar.from_ical(plain).property_items()]
    assert [name for name, _ in found.property_items()] == names


def test_a_feed_holds_every_entry_and_says_the_same_as_long_as_nothing_changes() -> None:
    entries = [
        DayEntry(f"p:{code}", date(2022, 3, day), f"KIM-7F3K-92QD: {code}", "", SAMPLE["written_at"])
        for day, code in ((1, "F01"), (2, "F12"))
    ]
    feed = feed_of(entries, "KIM-Lotse", "x.test")
    assert feed == feed_of(entries, "KIM-Lotse", "x.test")
    read = Calendar.from_ical(feed)
    assert [(event.start, str(event["SUMMARY"])) for event in read.walk("VEVENT") if isinstance(event, Event)] == [
        (date(2022, 3, 1), "KIM-7F3K-92QD: F01"),
        (date(2022, 3, 2), "KIM-7F3K-92QD: F12"),
    ]
