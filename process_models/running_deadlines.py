"""Which deadlines run for a path on a day: from the known anchor until they are met, void or over.

The dates themselves come from `deadlines`; here stands only where a deadline starts and what ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from process_models.calendars import ProductCalendar
from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Fired
from process_models.deadlines import compute, reminder_days
from process_models.facts import Fact
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod
from process_models.plan import PlannedDeadline
from process_models.rulebook import Rulebook, day_of, rulebook
from process_models.rules import Anchor, DeadlineRule, FactMatch


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


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a deadline: its day, and the day and fact that made it known."""

    on: date
    known_on: date
    fact_id: str = ""


def running_deadlines(situation: Situation, catalogue: Catalogue) -> tuple[PlannedDeadline, ...]:
    """Every deadline that runs on the situation's day, sorted by its date."""
    book, day = rulebook(catalogue), situation.course.day
    found: list[PlannedDeadline] = []
    for index, rule in enumerate(book.deadlines):
        found += [planned for planned in _unmet(index, rule, situation, book) if not _is_over(planned, rule, day)]
    return tuple(sorted(found, key=lambda planned: (planned.due_on, planned.key)))


def last_days(code: str, situation: Situation, catalogue: Catalogue) -> tuple[date, ...]:
    """The hard dates of one deadline that were not met, also those whose day has passed."""
    book = rulebook(catalogue)
    rules = [(index, rule) for index, rule in enumerate(book.deadlines) if rule.code == code]
    found = [planned.hard for index, rule in rules for planned in _unmet(index, rule, situation, book)]
    return tuple(day for day in found if day is not None)


def reached_on(code: str, situation: Situation, catalogue: Catalogue) -> date | None:
    """The first day up to today on which a WAIT was over, by the law and the standing of that day; None if none was.

    What was reached once stays reached: when it is met, when the standing goes on, when a later law asks for more.
    """
    book = rulebook(catalogue)
    rules = [(index, rule) for index, rule in enumerate(book.deadlines) if rule.code == code]
    days = [day for index, rule in rules for day in _days_reached(index, rule, situation, book)]
    return min((day for day in days if day <= situation.course.day), default=None)


def _days_reached(index: int, rule: DeadlineRule, situation: Situation, book: Rulebook) -> Iterable[date]:
    if not all(situation.facts.has(match) for match in rule.needs):
        return
    for start in _starts(rule.anchor, rule, situation):
        law_date = max(start.on, rule.valid_from or start.on)
        earliest = _compute(index, rule, (start.on, None, law_date), situation.calendar, book).earliest
        if earliest is None or (rule.law_on == "event" and not rule.holds_on(start.on)):
            continue
        day = earliest if rule.law_on == "event" else max(earliest, rule.valid_from or earliest)
        for since, until in _periods_in(rule.when_residence, situation.course):
            if day <= until and (rule.law_on == "event" or rule.holds_on(max(day, since))):
                yield max(day, since)


def _periods_in(states: tuple[str, ...], course: Course) -> Iterable[tuple[date, date]]:
    """First and last day of every stay in one of these residence states; without states the whole course."""
    if not states:
        yield date.min, course.day
    for (code, since), (_, following) in pairwise((*course.history, ("", date.max))):
        if code in states:
            yield since, following - DAY


def _unmet(index: int, rule: DeadlineRule, situation: Situation, book: Rulebook) -> Iterable[PlannedDeadline]:
    for planned, starts in _instances(index, rule, situation, book):
        if not _is_met(planned, rule, starts, situation):
            yield _as_of(planned, rule, situation.course.day)


def _instances(
    index: int, rule: DeadlineRule, situation: Situation, book: Rulebook
) -> Iterable[tuple[PlannedDeadline, tuple[Start, Start | None]]]:
    """Every deadline that the rule ever started for the standing of the day, with its start and its safe start."""
    if rule.when_residence and situation.course.residence not in rule.when_residence:
        return
    if not all(situation.facts.has(match) for match in rule.needs):
        return
    safe_starts = _starts(rule.safe_anchor, rule, situation) if rule.safe_anchor else ()
    safe = safe_starts[-1] if safe_starts else None
    for start in _starts(rule.anchor, rule, situation):
        if not rule.holds_on(situation.course.day if rule.law_on == "today" else start.on):
            continue
        law_date = max(start.on, rule.valid_from or start.on)
        planned = _compute(index, rule, (start.on, safe.on if safe else None, law_date), situation.calendar, book)
        yield _extended(planned, start, situation.facts), (start, safe)


def _compute(
    index: int,
    rule: DeadlineRule,
    dates: tuple[date, date | None, date],
    calendar: ProductCalendar,
    book: Rulebook,
) -> PlannedDeadline:
    """The planned deadline of these dates; the same question is computed once a catalogue."""
    key = (index, *dates, calendar.land, calendar.local_closing_days)
    planned = book.computed.get(key)
    if planned is None:
        if len(book.computed) > _KEPT:
            book.computed.clear()
        planned = book.computed[key] = _planned(rule, dates, calendar)
    return planned


_KEPT = 20_000


def _planned(rule: DeadlineRule, dates: tuple[date, date | None, date], calendar: ProductCalendar) -> PlannedDeadline:
    event, safe, law_date = dates
    computed = compute(rule, event, safe, law_date)
    return PlannedDeadline(
        key=rule.code,
        code=rule.code,
        title=rule.title,
        kind=rule.kind,
        statute=rule.statute,
        anchor_on=event,
        law_date=law_date,
        hard=computed.hard,
        safe=computed.safe,
        earliest=computed.earliest,
        calendar=rule.calendar,
        consequence=rule.consequence,
        who_acts=rule.who_acts,
        reads=rule.reads,
        reminders=tuple(reminder_days(rule, computed, calendar)),
        steps=computed.steps,
        evidence=rule.evidence,
    )


# ---------------------------------------------------------------- starts


def _starts(anchor: Anchor, rule: DeadlineRule, situation: Situation) -> tuple[Start, ...]:
    if anchor.fact is not None:
        return tuple(_fact_starts(anchor, situation.facts))
    return tuple(_EVENTS[anchor.event](rule, situation)) if anchor.event else ()


def _fact_starts(anchor: Anchor, facts: KnownFacts) -> Iterable[Start]:
    assert anchor.fact is not None
    for fact in facts.matching(anchor.fact):
        on = day_of(fact.data.get(anchor.field)) if anchor.field else fact.on
        if on is not None:
            yield Start(on, fact.on, fact.id)


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


# ---------------------------------------------------------------- ends

_CHANGES = ("deadline.suspended", "deadline.resumed", "deadline.extended")


def _is_met(
    planned: PlannedDeadline, rule: DeadlineRule, starts: tuple[Start, Start | None], situation: Situation
) -> bool:
    start, safe = starts
    since = min(start.on, start.known_on, safe.on if safe else start.on)

    def later(match: FactMatch) -> Iterable[Fact]:
        return (f for f in situation.facts.matching(match) if f.on >= since and f.id != start.fact_id)

    if any(True for match in rule.met_by for _ in later(match)):
        return True
    if rule.met_by_member and _is_met_for_member(rule, start, situation):
        return True
    fired = (f for f in situation.course.fired if f.code in rule.met_by_transition)
    if rule.met_by_transition and any(_fired_since(one, since, start) for one in fired):
        return True
    last_day_runs = planned.hard == situation.course.day
    return any(not (last_day_runs and f.on == planned.hard) for match in rule.void_by for f in later(match))


def _is_met_for_member(rule: DeadlineRule, start: Start, situation: Situation) -> bool:
    named = next((str(f.data.get("id")) for f in situation.facts.facts if f.id == start.fact_id), "")
    facts = situation.household.get(named)
    return facts is not None and any(
        fact.on >= start.on for match in rule.met_by_member for fact in facts.matching(match)
    )


def _fired_since(fired: Fired, since: date, start: Start) -> bool:
    return fired.on >= since and (fired.fact is None or fired.fact.id != start.fact_id)


def _is_over(planned: PlannedDeadline, rule: DeadlineRule, day: date) -> bool:
    last = planned.hard or planned.earliest
    return rule.after_date == "gone" and last is not None and last < day


def _extended(planned: PlannedDeadline, start: Start, facts: KnownFacts) -> PlannedDeadline:
    """An agency's extension sets a new last day; a suspension moves it by the days it lasted."""
    told = sorted(facts.of(*_CHANGES), key=lambda fact: (fact.on, fact.id))
    mine = [f for f in told if f.on >= start.known_on and f.data.get("deadline") in (planned.key, planned.code)]
    suspended: date | None = None
    for fact in mine:
        until = day_of(fact.data.get("until")) if fact.kind == "deadline.extended" else None
        if until is not None:
            planned = planned.model_copy(update={"hard": until})
        elif fact.kind == "deadline.suspended":
            suspended = fact.on
        elif fact.kind == "deadline.resumed" and suspended is not None and planned.hard is not None:
            planned = planned.model_copy(update={"hard": planned.hard + (fact.on - suspended)})
            suspended = None
    return planned


def _as_of(planned: PlannedDeadline, rule: DeadlineRule, day: date) -> PlannedDeadline:
    if rule.kind == "WAIT" or planned.hard is None or planned.hard >= day:
        return planned
    return planned.model_copy(update={"state": "overdue"})
