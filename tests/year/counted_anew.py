"""Figures of a simulated year counted anew: from the journal of what was done and from raw rows, in plain Python.

Imports nothing of the product on purpose: what is wrong there must not be wrong here in the same way.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

Interface = tuple[str, str, str]
"""Code, sender, receiver."""
WAITS = ("offered", "received")
ROSENMONTAG = ("rhein-kreis-neuss", "muenster")
"""Tenants whose agencies are closed on Rosenmontag."""
SMALL = 5


@cache
def easter(year: int) -> date:
    """Sunday of Easter (Gauss, as Lichtenberg put it)."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    return date(year, 3, 1) + timedelta(days=og + (7 - (og - sz) % 7) - 1)


@cache
def is_open(day: date, tenant: str) -> bool:
    """Whether agencies in this part of North Rhine-Westphalia work on a day."""
    sunday = easter(day.year)
    moving = {sunday + timedelta(days=n) for n in (-2, 1, 39, 50, 60)}
    fixed = {(1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26), (12, 24), (12, 31)}
    rosenmontag = tenant in ROSENMONTAG and day == sunday - timedelta(days=48)
    return day.weekday() < 5 and day not in moving and (day.month, day.day) not in fixed and not rosenmontag


@cache
def working_days(since: date, until: date, tenant: str) -> int:
    """Working days after one day up to another."""
    return sum(is_open(since + timedelta(days=n), tenant) for n in range(1, (until - since).days + 1))


def add_working_days(day: date, count: int, tenant: str) -> date:
    """The n-th working day after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_open(day, tenant)
    return day


def at_rank(values: Iterable[int], share: float) -> int:
    """The value at the nearest rank."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]


def quarter(day: date) -> int:
    """0 to 3."""
    return (day.month - 1) // 3


@dataclass
class Counts:
    """Everything that happened at one interface: days, and working days where they are counted."""

    offers: list[date] = field(default_factory=list)
    refused: list[date] = field(default_factory=list)
    receive: list[tuple[date, int]] = field(default_factory=list)
    accept: list[tuple[date, int]] = field(default_factory=list)
    complete: list[tuple[date, int]] = field(default_factory=list)
    stalls: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    levels: Counter[str] = field(default_factory=Counter)
    gaps: list[tuple[date, int]] = field(default_factory=list)
    """Calendar days."""


def by_quarter(days: Iterable[date]) -> tuple[int, int, int, int]:
    """How many lie in each quarter."""
    counted = Counter(map(quarter, days))
    return counted[0], counted[1], counted[2], counted[3]


def told_over_a_year(counts: Sequence[int]) -> tuple[int, int]:
    """Least and most that may be told of quarters that close one after the other, no group of one to four ever."""
    total = waiting = 0
    for count in counts:
        waiting += count
        if waiting == 0 or waiting >= SMALL:
            total, waiting = total + waiting, 0
    return (total, total) if not waiting else (total + 1, total + SMALL - 1)


class PlayedYear:
    """The journal and the raw rows of a year."""

    def __init__(self, directory: Path) -> None:
        self.file = directory / "kim.db"
        lines = (directory / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        self.lines: list[dict[str, Any]] = [_with_days(json.loads(line)) for line in lines]

    @property
    def url(self) -> str:
        """Where the product finds the records."""
        return f"sqlite+aiosqlite:///{self.file}"

    @property
    def tenants(self) -> list[str]:
        """Those in which something happened."""
        return sorted({line["tenant"] for line in self.lines})

    def rows(self, query: str, *values: str) -> list[sqlite3.Row]:
        """Raw rows."""
        with closing(sqlite3.connect(self.file)) as records:
            records.row_factory = sqlite3.Row
            return records.execute(query, values).fetchall()

    def done(self, tenant: str, *what: str) -> list[dict[str, Any]]:
        """What was done and went through."""
        return [one for one in self.lines if one["tenant"] == tenant and one["what"] in what and not one["refused"]]

    def number_of(self, tenant: str) -> dict[str, int]:
        """Numbers of lives by the id of their path."""
        numbers = {line["code"]: line["path"] for line in self.done(tenant, "started")}
        found = self.rows("SELECT id, case_number FROM path WHERE tenant_id = ?", tenant)
        return {row["id"]: numbers[row["case_number"]] for row in found}

    def owners(self, tenant: str) -> dict[int, str]:
        """Whose path each life is at the end of the year, by number; paths of who has left are nobody's."""
        found: dict[int, str] = {}
        for line in sorted(self.done(tenant, "started", "given", "post_left"), key=_order):
            if line["what"] == "post_left":
                found = {path: who for path, who in found.items() if who != line["who"]}
            else:
                found[line["path"]] = line["who"]
        return found

    def workplaces(self, tenant: str, day: date) -> dict[str, str]:
        """Where each case manager who holds a post on a day works, by name."""
        held = self.rows(
            """SELECT h.post, a.display_name, h.since, h.until FROM post_holder h JOIN account a ON a.id = h.account_id
               WHERE h.tenant_id = ?""",
            tenant,
        )
        moved = self.rows("SELECT post, valid_from, workplace FROM post_change WHERE tenant_id = ?", tenant)
        on = day.isoformat()
        places = {
            row["post"]: row["workplace"]
            for row in sorted(moved, key=lambda row: row["valid_from"])
            if row["workplace"] and row["valid_from"] <= on
        }
        there = [row for row in held if row["since"] <= on and (row["until"] is None or row["until"] >= on)]
        return {row["display_name"]: places.get(row["post"], "") for row in there}

    def at_places(self, tenant: str, *activities: str) -> Counter[str]:
        """How often something happened in each place, from the rows of the log."""
        marks = ", ".join("?" for _ in activities)
        query = f"SELECT place, count(*) FROM path_event WHERE tenant_id = ? AND activity IN ({marks}) GROUP BY place"
        return Counter(dict(map(tuple, self.rows(query, tenant, *activities))))

    def interfaces(self, tenant: str) -> dict[Interface, Counts]:
        """What happened at every interface of a tenant."""
        found: dict[Interface, Counts] = defaultdict(Counts)
        self._count_offers(tenant, found)
        self._count_answers(tenant, found)
        self._count_rows(tenant, found)
        return dict(found)

    def _count_offers(self, tenant: str, found: dict[Interface, Counts]) -> None:
        """Offers that an agency read, and those whose mail never reached one."""
        numbers = self.number_of(tenant)
        offers = {(one["path"], one["code"], one["since"]): _interface(one) for one in self.done(tenant, "offered")}
        for row in self.rows("SELECT * FROM handover WHERE tenant_id = ? AND offered_on IS NOT NULL", tenant):
            about = (numbers[row["path_id"]], row["code"], date.fromisoformat(row["offered_on"]))
            offers[about] = (row["code"].split(".")[0], row["from_kind"], row["to_kind"])
        for (_, _, day), interface in offers.items():
            found[interface].offers.append(day)

    def _count_answers(self, tenant: str, found: dict[Interface, Counts]) -> None:
        received: set[tuple[int, str, date]] = set()
        reasons: dict[tuple[int, str, date], tuple[str, str]] = {}
        for one in self.done(tenant, "receive", "query", "accept", "refuse", "reason"):
            counts, about = found[_interface(one)], (one["path"], one["code"], one["since"])
            took = (one["on"], working_days(one["since"], one["on"], tenant))
            if one["what"] in ("receive", "query", "accept") and about not in received:
                received.add(about)
                counts.receive.append(took)
            if one["what"] == "accept":
                counts.accept.append(took)
            elif one["what"] == "refuse":
                counts.refused.append(one["on"])
            elif one["what"] in ("query", "reason"):
                before = reasons.get(about, ("", ""))
                reason = one["reason"] or before[0] or "CLIENT_OPEN"
                reasons[about] = (reason, one["detail"] if one["what"] == "reason" else before[1])
                if reasons[about] != before:
                    counts.stalls[reason].append(one["on"])

    def _count_rows(self, tenant: str, found: dict[Interface, Counts]) -> None:
        """What the product does by itself: completions, reminders of the ladder, times without livelihood."""
        for row in self.rows("SELECT * FROM handover WHERE tenant_id = ? AND completed_on IS NOT NULL", tenant):
            begun, ended = date.fromisoformat(row["accepted_on"]), date.fromisoformat(row["completed_on"])
            found[_of_row(row)].complete.append((ended, working_days(begun, ended, tenant)))
        told = """SELECT DISTINCT n.kind, n.handover_id, substr(n.key, -2) AS offer, h.code, h.from_kind, h.to_kind
                  FROM notice n JOIN handover h ON h.id = n.handover_id
                  WHERE n.tenant_id = ? AND n.kind IN ('escalation_e1', 'escalation_e2')"""
        for row in self.rows(told, tenant):
            found[_of_row(row)].levels[row["kind"][-2:].upper()] += 1
        gaps = "SELECT * FROM path_event WHERE tenant_id = ? AND activity = 'gap_ended' AND code != ''"
        for row in self.rows(gaps, tenant):
            found[_of_row(row)].gaps.append((date.fromisoformat(row["happened_on"]), row["days"]))

    def stuck(self, tenant: str) -> list[sqlite3.Row]:
        """Open stalls of open paths, each with the handover that waits."""
        return self.rows(
            """SELECT s.handover, s.reason, s.since, s.path_id, h.to_agency, h.level, h.offered_on
               FROM stall_note s JOIN path p ON p.id = s.path_id AND p.state = 'open'
               LEFT JOIN handover h ON h.path_id = s.path_id AND h.code = s.handover
                    AND h.state IN ('offered', 'received')
               WHERE s.tenant_id = ? AND s.ended_on IS NULL""",
            tenant,
        )

    def waiting(self, tenant: str) -> list[sqlite3.Row]:
        """Handovers of open paths that await an answer."""
        return self.rows(
            """SELECT h.* FROM handover h JOIN path p ON p.id = h.path_id AND p.state = 'open'
               WHERE h.tenant_id = ? AND h.state IN ('offered', 'received')""",
            tenant,
        )


def _with_days(line: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(line[name]) for name in ("on", "since") if line[name]}
    return {**line, **days}


def _order(line: dict[str, Any]) -> tuple[date, bool]:
    """A last day is over after everything else of it."""
    return line["on"], line["what"] == "post_left"


def _interface(line: dict[str, Any]) -> Interface:
    return line["code"].split(".")[0], line["sender"], line["receiver"]


def _of_row(row: sqlite3.Row) -> Interface:
    return row["code"].split(".")[0], row["from_kind"], row["to_kind"]
