"""Where a deadline starts: the facts and derived events of a situation, and whether the rule is for this person.

What a start computes to stands in `deadlines`, what ends a running deadline in `deadline_ends`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from process_models.calendars import ProductCalendar
from process_models.catalogue import Catalogue
from process_models.course import Course
from process_models.deadline_rules import LAND_FIELD, Anchor, DeadlineRule
from process_models.deadlines import Beginning, Posting
from process_models.facts import Fact
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod
from process_models.rule_base import FactMatch
from process_models.rulebook import Rulebook, day_of, matches

_NAMED_BY_FACT = "data."
_POSTED = "posted"
"""Field of a fact with the day on which a letter was sent by simple post."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the deadlines of a day are read from."""

    course: Course
    born: date
    facts: KnownFacts
    periods: Sequence[BenefitPeriod]
    calendar: ProductCalendar
    household: Mapping[str, KnownFacts] = field(default_factory=dict)
    """The facts about each member of the household, by reference."""
    nationality: str = ""
    lands: Mapping[str, str] = field(default_factory=dict)
    """Kinds of agency that have the holidays of another Land than the municipality, and which."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a deadline: its day, and the day and fact that made it known."""

    on: date
    known_on: date
    fact_id: str = ""
    land: str = ""
    posted: date | None = None
    """Day on which the letter was sent, if it came by simple post."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A deadline that has begun: its start, its earlier safe start, and what its date is computed from."""

    start: Start
    safe: Start | None
    beginning: Beginning

    @property
    def since(self) -> date:
        """The first day on which a fact can meet it."""
        first = min(self.start.on, self.start.known_on)
        return min(first, self.safe.on) if self.safe else first


def begun(rule: DeadlineRule, situation: Situation, book: Rulebook) -> Iterable[Begun]:
    """Every start of the rule that counts for the standing of the day, under the law that decides."""
    if not is_for(rule, situation):
        return
    safe_starts = starts(rule.safe_anchor, rule, situation) if rule.safe_anchor else ()
    safe = safe_starts[-1] if safe_starts else None
    also = starts(rule.also.anchor, rule, situation) if rule.also else ()
    if rule.also and not also:
        return
    for start in starts(rule.anchor, rule, situation):
        if not rule.holds_on(situation.course.day if rule.law_on == "today" else start.on):
            continue
        begins = _beginning(rule, start, safe, also)
        posting = book.posting(start.posted) if start.posted else None
        yield Begun(start, safe, _by_post(begins, posting) if posting else begins)


def is_for(rule: DeadlineRule, situation: Situation) -> bool:
    """True if the rule speaks about a person in this situation."""
    course = situation.course
    if rule.when_residence and course.residence not in rule.when_residence:
        return False
    if rule.when_place and course.place not in rule.when_place:
        return False
    if rule.nationalities and situation.nationality not in rule.nationalities:
        return False
    return circumstances_hold(rule, situation.facts)


def circumstances_hold(rule: DeadlineRule, facts: KnownFacts) -> bool:
    """True if the facts that the rule asks for are known, and none that it excludes."""
    if not all(facts.has(match) for match in rule.needs) or any(facts.has(match) for match in rule.unless):
        return False
    return all(_latest_says(match, facts) for match in rule.latest)


def _latest_says(match: FactMatch, facts: KnownFacts) -> bool:
    latest = facts.latest(match.fact)
    return latest is not None and matches(match, latest)


def _beginning(rule: DeadlineRule, start: Start, safe: Start | None, also: Sequence[Start]) -> Beginning:
    return Beginning(
        event=start.on,
        safe=safe.on if safe else None,
        law_date=max(start.on, rule.valid_from or start.on),
        known_on=start.known_on if rule.if_known_late else None,
        also=also[-1].on if also else None,
        land=start.land,
    )


def _by_post(begins: Beginning, posting: Posting) -> Beginning:
    """An earlier receipt does not help the agency; a later one counts, but the day of the fiction is the safe one."""
    received = posting.received_on
    if begins.event <= received:
        return replace(begins, event=received, posting=posting)
    return replace(begins, safe=received, posting=posting)


# ---------------------------------------------------------------- starts


def starts(anchor: Anchor, rule: DeadlineRule, situation: Situation) -> tuple[Start, ...]:
    """All starts that an anchor finds, in the order of the facts."""
    if anchor.fact is not None:
        return tuple(_fact_starts(anchor, rule, situation))
    return tuple(_EVENTS[anchor.event](rule, situation)) if anchor.event else ()


def _fact_starts(anchor: Anchor, rule: DeadlineRule, situation: Situation) -> Iterable[Start]:
    assert anchor.fact is not None
    for fact in situation.facts.matching(anchor.fact):
        on = day_of(fact.data.get(anchor.field)) if anchor.field else fact.on
        if on is not None:
            posted = None if anchor.field else day_of(fact.data.get(_POSTED))
            yield Start(on, fact.on, fact.id, land_of(fact, rule, situation.lands), posted)


def land_of(fact: Fact, rule: DeadlineRule, lands: Mapping[str, str]) -> str:
    """The Land in which the act is due, where it is another one than the rule says."""
    kind = rule.towards
    if kind.startswith(_NAMED_BY_FACT):
        kind = str(fact.data.get(kind.removeprefix(_NAMED_BY_FACT), ""))
    return str(fact.data.get(LAND_FIELD) or lands.get(kind, ""))


def lands_of_agencies(catalogue: Catalogue, municipality: str, place: str, day: date) -> Mapping[str, str]:
    """Kinds of agency of a place that have the holidays of another Land than the municipality, and which."""
    config = catalogue.municipality(municipality)
    elsewhere = {agency.kind for agency in config.agencies if agency.holidays != config.calendar}
    agencies = (catalogue.agency(municipality, kind, place, day) for kind in sorted(elsewhere))
    return {agency.kind: agency.holidays for agency in agencies if agency and agency.holidays != config.calendar}


def _one(on: date | None, known_on: date | None = None, fact_id: str = "") -> tuple[Start, ...]:
    return (Start(on, min(on, known_on or on), fact_id),) if on is not None else ()


def _first_title(rule: DeadlineRule, situation: Situation) -> tuple[Start, ...]:
    issued = [on for code, on in situation.course.titles if not rule.when_residence or code in rule.when_residence]
    return _one(issued[0] if issued else None)


def _title_expiry(_rule: DeadlineRule, situation: Situation) -> tuple[Start, ...]:
    course = situation.course
    return _one(course.title_until, course.title_issued_on, course.title_fact)


def _benefit_ends(_rule: DeadlineRule, situation: Situation) -> Iterable[Start]:
    """The end of the latest approval of every granted regime."""
    latest: dict[str, BenefitPeriod] = {}
    for period in situation.periods:
        if not period.derived and period.ends is not None:
            latest[period.regime] = max(period, latest.get(period.regime, period), key=lambda p: (p.ends, p.starts))
    for period in latest.values():
        if period.ends is not None:
            yield Start(period.ends, period.known_on or period.starts, period.fact_id)


def _asylblg_end(_rule: DeadlineRule, situation: Situation) -> tuple[Start, ...]:
    ends = [period for period in situation.periods if period.derived and period.known_on and period.ends]
    return _one(ends[-1].ends, ends[-1].known_on) if ends else ()


_EVENTS: Mapping[str, Callable[[DeadlineRule, Situation], Iterable[Start]]] = {
    "asylum_final": lambda _rule, s: _one(s.course.finality_on, s.course.recognised_on),
    "recognised": lambda _rule, s: _one(s.course.recognised_on),
    "first_title": _first_title,
    "title_expiry": _title_expiry,
    "asylblg_end": _asylblg_end,
    "benefit_end": _benefit_ends,
    "lawful_since": lambda _rule, s: _one(s.course.lawful_since),
    "stay_since": lambda _rule, s: _one(s.course.stay_since),
    "birthday": lambda _rule, s: _one(s.born),
}
