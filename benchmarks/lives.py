"""What happens in a long life with authorities, over and over: for whoever measures files with many facts.

Fictitious. Facts only; nothing is written or measured here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

from process_models.facts import Fact


def long_life(since: date, turn: timedelta) -> Iterator[Fact]:
    """Letters, jobs, approvals of benefits, five facts a turn; a new title every ten turns. Without end."""
    for number in count():
        day, middle = since + number * turn, since + number * turn + turn / 2
        if number % 10 == 0:
            yield _fact(f"t{number}", "residence.title_issued", day, state="R12", valid_until=day + 11 * turn)
        letter = {"from": "jobcenter", "subject": "Bescheid", "until": day + turn / 3}
        yield _fact(f"n{number}", "notice.served", day, **letter)
        yield _fact(f"w{number}", "work.started", day, hours_per_week=20, livelihood_secured=False)
        granted = {"regime": "B05", "from": day.replace(day=1), "until": day + turn}
        yield _fact(f"b{number}", "benefits.granted", day, **granted)
        yield _fact(f"m{number}", "notice.served", middle, **{"from": "abh", "subject": "Bescheid"})
        yield _fact(f"e{number}", "work.ended", middle)


def _fact(ref: str, kind: str, on: date, **data: Any) -> Fact:
    return Fact(ref, kind, on, on, data)
