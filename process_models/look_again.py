"""When a path has to be looked at again without any news: the next morning on which something changes or is due.

Only moments live here. Mornings are 08:00 Europe/Berlin, given as UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

BERLIN: Final = ZoneInfo("Europe/Berlin")
MORNING: Final = time(8)
"""Reminders and escalations of a day are due at this local time."""


SPREAD: Final = timedelta(hours=4)
"""Within this time after the morning the paths wake that a change of the law concerns."""


def spread_out(moment: datetime, key: str) -> datetime:
    """A moment within `SPREAD` after this one, always the same for a key: many paths do not wake in one second."""
    return moment + timedelta(seconds=crc32(key.encode()) % int(SPREAD.total_seconds()))


@lru_cache(maxsize=4096)
def morning(day: date) -> datetime:
    """The moment of a day at which its reminders and escalations are due, as UTC."""
    return moment_of(day, MORNING)


def moment_of(day: date, at: time) -> datetime:
    """The moment at this time of a day in Germany, as UTC."""
    return datetime.combine(day, at, BERLIN).astimezone(UTC)


def day_at(now: datetime) -> date:
    """The day in Germany at this moment."""
    return now.astimezone(BERLIN).date()


def is_due(day: date, now: datetime) -> bool:
    """True from the morning of that day on."""
    return morning(day) <= now


def next_morning(days: Iterable[date | None], now: datetime) -> datetime | None:
    """The earliest of these mornings that lies ahead; None if none does."""
    today = day_at(now)
    first = today if morning(today) > now else today + timedelta(days=1)
    ahead = min((day for day in days if day is not None and day >= first), default=None)
    return morning(ahead) if ahead is not None else None
