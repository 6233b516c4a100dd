"""How a preview is told: counts by kind for people, every single change as CSV or JSON for whoever goes through them.

Nothing is compared here.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from kim.model.comparing import PageOutcome
from process_models.catalogue import Catalogue
from process_models.catalogue_diff import RuleChange
from process_models.model_diff import Change
from process_models.previewing import CANNOT_PLAN, Move, PathPreview, PreviewFigures

_OF_CHANGE: Final = ("who", "kind", "code", "field", "title", "before", "after", "reason")
_COLUMNS: Final = ("path", "municipality", "day", *_OF_CHANGE, "failure")
_SHOWN: Final = 20
"""Paths that are named on the screen; the file has them all."""
Row = dict[str, str | None]


@dataclass(slots=True)
class Preview:
    """Everything that a preview found, added up page by page."""

    old: tuple[str, ...]
    """Versions of the rules that the paths plan under now."""
    new: str
    rules: tuple[RuleChange, ...]
    days: tuple[date, ...]
    figures: PreviewFigures = field(default_factory=PreviewFigures)
    found: list[PathPreview] = field(default_factory=list)

    def add(self, outcome: PageOutcome) -> None:
        """Takes in a page."""
        self.figures.add(outcome.paths, outcome.previews)
        self.found += outcome.previews

    @property
    def need_person(self) -> dict[str, set[str]]:
        """The paths that a person has to look at, and why."""
        found: dict[str, set[str]] = defaultdict(set)
        for preview in self.found:
            if preview.reasons:
                found[preview.path] |= preview.reasons
        return found

    def as_json(self) -> dict[str, Any]:
        """The counts, and who has to be looked at."""
        people = self.need_person
        return {
            "before": list(self.old),
            "after": self.new,
            "days": [day.isoformat() for day in self.days],
            "rules": [{**asdict(rule), "days": [day.isoformat() for day in rule.days]} for rule in self.rules],
            "paths": self.figures.paths,
            "changed": self.figures.changed,
            "need_person": self.figures.need_person,
            "kinds": {kind: {"paths": paths, "changes": n} for kind, (paths, n) in sorted(self.figures.kinds.items())},
            "reasons": dict(sorted(self.figures.reasons.items())),
            "moves": [asdict(move) for move in self.figures.moves],
            "people": [{"path": path, "reasons": sorted(reasons)} for path, reasons in sorted(people.items())],
        }

    def as_text(self, words: Catalogue) -> Iterator[str]:
        """German lines for the screen."""
        yield f"Modell {self.new} gegen {', '.join(self.old)}: {len(self.rules)} geänderte Regeln oder Konfigurationen"
        yield from (f"  {_rule_line(rule)}" for rule in self.rules)
        yield f"Geprüft für: {', '.join(day.isoformat() for day in self.days) or 'die Prüftage der Szenarien'}"
        people = self.need_person
        paths, changed = self.figures.paths, self.figures.changed
        yield f"{paths} Wege geprüft: {changed} ändern sich, {len(people)} brauchen eine Person"
        for kind, (paths, changes) in sorted(self.figures.kinds.items()):
            yield f"  {words.label(f'change.{kind}')}: {changes} ({_paths(paths)})"
        yield from (f"  {_move_line(move, words)}" for move in self.figures.moves)
        for reason, count in sorted(self.figures.reasons.items()):
            yield f"  braucht eine Person, {words.label(f'person_reason.{reason}')}: {_paths(count)}"
        for path, reasons in sorted(people.items())[:_SHOWN]:
            yield f"    {path}: {', '.join(words.label(f'person_reason.{reason}') for reason in sorted(reasons))}"
        if len(people) > _SHOWN:
            yield f"    und {len(people) - _SHOWN} weitere (mit --out in eine Datei schreiben)"


def _move_line(move: Move, words: Catalogue) -> str:
    goal = words.label(f"forecast.{move.code}").removeprefix("forecast.")
    span = f" ({move.shortest:+d} bis {move.longest:+d} Tage)" if move.shortest != move.longest else ""
    return f"{goal} ({move.field}): {_paths(move.paths)}, meist {move.typical:+d} Tage{span}"


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
            yield {**dict.fromkeys(_COLUMNS), **head, "reason": CANNOT_PLAN, "failure": preview.failure}
        for change in preview.change.changes:
            yield {**head, **_columns(change), "failure": None}


def _columns(change: Change) -> Row:
    return {name: getattr(change, name) for name in _OF_CHANGE}


def _paths(count: int) -> str:
    return "1 Weg" if count == 1 else f"{count} Wege"


def _rule_line(rule: RuleChange) -> str:
    said = {"added": "neu", "changed": "geändert", "removed": "entfällt"}[rule.change]
    days = f", Stichtage {', '.join(day.isoformat() for day in rule.days)}" if rule.days else ""
    return f"{rule.code} {rule.title} ({said}{days})"
