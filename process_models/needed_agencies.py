"""Which kinds of agencies the released rules need in every place, and what needs them.

Reading of rules only; whether a municipality has them is checked in `municipality_holes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from process_models import rules
from process_models.catalogue_files import Shelf
from process_models.handover_checks import receivers, tells_heads

_HEAD: Final = "_head"
_NAMING: Final = (
    ("handovers", "from_kind"),
    ("handovers", "to_kind"),
    ("handovers", "senders"),
    ("deadlines", "who_acts"),
    ("deadlines", "reads"),
    ("transitions", "decider"),
    ("benefit_regimes", "agency"),
    ("statutory_bases", "recipients"),
)
"""Section and field that name a kind of agency."""


def needed_kinds(shelf: Shelf, target_group: Iterable[rules.TargetGroupRule]) -> dict[str, set[str]]:
    """Kind of agency -> codes of the released rules and lines of the target group that name it."""
    local = {
        entry.shape.code
        for entry in shelf.of("agency_kinds")
        if isinstance(entry.shape, rules.AgencyKind) and entry.shape.local
    }
    found: dict[str, set[str]] = defaultdict(set)
    for kind, code in (*_named_by_rules(shelf), *_named_by_target_group(target_group)):
        if kind in local:
            found[kind].add(code)
    return found


def kinds_that_head_mails_reach(shelf: Shelf) -> set[str]:
    """Kinds of agencies whose head of unit the ladder may tell."""
    return receivers(shelf) if tells_heads(shelf) else set()


def _named_by_rules(shelf: Shelf) -> Iterator[tuple[str, str]]:
    for section, field in _NAMING:
        for entry in shelf.of(section):
            rule = entry.shape
            if not isinstance(rule, rules.Rule) or rule.release.state != "released":
                continue
            value = getattr(rule, field)
            for kind in (value,) if isinstance(value, str) else value:
                yield kind, rule.code
            if isinstance(rule, rules.HandoverRule):
                yield from ((one.kind, rule.code) for one in rule.receivers)
    for entry in shelf.of("ladders"):
        assert isinstance(entry.shape, rules.Ladder)
        for level, step in entry.shape.steps.items():
            yield from ((role.removesuffix(_HEAD), level) for role in step.recipients)


def _named_by_target_group(lines: Iterable[rules.TargetGroupRule]) -> Iterator[tuple[str, str]]:
    for rule in lines:
        if rule.refer_to and rule.release.state == "released":
            yield rule.refer_to, rule.code
