"""What a new model would change in running paths, added up page by page: counts by kind, reasons, moved dates.

Pure comparison of plans and arithmetic. Who reads the paths, and where the figures are kept, is told elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.interface_review import quantile
from process_models.model_diff import Change, PlanChange, compare_plans
from process_models.planning import plan_of_day

CANNOT_PLAN: Final = "cannot_plan"
"""Reason for a person to look: the new model gives this path no plan at all."""
_MOVES: Final = ("deadline_moves", "forecast_moves")


@dataclass(frozen=True, slots=True)
class PathPreview:
    """What the new model does to a path on a day: the change, or why it cannot be planned at all."""

    path: str
    """Case number, or name of the scenario."""
    municipality: str
    day: date
    change: PlanChange = field(default_factory=PlanChange)
    failure: str = ""
    """Name of the error that the new model's plan ends with; such a path must not get the model."""

    @property
    def reasons(self) -> frozenset[str]:
        """Why a person has to look at the path; empty = nobody has to."""
        return frozenset({CANNOT_PLAN}) if self.failure else frozenset(self.change.reasons)


def preview_path(name: str, case: Case, now: datetime, models: tuple[Catalogue, Catalogue]) -> PathPreview | None:
    """Compares one path under the rules that it has and the new ones; None if nothing changes."""
    before, after = models
    was = plan_of_day(case, now, before)
    try:
        change = compare_plans(was, plan_of_day(case, now, after))
    except Exception as error:  # noqa: BLE001 - whatever the new model does to this path, somebody has to see it
        return PathPreview(name, case.municipality, was.day, failure=type(error).__name__)
    return None if change.is_empty else PathPreview(name, case.municipality, was.day, change)


@dataclass(frozen=True, slots=True)
class Move:
    """How far the dates of one code move: days later, negative = earlier."""

    code: str
    field: str
    paths: int
    shortest: int
    typical: int
    """Half of the moves are at most this far."""
    longest: int


@dataclass(slots=True)
class PreviewFigures:
    """The figures of a preview; pages of different paths may be added one after the other."""

    paths: int = 0
    changed: int = 0
    need_person: int = 0
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Kind of change -> paths and changes."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why a person has to look -> paths."""
    _moves: dict[str, dict[int, int]] = field(default_factory=dict)
    _moved_paths: dict[str, int] = field(default_factory=dict)

    def add(self, paths: int, found: Iterable[PathPreview]) -> None:
        """Takes in a page of so many paths; what was found may name a path several times (several days)."""
        by_path: dict[str, list[PathPreview]] = {}
        for preview in found:
            by_path.setdefault(preview.path, []).append(preview)
        self.paths += paths
        self.changed += len(by_path)
        for previews in by_path.values():
            self._add_path(previews)

    def _add_path(self, previews: list[PathPreview]) -> None:
        reasons = frozenset().union(*(preview.reasons for preview in previews))
        self.need_person += bool(reasons)
        for reason in reasons:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        changes = [change for preview in previews for change in preview.change.changes]
        for kind, count in Counter(change.kind for change in changes).items():
            paths, before = self.kinds.get(kind, (0, 0))
            self.kinds[kind] = (paths + 1, before + count)
        self._add_moves([change for change in changes if change.kind in _MOVES and change.before and change.after])

    def _add_moves(self, moved: list[Change]) -> None:
        for key in {f"{change.code} {change.field}" for change in moved}:
            self._moved_paths[key] = self._moved_paths.get(key, 0) + 1
        for change in moved:
            days = self._moves.setdefault(f"{change.code} {change.field}", {})
            by = (date.fromisoformat(change.after or "") - date.fromisoformat(change.before or "")).days
            days[by] = days.get(by, 0) + 1

    def plus(self, other: PreviewFigures) -> PreviewFigures:
        """The figures of both, which are about different paths."""
        kinds = {
            kind: (self._of(kind)[0] + other._of(kind)[0], self._of(kind)[1] + other._of(kind)[1])
            for kind in {*self.kinds, *other.kinds}
        }
        moves = {
            key: _sum(self._moves.get(key, {}), other._moves.get(key, {})) for key in {*self._moves, *other._moves}
        }
        return PreviewFigures(
            self.paths + other.paths,
            self.changed + other.changed,
            self.need_person + other.need_person,
            kinds,
            _sum(self.reasons, other.reasons),
            moves,
            _sum(self._moved_paths, other._moved_paths),
        )

    def _of(self, kind: str) -> tuple[int, int]:
        return self.kinds.get(kind, (0, 0))

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moved dates, by code and date, the most frequent first."""
        told = [_move(key, days, self._moved_paths[key]) for key, days in self._moves.items()]
        return tuple(sorted(told, key=lambda move: (-move.paths, move.code, move.field)))

    def as_json(self) -> dict[str, Any]:
        """The figures as the records keep them."""
        moves = {key: {str(day): count for day, count in days.items()} for key, days in self._moves.items()}
        return {
            **{name: getattr(self, name) for name in ("paths", "changed", "need_person", "reasons")},
            "kinds": {kind: list(counts) for kind, counts in self.kinds.items()},
            "moves": moves,
            "moved_paths": self._moved_paths,
        }


def figures_of(kept: Mapping[str, Any]) -> PreviewFigures:
    """The inverse of `as_json`; an empty mapping gives empty figures."""
    moves = {key: {int(day): count for day, count in days.items()} for key, days in kept.get("moves", {}).items()}
    return PreviewFigures(
        kept.get("paths", 0),
        kept.get("changed", 0),
        kept.get("need_person", 0),
        {kind: (paths, changes) for kind, (paths, changes) in kept.get("kinds", {}).items()},
        dict(kept.get("reasons", {})),
        moves,
        dict(kept.get("moved_paths", {})),
    )


K = TypeVar("K", int, str)


def _sum(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    return dict(Counter(one) + Counter(other))


def _move(key: str, days: Mapping[int, int], paths: int) -> Move:
    code, _, name = key.partition(" ")
    return Move(code, name, paths, min(days), quantile(days, 0.5), max(days))
