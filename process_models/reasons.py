"""Why a step of the ladder was taken or an item raised: the figures behind it, as codes, days and numbers.

Values only; how a page puts them into words, and which counts it may show, is told there.
"""

from __future__ import annotations

from typing import Final

from process_models.plan import PlannedHandover
from process_models.rules import Ladder

COUNTS: Final = frozenset({"paths", "slower", "recent", "learned_from"})
"""Figures that count paths or answers: small ones are not told outside the office."""
Why = dict[str, int | str]


def why_escalated(handover: PlannedHandover, ladder: Ladder) -> Why:
    """The figures behind a step: the rule that led to it, how long it waits, and what it was measured by.

    `rule`: ladder (fixed days), usual (learned from earlier handovers), pattern, forty_days, impulse, rule_change.
    """
    why: Why = {"rule": _rule(handover), "working_days": handover.working_days_open}
    if why["rule"] == "usual" and handover.usual_days is not None:
        return why | {
            "step": handover.usual_step,
            "usual_days": handover.usual_days,
            "learned_from": handover.learned_from,
        }
    if why["rule"] == "pattern":
        return why | {"threshold": ladder.pattern_count, "within_days": ladder.pattern_days}
    if why["rule"] == "forty_days":
        return why | {"threshold": ladder.single_path_days}
    if why["rule"] == "rule_change" and handover.stalled_since is not None:
        return why | {"since": handover.stalled_since.isoformat()}
    return why | ({"critical": 1} if handover.critical else {})


def why_slower(handover: PlannedHandover) -> Why:
    """The figures behind an item about an interface that has become slower than it used to be."""
    return {
        "rule": "slower_than_usual",
        "step": handover.usual_step,
        "working_days": handover.working_days_open,
        "usual_days": handover.usual_days or 0,
        "learned_from": handover.learned_from,
        "recent": handover.recent,
        "slower": handover.slower_count,
    }


def _rule(handover: PlannedHandover) -> str:
    if handover.late_by_usual and handover.next_level == "E1":
        return "usual"
    if handover.next_cause == "impulse" and handover.reason == "RULE_CHANGE":
        return "rule_change"
    return handover.next_cause
