"""Deadlines whose length is a dated constant: one edition of the rule for every edition of the constant.

The length of a period stands in one place only, and everything else sees plain rules with a length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from process_models.deadline_rules import DeadlineRule
from process_models.rules import Constant


def in_editions(deadlines: Iterable[DeadlineRule], constants: Iterable[Constant]) -> Iterator[DeadlineRule]:
    """The deadlines as they are applied: lengths filled in, validity narrowed to that of the constant's edition."""
    known = tuple(constants)
    for rule in deadlines:
        if not rule.length_constant:
            yield rule
            continue
        for constant in known:
            if constant.code == rule.length_constant and (edition := _edition(rule, constant)) is not None:
                yield edition


def length_of(constant: Constant) -> str:
    """The value of a constant as a duration: a number counts months."""
    return constant.value if isinstance(constant.value, str) else f"P{constant.value}M"


def _edition(rule: DeadlineRule, constant: Constant) -> DeadlineRule | None:
    starts = max(rule.valid_from or date.min, constant.valid_from or date.min)
    ends = min(rule.valid_to or date.max, constant.valid_to or date.max)
    if starts > ends:
        return None
    held = {"valid_from": None if starts == date.min else starts, "valid_to": None if ends == date.max else ends}
    length = {"length": length_of(constant), "evidence": constant.evidence, "statute": constant.statute}
    return rule.model_copy(update={**held, **length})
