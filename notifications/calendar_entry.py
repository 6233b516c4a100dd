"""Dates as calendar entries (RFC 5545): the attachment of a mail that carries a date, and the lines of a feed.

A case number, a code, a day and a link; nothing of a person has a place here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from icalendar import Alarm, Calendar, Event, vCalAddress

_PRODUCT: Final = "-//KIM-Lotse//Kommunales Integrationsmanagement//DE"
_FIRST_REVISION: Final = datetime(2020, 1, 1, tzinfo=UTC)
_NINE_THE_DAY_BEFORE: Final = timedelta(hours=-15)
"""Counted from the midnight with which the day begins."""


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A whole day in a calendar. `about` identifies what it is about: the entry moves if the day moves."""

    about: str
    on: date
    title: str
    text: str
    written_at: datetime
    link: str = ""
    cancelled: bool = False


def uid_of(about: str, domain: str) -> str:
    """The identity of an entry: the same for every message about the same date, and it tells nothing."""
    return f"{sha256(about.encode()).hexdigest()[:32]}@{domain}"


def revision_of(written_at: datetime) -> int:
    """Number that grows with time, so that a calendar keeps the latest word: whole minutes."""
    return max(0, int((written_at - _FIRST_REVISION).total_seconds() // 60))


def published(entry: DayEntry, organizer: str) -> str:
    """The text of an attachment that publishes this entry. `organizer` is the mailbox that the mail comes from."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    event = _event(entry, organizer.partition("@")[2])
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def feed_of(entries: Iterable[DayEntry], name: str, domain: str) -> bytes:
    """A calendar to subscribe to, with these entries; the same entries give the same bytes."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, domain))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(entry: DayEntry, domain: str) -> Event:
    event = Event()
    event.add("uid", uid_of(entry.about, domain))
    event.add("sequence", revision_of(entry.written_at))
    event.add("dtstamp", entry.written_at)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.link:
        event.add("url", entry.link)
    if not entry.cancelled:
        event.add_component(_alarm(entry.title))
    return event


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", _NINE_THE_DAY_BEFORE)
    return alarm
