"""What another model changes in the rules themselves, and the days on which that begins to count.

Pure comparison of two catalogues; what it means for a path stands in `model_diff`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Literal

from process_models.catalogue import Catalogue
from process_models.rules import Municipality, Rule

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """An edition of a rule, or the configuration of a municipality, that comes, goes or says something else."""

    section: str
    code: str
    title: str
    change: Literal["added", "changed", "removed"]
    days: tuple[date, ...] = ()
    """Days on which the difference begins or ends to count: first days, and days after a last day."""


def changed_rules(before: Catalogue, after: Catalogue) -> tuple[RuleChange, ...]:
    """Every difference, by section and in the order of the codes; editions of one code are told together."""
    found: list[RuleChange] = []
    for section, old, new in _sections(before, after):
        for code in sorted({rule.code for rule in (*old, *new)}):
            found += _of_code(section, [r for r in old if r.code == code], [r for r in new if r.code == code])
    return (*found, *_configurations(before, after))


def coming_days(changes: Iterable[RuleChange], today: date) -> tuple[date, ...]:
    """The days after today on which a difference begins or ends to count."""
    return tuple(sorted({day for change in changes for day in change.days if day > today}))


def _sections(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, Sequence[Rule], Sequence[Rule]]]:
    for part in fields(Catalogue):
        if part.name not in ("version", "fact_kinds", "municipalities"):
            yield part.name, getattr(before, part.name), getattr(after, part.name)
    yield "fact_kinds", tuple(before.fact_kinds.values()), tuple(after.fact_kinds.values())


def _of_code(section: str, old: list[Rule], new: list[Rule]) -> Iterator[RuleChange]:
    different = [rule for rule in old if rule not in new] + [rule for rule in new if rule not in old]
    if not different:
        return
    change: Literal["added", "changed", "removed"] = "added" if not old else "removed" if not new else "changed"
    days = {day for rule in different for day in _turns(rule.valid_from, rule.valid_to)}
    yield RuleChange(section, different[-1].code, different[-1].title, change, tuple(sorted(days)))


def _configurations(before: Catalogue, after: Catalogue) -> Iterator[RuleChange]:
    for municipality in sorted({*before.municipalities, *after.municipalities}):
        old, new = before.municipalities.get(municipality), after.municipalities.get(municipality)
        if old == new:
            continue
        one = new or old
        assert one is not None
        change: Literal["added", "changed", "removed"] = "added" if not old else "removed" if not new else "changed"
        days = {day for config in (old, new) if config for day in _days_of(config)}
        yield RuleChange("municipalities", municipality, one.title, change, tuple(sorted(days)))


def _days_of(config: Municipality) -> Iterator[date]:
    for rule in config.target_group:
        yield from _turns(rule.valid_from, rule.valid_to)
    for line in config.jurisdiction:
        yield from _turns(line.valid_from, line.valid_to)


def _turns(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + _ONE_DAY
