"""The catalogue arranged for quick reading: rules by the fact that sets them going. Built once a catalogue.

No rule is judged here; what a rule means stands in `standing`, `running_deadlines` and `triggers`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar

from process_models.catalogue import Catalogue
from process_models.course import Course, Lapsed
from process_models.deadlines import Posting, compute_plain
from process_models.facts import Fact
from process_models.rules import (
    BenefitRegime,
    DeadlineRule,
    FactMatch,
    Guard,
    LanguageRule,
    PlaceRule,
    ResidenceState,
    Rule,
    Transition,
)

_POSTED: Final = "post_fiction_days"
RuleT = TypeVar("RuleT", bound=Rule)

LAPSED: Final = "lapsed"
SAME: Final = "same"
NAMED_BY_FACT: Final = "data.state"
"""Targets of transitions that are no code: the title that expired last, the state that holds, what the fact names."""


def matches(match: FactMatch, fact: Fact) -> bool:
    """True if kind and every named value of the data agree, and no value rules it out."""
    if fact.kind != match.fact:
        return False
    data = fact.data
    if match.unless and any(data.get(name) in values for name, values in match.unless.items()):
        return False
    return all(data.get(name) in values for name, values in match.when.items())


def day_of(value: Any) -> date | None:
    """A date of a fact's data: a date, its ISO text (as the records keep it), or None."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


class Rulebook:
    """Released rules of a catalogue, indexed by the kind of fact they react to."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.order: Mapping[str, int] = {code: kind.order for code, kind in catalogue.fact_kinds.items()}
        self.states = _by_code(catalogue.residence_states)
        self.regimes = _by_code(catalogue.benefit_regimes)
        transitions = _acting(catalogue.transitions)
        self.acting_transitions = tuple(rule for rule in transitions if not rule.derived)
        self.transitions = _by_kind((match.fact, rule) for rule in self.acting_transitions for match in rule.by)
        self.derived = tuple(rule for rule in transitions if rule.derived)
        self.asylum_steps = _by_kind((rule.by.fact, rule) for rule in _acting(catalogue.asylum_steps))
        languages = _acting(catalogue.language_rules)
        self.languages = _by_kind((rule.by.fact, rule) for rule in languages if rule.by)
        self.course_claims = tuple(rule for rule in languages if rule.when_residence and rule.validity)
        self.course_openings = tuple(rule for rule in languages if rule.when_residence and not rule.validity)
        self.keeping_courses = frozenset(match.fact for rule in languages for match in rule.kept_by)
        self._languages = {rule.code: rule for rule in languages}
        self.work_rules = _by_kind(
            (code, rule) for rule in _acting(catalogue.work_rules) for code in rule.when_residence
        )
        fictions = _acting(catalogue.fiction_rules)
        self.fictions = _by_kind((rule.by.fact, rule) for rule in fictions if rule.by)
        self.fictions_by_transition = _by_kind((rule.transition, rule) for rule in fictions if rule.transition)
        self.asylblg_rules = _by_kind((m.fact, rule) for rule in _acting(catalogue.asylblg_rules) for m in rule.by)
        self.gated_asylblg_rules = tuple(rule for rule in catalogue.asylblg_rules if rule.release.state == "gated")
        self.income_rules = _by_kind((m.fact, rule) for rule in _acting(catalogue.income_rules) for m in rule.by)
        self.moves = frozenset(code for code, kind in catalogue.fact_kinds.items() if kind.moves)
        """Kinds of facts that have no effect unless a transition takes them."""
        self.guards = _by_kind((match.fact, rule) for rule in _acting(catalogue.guards) for match in rule.by)
        places = _acting(catalogue.place_rules)
        self.places = _by_kind((match.fact, rule) for rule in places for match in rule.by)
        self.places_by_transition = _by_kind((code, rule) for rule in places for code in rule.transitions)
        self.deadlines = _acting(catalogue.deadlines)
        self.gated_deadlines = tuple(rule for rule in catalogue.deadlines if rule.release.state == "gated")
        self.handovers = _acting(catalogue.handovers)
        self.derived_regimes: Mapping[str, str] = catalogue.constant("benefits.derived", date.max)
        """Which regime stands for which derived benefit: facility, municipality, analog, self_sufficient."""
        self.computed: dict[tuple[Any, ...], Any] = {}
        """Planned deadlines by rule and dates, kept by `running_deadlines`."""
        self.postings = tuple(rule for rule in catalogue.constants if rule.code == _POSTED)
        self.suits = tuple(rule for rule in self.deadlines if _is_suit(rule))

    def posting(self, on: date) -> Posting | None:
        """What the law of the day of posting makes of a letter sent by simple post."""
        rule = next((rule for rule in self.postings if rule.holds_on(on)), None)
        return Posting(on, int(rule.value), rule.statute) if rule else None

    def state(self, code: str, day: date) -> ResidenceState:
        """The residence state of this code as the law of that day knows it (else its latest version)."""
        return _version(self.states[code], day)

    def regime(self, code: str, day: date) -> BenefitRegime:
        """The benefit regime of this code as the law of that day knows it (else its latest version)."""
        return _version(self.regimes[code], day)

    def last_day(self, length: str, since: date) -> date | None:
        """The last day of a validity of this length; the same question is computed once."""
        key = ("expiry", length, since)
        if key not in self.computed:
            self.computed[key] = compute_plain("EXPIRY", length, since).hard
        last: date | None = self.computed[key]
        return last

    def language_rule(self, code: str) -> LanguageRule:
        """The rule that gave a right to a course."""
        return self._languages[code]

    def transition(self, fact: Fact, source: str, course: Course) -> Transition | None:
        """The first transition in the order of the file that this fact sets going from a residence state."""
        for rule in self.transitions.get(fact.kind, ()):
            if not _starts_in(rule.sources, source) or not rule.holds_on(fact.on) or not _any_matches(rule.by, fact):
                continue
            if _is_open(rule, fact, source, course):
                return rule
        return None

    def guard(self, fact: Fact, source: str, asylum: str, decision: Fact | None) -> Guard | None:
        """The guard that keeps this fact from having an effect in a residence state and at a point of the procedure."""
        for rule in self.guards.get(fact.kind, ()):
            if rule.when_asylum and asylum not in rule.when_asylum:
                continue
            if rule.decided and (decision is None or not _any_matches(rule.decided, decision)):
                continue
            if _starts_in(rule.sources, source) and rule.holds_on(fact.on) and _any_matches(rule.by, fact):
                return rule
        return None

    def derived_transition(self, how: str, day: date, course: Course, fact: Fact | None = None) -> Transition | None:
        """The transition that follows by law: from the finality of the decision `fact`, from expiry, from absence."""
        for rule in self.derived:
            if rule.derived != how or not rule.holds_on(day) or course.residence not in rule.sources:
                continue
            if rule.when_abroad and course.abroad_since is None:
                continue
            if not rule.by or (fact is not None and _any_matches(rule.by, fact)):
                return rule
        return None

    def first(self, index: Mapping[str, tuple[Any, ...]], fact: Fact) -> Any | None:
        """The first rule of an index by single fact (`by`) that matches and is in force on the fact's day."""
        for rule in index.get(fact.kind, ()):
            if rule.holds_on(fact.on) and matches(rule.by, fact):
                return rule
        return None

    def place_rule(self, fact: Fact | None, transition: str, day: date, course: Course) -> PlaceRule | None:
        """The place rule that a fact or, before it, a transition sets going."""
        for rule in self.places_by_transition.get(transition, ()) if transition else ():
            if rule.holds_on(day) and _binds(rule, course):
                return rule
        for rule in self.places.get(fact.kind, ()) if fact else ():
            if rule.holds_on(day) and _binds(rule, course) and fact is not None and _any_matches(rule.by, fact):
                return rule
        return None


@lru_cache(maxsize=8)
def rulebook(catalogue: Catalogue) -> Rulebook:
    """The rulebook of a catalogue, made at first use."""
    return Rulebook(catalogue)


def _starts_in(sources: tuple[str, ...], source: str) -> bool:
    return source in sources or "*" in sources


def _any_matches(by: Iterable[FactMatch], fact: Fact) -> bool:
    return any(matches(match, fact) for match in by)


def _is_open(rule: Transition, fact: Fact, source: str, course: Course) -> bool:
    """True if the transition is open to somebody who has come this way, and not only to anybody in this state."""
    if rule.keeps and fact.data.get("state") != source:
        return False
    if rule.when_abroad and course.abroad_since is None:
        return False
    return rule.to != LAPSED or _takes_up(rule, fact, course.lapsed)


def _takes_up(rule: Transition, fact: Fact, lapsed: Lapsed | None) -> bool:
    """True if the fact brings back the title that expired last, and this transition may do so."""
    if lapsed is None or fact.data.get("state", lapsed.title) != lapsed.title:
        return False
    return lapsed.applied_on is not None or not rule.after_late_application


def _binds(rule: PlaceRule, course: Course) -> bool:
    if rule.when_residence and course.residence not in rule.when_residence:
        return False
    return not rule.when_place or course.place in rule.when_place


def _acting(rules: Iterable[RuleT]) -> tuple[RuleT, ...]:
    return tuple(rule for rule in rules if rule.release.state == "released")


def _by_code(rules: Iterable[RuleT]) -> dict[str, tuple[RuleT, ...]]:
    found: dict[str, list[RuleT]] = defaultdict(list)
    for rule in rules:
        found[rule.code].append(rule)
    return {code: tuple(versions) for code, versions in found.items()}


def _by_kind(pairs: Iterable[tuple[str, RuleT]]) -> dict[str, tuple[RuleT, ...]]:
    found: dict[str, list[RuleT]] = defaultdict(list)
    for kind, rule in pairs:
        if rule not in found[kind]:
            found[kind].append(rule)
    return {kind: tuple(rules) for kind, rules in found.items()}


def _version(rules: tuple[RuleT, ...], day: date) -> RuleT:
    return next((rule for rule in rules if rule.holds_on(day)), rules[-1])


def _is_suit(rule: DeadlineRule) -> bool:
    """A deadline for a suit against the decision: without a suit the decision becomes final on its last day."""
    starts = rule.anchor.fact is not None and rule.anchor.fact.fact == "asylum.decided"
    return starts and any(match.fact == "asylum.suit_filed" for match in rule.met_by)
