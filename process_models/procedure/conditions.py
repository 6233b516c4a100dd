"""When a handover is due, who sends and who receives instead: the conditions of its rule as sentences.

Words only; whether a condition holds for a person is decided where handovers are planned.
"""

from __future__ import annotations

from collections.abc import Iterator

from process_models.procedure.words import Words
from process_models.rules import HandoverRule, Receiver

_FLAGS = ("agency_changes", "from_opening", "after_case", "once", "latest_start")


def conditions(words: Words, rule: HandoverRule) -> tuple[str, ...]:
    """What must hold beside the trigger."""
    return tuple(_conditions(words, rule))


def receivers(words: Words, rule: HandoverRule) -> tuple[str, ...]:
    """Who receives instead of the usual receiver, and when."""
    return tuple(_receiver(words, receiver) for receiver in rule.receivers)


def _conditions(words: Words, rule: HandoverRule) -> Iterator[str]:
    if rule.senders:
        yield words.say("when.senders", agencies=", ".join(words.agency(kind) for kind in rule.senders))
    if rule.by_residence:
        yield words.say("when.residence", states=", ".join(rule.by_residence))
    if rule.while_regimes:
        yield words.say("when.regimes", regimes=", ".join(words.code(code) for code in rule.while_regimes))
    if rule.child_ages:
        youngest, oldest = rule.child_ages
        yield words.say("when.child_ages", youngest=youngest, oldest=oldest)
    yield from (words.say(f"when.{flag}") for flag in _FLAGS if getattr(rule, flag))
    if rule.blocked_by:
        constants = [found for found in words.catalogue.constants if found.code == rule.blocked_by.constant]
        title = constants[0].title if constants else rule.blocked_by.constant
        yield words.say("when.blocked", constant=title)


def _receiver(words: Words, receiver: Receiver) -> str:
    condition = "; ".join(_met(words, receiver))
    if not receiver.kind:
        return words.say("receiver.person", condition=condition)
    return words.say("receiver.instead", agency=words.agency(receiver.kind), condition=condition)


def _met(words: Words, receiver: Receiver) -> Iterator[str]:
    if receiver.from_age:
        constants = [found for found in words.catalogue.constants if found.code == receiver.from_age]
        yield words.say("receiver.from_age", constant=constants[0].title if constants else receiver.from_age)
    if receiver.below_age is not None:
        yield words.say("receiver.below_age", age=receiver.below_age)
    if receiver.asylblg:
        yield words.say("receiver.asylblg")
    if receiver.known is not None:
        yield words.fact(receiver.known)
