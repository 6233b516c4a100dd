"""Checks of the rules about families: somebody is asked at every age, and every task is set by something and has words.

Findings only, never an exception. Codes and facts that a rule names are checked in `catalogue_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from process_models.catalogue_files import Entry, Shelf
from process_models.family_rules import CapacityRule, FamilyTask
from process_models.yaml_lines import Finding

_SET_BY = ("at_age", "by", "lacks")


def check_families(shelf: Shelf) -> Iterator[Finding]:
    """Every finding in the rules about families."""
    yield from _check_capacities(shelf.of("capacities"))
    words = {str(getattr(entry.shape, "code", "")) for entry in shelf.of("labels")}
    for entry in shelf.of("family_tasks"):
        assert isinstance(entry.shape, FamilyTask)
        yield from _check_task(entry, entry.shape, words)


def _check_capacities(entries: list[Entry]) -> Iterator[Finding]:
    from_birth = {
        entry.shape.subject for entry in entries if isinstance(entry.shape, CapacityRule) and entry.shape.age == 0
    }
    for entry in entries:
        assert isinstance(entry.shape, CapacityRule)
        if entry.shape.subject not in from_birth:
            what = f"'{entry.shape.code}': für jüngere Kinder ist niemand genannt (eine Regel mit age: 0 fehlt)"
            yield entry.finding(("age",), what)
        if not entry.shape.acts:
            yield entry.finding(("acts",), f"'{entry.shape.code}' nennt niemanden", ("person", "guardian"))


def _check_task(entry: Entry, rule: FamilyTask, words: set[str]) -> Iterator[Finding]:
    if sum(bool(getattr(rule, name)) for name in _SET_BY) != 1:
        yield entry.finding(("task",), f"'{rule.code}' braucht genau einen Anlass", _SET_BY)
    if words and f"task.{rule.task}" not in words:  # an unreadable file is one finding, not a hundred
        yield entry.finding(("task",), f"'{rule.code}': für 'task.{rule.task}' fehlt die Bezeichnung (labels)")
