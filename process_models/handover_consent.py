"""Whether a handover of a case may leave on a day: consent or statute for the person whose handover it is.

The person of the path, or the member of the household whom the code of the handover names (`H04.mother`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import HandoverConsent, check_handover
from process_models.facts import Fact, known_on
from process_models.household import facts_about, household_of
from process_models.names import member_of_code
from process_models.rules import HandoverRule


def covered(case: Case, code: str, rule: HandoverRule, day: date, catalogue: Catalogue) -> HandoverConsent:
    """Whether consent or statute covers every category of the rule for whoever's handover this is.

    Somebody who does not belong to the household any more is covered by nothing.
    """
    about = known_about(case, code, day)
    if about is None:
        return HandoverConsent(False, "none", rule.categories)
    return check_handover(catalogue, about.facts, rule, day, about.born)


@dataclass(frozen=True, slots=True)
class KnownAbout:
    """What is known on a day about the person whose handover it is, as if on a path of their own."""

    facts: tuple[Fact, ...]
    born: date
    nationality: str


def known_about(case: Case, code: str, day: date) -> KnownAbout | None:
    """What is known about whoever's handover this is; None for somebody who has left the household."""
    known = known_on(case.facts, day)
    wanted = member_of_code(code)
    if not wanted:
        return KnownAbout(tuple(known), case.person.born, case.person.nationality)
    in_order = sorted(known, key=lambda fact: (fact.on, fact.id))
    household = household_of(case.household, in_order, case.person.nationality, day)
    member = next((one for one in household if one.code == wanted and one.belongs_on(day)), None)
    if member is None:
        return None
    return KnownAbout(facts_about(known, member.ref), member.person.born, member.person.nationality)
