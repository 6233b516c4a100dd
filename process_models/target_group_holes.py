"""Holes of a target group: persons about whom no released line of the table decides, by day, age and status.

Findings only. How the table decides stands in `target_group`; a municipality without a table is open to all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final, get_args

from dateutil.relativedelta import relativedelta

from process_models import rules
from process_models.catalogue_files import Entry
from process_models.target_group_lines import Circumstances, Referral, TargetStatus, decides
from process_models.yaml_lines import Finding

_OLDEST: Final = 100
_STATUSES: Final[tuple[TargetStatus, ...]] = get_args(TargetStatus)
_STATUS_NAMES: Final = {"GD": "Geduldete", "GE": "Gestattete", "OTHER": "andere Zugewanderte"}
_REFERRALS: Final[Mapping[str, Referral | None]] = {
    "ohne Vermittlung": None,
    "vermittelt, möchte nicht": Referral("", wants=False),
    "vermittelt, ohne Kriterium": Referral("", wants=True),
}
Missing = frozenset[tuple[str, str]]
"""Status and situation about which nothing is said."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """Ages about which the table is silent in a span of days, and for whom."""

    ages: tuple[int, int]
    days: tuple[date, date | None]
    missing: Missing

    def told(self) -> str:
        """German words."""
        first, last = self.ages
        ages = f"{first} Jahren" if first == last else f"{first} bis {last} Jahren"
        if last == _OLDEST:
            ages = f"ab {first} Jahren"
        since, until = self.days
        days = f"vom {since} bis {until}" if until else f"ab {since}"
        return f"{ages}, {days}: {_who(self.missing)}"


def holes_of_target_group(entry: Entry) -> Iterator[Finding]:
    """A finding for every age, status and span of days without a deciding line."""
    config = entry.shape
    assert isinstance(config, rules.Municipality)
    if not config.target_group:
        return
    close = "unter target_group eine freigegebene Zeile ergänzen oder Alter und Tage einer Zeile erweitern"
    for hole in _holes(config):
        yield entry.hole(("target_group",), f"keine Zeile der Zielgruppe entscheidet bei {hole.told()}", close)


def _holes(config: rules.Municipality) -> Iterator[_Hole]:
    table = [rule for rule in config.target_group if rule.release.state == "released"]
    open_since: dict[tuple[tuple[int, int], Missing], date] = {}
    for day in _turning_days(config.valid_from, table):
        now = set(_silent_ages(table, day))
        for key in [key for key in open_since if key not in now]:
            yield _Hole(key[0], (open_since.pop(key), day - timedelta(days=1)), key[1])
        for key in now:
            open_since.setdefault(key, day)
    for (ages, missing), since in open_since.items():
        yield _Hole(ages, (since, None), missing)


def _turning_days(since: date, table: Sequence[rules.TargetGroupRule]) -> list[date]:
    days = {since}
    for rule in table:
        days.add(rule.valid_from or since)
        if rule.valid_to is not None:
            days.add(rule.valid_to + timedelta(days=1))
    return sorted(day for day in days if day >= since)


def _silent_ages(table: Sequence[rules.TargetGroupRule], day: date) -> Iterator[tuple[tuple[int, int], Missing]]:
    """Runs of ages with the same persons left out."""
    in_force = [rule for rule in table if rule.holds_on(day)]
    situations = dict(_situations(table, day))
    silent = [(age, _left_out(in_force, age, day, situations)) for age in range(_OLDEST + 1)]
    for missing, run in groupby(silent, key=lambda pair: pair[1]):
        ages = [age for age, _missing in run]
        if missing:
            yield (ages[0], ages[-1]), missing


def _left_out(
    in_force: Sequence[rules.TargetGroupRule], age: int, day: date, situations: Mapping[str, Circumstances]
) -> Missing:
    return frozenset(
        (status, name)
        for status in _STATUSES
        for name, circumstances in situations.items()
        if not any(decides(rule, age, status, day, circumstances) for rule in in_force)
    )


def _situations(table: Sequence[rules.TargetGroupRule], day: date) -> Iterator[tuple[str, Circumstances]]:
    """The situations that this table tells apart on a day: by referral, and by years of stay."""
    asks_referral = any(rule.referred is not None or rule.wants is not None or rule.criteria for rule in table)
    stays: dict[str, date | None] = {"": None}
    years = max((rule.stay_years_to for rule in table if rule.stay_years_to is not None), default=None)
    if years is not None:
        stays[f"seit mehr als {years} Jahren hier"] = day - relativedelta(years=years + 1)
    for referral_name, referral in _REFERRALS.items() if asks_referral else (("", None),):
        for stay_name, since in stays.items():
            yield " ".join(filter(None, (referral_name, stay_name))), Circumstances(referral, since)


def _who(missing: Missing) -> str:
    by_situation: dict[str, list[str]] = defaultdict(list)
    for status, name in sorted(missing):
        by_situation[name].append(status)
    return "; ".join(f"{_statuses(by_situation[name])}{f' ({name})' if name else ''}" for name in sorted(by_situation))


def _statuses(codes: Iterable[str]) -> str:
    named = list(codes)
    return "alle" if len(named) == len(_STATUSES) else ", ".join(_STATUS_NAMES[code] for code in named)
