"""Who hands over and who receives: by the agency that pays, by age, by what was found out, by the decision of a person.

Kinds of agencies only. Which agency of a kind answers in a place says the configuration.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.deadlines import parse_length
from process_models.ground import Ground
from process_models.livelihood import regimes_on
from process_models.rulebook import matches, rulebook
from process_models.rules import HandoverRule, Receiver
from process_models.target_group import age_on

CHOSEN: Final = "handover.receiver_chosen"
"""Kind of the fact by which a person decides who receives a handover."""
UNCLEAR: Final = ""
"""Stands for a receiver whom only a person can name."""


def sender_of(rule: HandoverRule, trigger_on: date, ground: Ground, catalogue: Catalogue) -> str:
    """The kind that hands over: of the senders the one that pays for the livelihood on the day of the trigger."""
    book = rulebook(catalogue)
    for regime in regimes_on(ground.situation.periods, trigger_on) if rule.senders else ():
        found = book.regime(regime, trigger_on)
        if found.livelihood and found.agency in rule.senders:
            return found.agency
    return rule.from_kind


def receiver_of(rule: HandoverRule, trigger_on: date, ground: Ground, catalogue: Catalogue) -> str:
    """The kind that receives, as of today; `UNCLEAR` if a person has to decide."""
    chosen = [
        fact
        for fact in ground.situation.facts.of(CHOSEN)
        if fact.data.get("handover") == rule.code and fact.on >= trigger_on
    ]
    if chosen:
        return str(max(chosen, key=lambda fact: (fact.on, fact.id)).data["receiver"])
    return next((one.kind for one in rule.receivers if _fits(one, ground, catalogue)), rule.to_kind)


def pension_from(born: date, key: str, day: date, catalogue: Catalogue) -> date:
    """The first day on which the age limit counts as reached: the month of the birthday has passed.

    `key` names the constant; its value is a table by year of birth with an age for earlier and one for later years.
    """
    table = catalogue.constant(key, day)
    cohorts: dict[int, str] = {int(year): age for year, age in table["cohorts"].items()}
    age = table["earlier"] if born.year < min(cohorts) else cohorts.get(born.year, table["later"])
    reached = born + parse_length(age)
    return date(reached.year, reached.month, monthrange(reached.year, reached.month)[1]) + parse_length("P1D")


def _fits(receiver: Receiver, ground: Ground, catalogue: Catalogue) -> bool:
    born, day = ground.situation.born, ground.day
    if receiver.from_age and day < pension_from(born, receiver.from_age, day, catalogue):
        return False
    if receiver.below_age is not None and age_on(born, day) >= receiver.below_age:
        return False
    if receiver.asylblg and not rulebook(catalogue).state(ground.situation.course.residence, day).asylblg:
        return False
    return receiver.known is None or _says(receiver, ground)


def _says(receiver: Receiver, ground: Ground) -> bool:
    assert receiver.known is not None
    latest = ground.situation.facts.latest(receiver.known.fact)
    return latest is not None and matches(receiver.known, latest)
