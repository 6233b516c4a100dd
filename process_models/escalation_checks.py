"""Checks of a municipality's own stall ladder: it gives a reason, and its steps still follow one another.

Findings only, never an exception. The ladder of the law's table is checked in `catalogue_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from process_models import rules
from process_models.catalogue_files import Entry, Shelf
from process_models.yaml_lines import Finding


def check_escalation(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    """Every finding in the days and thresholds that a municipality has set for itself."""
    config = entry.shape
    assert isinstance(config, rules.Municipality)
    own = config.escalation
    if not own.deviates:
        return
    if not own.reason:
        yield entry.hole(("escalation",), "eigene Stufen brauchen einen Grund (reason)", "reason: warum und von wem")
    for shelved in shelf.of("ladders"):
        assert isinstance(shelved.shape, rules.Ladder)
        yield from _check_order(entry, shelved.shape.deviating(own))


def _check_order(entry: Entry, ladder: rules.Ladder) -> Iterator[Finding]:
    for kind in ("normal", "critical"):
        days = [int(getattr(step, kind)) for _level, step in sorted(ladder.steps.items())]
        if days != sorted(set(days)):
            what = f"die Stufen steigen nicht ({kind}: {', '.join(map(str, days))})"
            yield entry.finding(("escalation", "steps"), what, ("E1 vor E2 vor E3",))
    for level, step in ladder.steps.items():
        if step.critical > step.normal:
            what = f"Stufe {level} kommt im dringenden Fall später als sonst"
            yield entry.finding(("escalation", "steps", level), what)
