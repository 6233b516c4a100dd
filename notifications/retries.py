"""When a mail that did not get through is tried again, and when it is given up. Pure; times are of the path's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(hours=72)
"""A weekend with an outage in it, and the working day after."""
MOST_ATTEMPTS: Final = 96
"""More than 72 hours of pauses allow: stops a path whose clock does not move."""


def next_try_at(attempts: int, made_at: datetime, now: datetime) -> datetime | None:
    """The next try after `attempts` (>= 1) in vain; None = given up. The last try is at the end of the 72 hours."""
    end = made_at + GIVE_UP_AFTER
    if now >= end or attempts >= MOST_ATTEMPTS:
        return None
    doublings = min(attempts - 1, 10)
    pause: timedelta = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return min(now + pause, end)
