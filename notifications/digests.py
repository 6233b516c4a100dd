"""Which mails wait for the digest of their reader, and until when. Pure; the clock comes from the caller.

A digest is one mail on the morning of a working day instead of single ones. What is critical never waits.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from notifications.contexts import COORDINATOR
from process_models.calendars import ProductCalendar
from process_models.look_again import MORNING, day_at, moment_of
from process_models.names import CASE_MANAGER
from process_models.rules import Municipality

DIGEST: Final = "digest"
"""The kind of the mail, and the beginning of its key."""
DIGESTED: Final = (
    "offer",
    "information",
    "reminder_deadline",
    "escalation_e1",
    "consent_needed",
    "decision",
    "model_changed",
)
"""Kinds that may wait. Withdrawals and requests to erase, second reminders, gaps and failures leave at once."""


def digest_time(municipality: Municipality, recipient: str, agency_id: str) -> time | None:
    """When the digest of this reader leaves, in Germany; None if they get single mails."""
    if recipient in (CASE_MANAGER, COORDINATOR):
        return MORNING if recipient in municipality.digests else None
    agency = next((one for one in municipality.agencies if (one.id, one.kind) == (agency_id, recipient)), None)
    return agency.digest_at if agency else None


def waits_until(kind: str, due_on: date | None, at: time, now: datetime, calendar: ProductCalendar) -> datetime | None:
    """The moment of the next digest that may carry this mail; None if it has to leave by itself.

    The next morning of a working day after `now`. A date that falls on that day or before it is critical.
    """
    if kind not in DIGESTED:
        return None
    moment = _next_morning(at, now, calendar)
    return None if due_on is not None and due_on <= day_at(moment) else moment


def digest_key(tenant_id: str, recipient: str, agency_id: str, day: date) -> str:
    """One digest a reader and day."""
    return f"{DIGEST}:{tenant_id}:{recipient}:{agency_id}:{day.isoformat()}"


def _next_morning(at: time, now: datetime, calendar: ProductCalendar) -> datetime:
    day = day_at(now)
    while not calendar.is_working_day(day) or moment_of(day, at) <= now:
        day += timedelta(days=1)
    return moment_of(day, at)
