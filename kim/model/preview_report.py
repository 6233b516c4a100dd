"""How a preview is told: counts by kind for people, every single change as CSV or JSON for whoever goes through them.

Nothing is compared here.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Final

from kim.model.comparing import PageOutcome, PathPreview
from process_models.catalogue import Catalogue
from process_models.catalogue_diff import RuleChange
from process_models.model_diff import Change

_OF_CHANGE: Final = ("who", "kind", "code", "field", "title", "before", "after", "reason")
_COLUMNS: Final = ("path", "municipality", "day", *_OF_CHANGE, "failure")
_SHOWN: Final = 20
"""Paths that are named on the screen; the file has them all."""
_MOVES: Final = ("deadline_moves", "forecast_moves")
Row = dict[str, str | None]


@dataclass(slots=True)
class Preview:
    """Everything that a preview found, added up page by page."""

    old: tuple[str, ...]
    """Versions of the rules that the paths plan under now."""
    new: str
    rules: tuple[RuleChange, ...]
    days: tuple[date, ...]
    paths: int = 0
    found: list[PathPreview] = field(default_factory=list)

    def add(self, outcome: PageOutcome) -> None:
        """Takes in a page."""
        self.paths += outcome.paths
        self.found += outcome.previews

    @property
    def changed(self) -> int:
        """How many paths change."""
        return len({preview.path for preview in self.found})

    @property
    def need_person(self) -> dict[str, set[str]]:
        """The paths that a person has to look at, and why."""
        found: dict[str, set[str]] = defaultdict(set)
        for preview in self.found:
            reasons = {"cannot_plan"} if preview.failure else set(preview.change.reasons)
            if reasons:
                found[preview.path] |= reasons
        return found

    def as_json(self) -> dict[str, Any]:
        """The counts, and who has to be looked at."""
        people = self.need_person
        return {
            "before": list(self.old),
            "after": self.new,
            "days": [day.isoformat() for day in self.days],
            "rules": [{**asdict(rule), "days": [day.isoformat() for day in rule.days]} for rule in self.rules],
            "paths": self.paths,
            "changed": self.changed,
            "need_person": len(people),
            "kinds": {kind: {"paths": paths, "changes": n} for kind, (paths, n) in _by_kind(self.found).items()},
            "reasons": dict(sorted(Counter(reason for reasons in people.values() for reason in reasons).items())),
            "moves": [asdict(move) for move in moves(self.found)],
            "people": [{"path": path, "reasons": sorted(reasons)} for path, reasons in sorted(people.items())],
        }

    def as_text(self, words: Catalogue) -> Iterator[str]:
        """German lines for the screen."""
        yield f"Modell {self.new} gegen {', '.join(self.old)}: {len(self.rules)} geänderte Regeln oder Konfigurationen"
        yield from (f"  {_rule_line(rule)}" for rule in self.rules)
        yield f"Geprüft für: {', '.join(day.isoformat() for day in self.days) or 'die Prüftage der Szenarien'}"
        people = self.need_person
        yield f"{self.paths} Wege geprüft: {self.changed} ändern sich, {len(people)} brauchen eine Person"
        for kind, (paths, changes) in _by_kind(self.found).items():
            yield f"  {words.label(f'change.{kind}')}: {changes} ({_paths(paths)})"
        yield from (f"  {move.as_text(words)}" for move in moves(self.found))
        for reason, count in sorted(Counter(reason for reasons in people.values() for reason in reasons).items()):
            yield f"  braucht eine Person, {words.label(f'person_reason.{reason}')}: {_paths(count)}"
        for path, reasons in sorted(people.items())[:_SHOWN]:
            yield f"    {path}: {', '.join(words.label(f'person_reason.{reason}') for reason in sorted(reasons))}"
        if len(people) > _SHOWN:
            yield f"    und {len(people) - _SHOWN} weitere (mit --out in eine Datei schreiben)"


@dataclass(frozen=True, slots=True)
class Move:
    """How far the dates of one code move: days later, negative = earlier."""

    code: str
    field: str
    paths: int
    shortest: int
    typical: float
    longest: int

    def as_text(self, words: Catalogue) -> str:
        """One German line."""
        goal = words.label(f"forecast.{self.code}").removeprefix("forecast.")
        span = f" ({self.shortest:+d} bis {self.longest:+d} Tage)" if self.shortest != self.longest else ""
        return f"{goal} ({self.field}): {_paths(self.paths)}, meist {self.typical:+.0f} Tage{span}"


def moves(found: Iterable[PathPreview]) -> list[Move]:
    """The moved dates, by code and date, the most frequent first."""
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    paths: dict[tuple[str, str], set[str]] = defaultdict(set)
    for preview in found:
        for change in preview.change.of(*_MOVES):
            if change.before is not None and change.after is not None:
                key = (change.code, change.field)
                days[key].append((date.fromisoformat(change.after) - date.fromisoformat(change.before)).days)
                paths[key].add(preview.path)
    told = [Move(*key, len(paths[key]), min(each), median(each), max(each)) for key, each in days.items()]
    return sorted(told, key=lambda move: (-move.paths, move.code, move.field))


def write(preview: Preview, file: Path) -> None:
    """Every single change into a `.csv` or `.json` file."""
    if file.suffix == ".json":
        content = {**preview.as_json(), "changes": list(rows(preview.found))}
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows(preview.found))


def rows(found: Iterable[PathPreview]) -> Iterator[Row]:
    """One row a change."""
    for preview in found:
        head: Row = {"path": preview.path, "municipality": preview.municipality, "day": preview.day.isoformat()}
        if preview.failure:
            yield {**dict.fromkeys(_COLUMNS), **head, "reason": "cannot_plan", "failure": preview.failure}
        for change in preview.change.changes:
            yield {**head, **_columns(change), "failure": None}


def _columns(change: Change) -> Row:
    return {name: getattr(change, name) for name in _OF_CHANGE}


def _by_kind(found: Iterable[PathPreview]) -> dict[str, tuple[int, int]]:
    """Paths and changes of each kind."""
    changes: Counter[str] = Counter()
    paths: dict[str, set[str]] = defaultdict(set)
    for preview in found:
        for change in preview.change.changes:
            changes[change.kind] += 1
            paths[change.kind].add(preview.path)
    return {kind: (len(paths[kind]), changes[kind]) for kind in sorted(changes)}


def _paths(count: int) -> str:
    return "1 Weg" if count == 1 else f"{count} Wege"


def _rule_line(rule: RuleChange) -> str:
    said = {"added": "neu", "changed": "geändert", "removed": "entfällt"}[rule.change]
    days = f", Stichtage {', '.join(day.isoformat() for day in rule.days)}" if rule.days else ""
    return f"{rule.code} {rule.title} ({said}{days})"
