"""Which deadlines run for a path on a day: from the known anchor until they are met, void or over.

Composition: starts, dates, moves and ends are each decided in the module that carries their name.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from itertools import pairwise

from process_models.calendars import ProductCalendar
from process_models.catalogue import Catalogue
from process_models.course import DAY, Course
from process_models.deadline_ends import is_over, is_unmet, was_missed
from process_models.deadline_moves import Moved, Mover, moves_of
from process_models.deadline_rules import DeadlineRule
from process_models.deadline_starts import Begun, Situation, begun, circumstances_hold, starts
from process_models.deadlines import Beginning, compute_from, reminder_days
from process_models.facts import Fact
from process_models.plan import PlannedDeadline
from process_models.reinstatement import limited
from process_models.rulebook import Rulebook, rulebook

__all__ = ["Situation", "last_days", "planned_date", "reached_on", "running_deadlines", "unmet"]


def running_deadlines(situation: Situation, catalogue: Catalogue) -> tuple[PlannedDeadline, ...]:
    """Every deadline that runs on the situation's day, sorted by its date."""
    day = situation.course.day
    found: list[PlannedDeadline] = []
    for rule in rulebook(catalogue).deadlines:
        if rule.anchor.fact is not None and not situation.facts.knows(rule.anchor.fact.fact):
            continue  # most rules of most paths: nothing has happened that could start them
        running = (planned for planned in unmet(rule, situation, catalogue) if not is_over(planned, rule, day))
        found += [_as_of(planned, rule, day) for planned in running]
    return tuple(sorted(found, key=lambda planned: (planned.due_on, planned.key)))


def last_days(code: str, situation: Situation, catalogue: Catalogue) -> tuple[date, ...]:
    """The hard dates of one deadline that were not met, also those whose day has passed."""
    rules = (rule for rule in rulebook(catalogue).deadlines if rule.code == code)
    found = [planned.hard for rule in rules for planned in unmet(rule, situation, catalogue)]
    return tuple(day for day in found if day is not None)


def reached_on(code: str, situation: Situation, catalogue: Catalogue) -> date | None:
    """The first day up to today on which a WAIT was over, by the law and the standing of that day; None if none was.

    What was reached once stays reached: when it is met, when the standing goes on, when a later law asks for more.
    """
    book = rulebook(catalogue)
    rules = (rule for rule in book.deadlines if rule.code == code)
    days = [day for rule in rules for day in _days_reached(rule, situation, book)]
    return min((day for day in days if day <= situation.course.day), default=None)


def _days_reached(rule: DeadlineRule, situation: Situation, book: Rulebook) -> Iterable[date]:
    if not circumstances_hold(rule, situation.facts):
        return
    for start in starts(rule.anchor, rule, situation):
        begins = Beginning(start.on, law_date=max(start.on, rule.valid_from or start.on))
        earliest = planned_date(rule, begins, situation.calendar, book).earliest
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


# ---------------------------------------------------------------- one rule


def unmet(rule: DeadlineRule, situation: Situation, catalogue: Catalogue) -> Iterable[PlannedDeadline]:
    """What the rule ever started for the standing of the day and nobody has met, moved as far as it was moved."""
    for planned, one in _instances(rule, situation, catalogue):
        if is_unmet(planned, rule, one, situation):
            yield planned


def _instances(
    rule: DeadlineRule, situation: Situation, catalogue: Catalogue
) -> Iterable[tuple[PlannedDeadline, Begun]]:
    book = rulebook(catalogue)
    all_begun = tuple(begun(rule, situation, book))
    moves = moves_of(all_begun, rule, situation) if all_begun else {}
    for one in all_begun:
        planned = planned_date(rule, one.beginning, situation.calendar, book)
        if one.start in moves:
            mover = Mover(rule, situation.course.day, catalogue.label, one.beginning.land)
            planned = _moved(planned, mover, (one.beginning, moves[one.start]), situation.calendar, book)
        if rule.reinstates_within is None:
            yield planned, one
            continue
        missed = _missed(rule, one, situation, catalogue)
        if (made_up := limited(planned, rule, one, missed, situation.calendar)) is not None:
            yield made_up, one


def _moved(
    planned: PlannedDeadline,
    mover: Mover,
    moves: tuple[Beginning, Sequence[Fact]],
    calendar: ProductCalendar,
    book: Rulebook,
) -> PlannedDeadline:
    """The planned deadline as its moves leave it on the day; the same moves are followed once a catalogue."""
    begins, told = moves
    key = ("moved", *_question(mover.rule, begins, calendar), mover.what_counts(told))
    if key not in book.computed:
        moved = mover.moved(begins, planned.safe, told)
        book.computed[key] = _at(planned, mover.rule, moved, calendar) if moved else planned
    found: PlannedDeadline = book.computed[key]
    return found


def _at(planned: PlannedDeadline, rule: DeadlineRule, moved: Moved, calendar: ProductCalendar) -> PlannedDeadline:
    """The planned deadline where its moves have left it; while it stands still nobody is reminded."""
    stands = moved.remaining_days is not None
    return planned.model_copy(
        update={
            "earliest" if rule.kind == "WAIT" else "hard": moved.end,
            "safe": moved.safe,
            "state": "suspended" if stands else "running",
            "remaining_days": moved.remaining_days,
            "reminders": () if stands else reminder_days(rule, moved.end, calendar),
            "steps": moved.steps,
        }
    )


def _missed(rule: DeadlineRule, one: Begun, situation: Situation, catalogue: Catalogue) -> date | None:
    """The end of the deadline of this code that was missed last before the obstacle fell away."""
    ends = [
        planned.hard
        for usual in rulebook(catalogue).deadlines
        if usual.code == rule.code and usual.reinstates_within is None
        for planned, missed in _instances(usual, situation, catalogue)
        if was_missed(planned, usual, missed, situation)
    ]
    return max((end for end in ends if end is not None and end < one.start.on), default=None)


def _as_of(planned: PlannedDeadline, rule: DeadlineRule, day: date) -> PlannedDeadline:
    if rule.kind == "WAIT" or planned.state == "suspended" or planned.hard is None or planned.hard >= day:
        return planned
    return planned.model_copy(update={"state": "overdue"})


# ---------------------------------------------------------------- dates


def planned_date(rule: DeadlineRule, begins: Beginning, calendar: ProductCalendar, book: Rulebook) -> PlannedDeadline:
    """The planned deadline of this beginning; the same question is computed once a catalogue."""
    key = _question(rule, begins, calendar)
    planned: PlannedDeadline | None = book.computed.get(key)
    if planned is None:
        if len(book.computed) > _KEPT:
            book.computed.clear()
        planned = book.computed[key] = _planned(rule, begins, calendar)
    return planned


_KEPT = 20_000


def _question(rule: DeadlineRule, begins: Beginning, calendar: ProductCalendar) -> tuple[Hashable, ...]:
    return (id(rule), begins, calendar.land, calendar.local_closing_days)


def _planned(rule: DeadlineRule, begins: Beginning, calendar: ProductCalendar) -> PlannedDeadline:
    computed = compute_from(rule, begins)
    return PlannedDeadline(
        key=rule.code,
        code=rule.code,
        title=rule.title,
        kind=rule.kind,
        statute=rule.statute,
        anchor_on=begins.event,
        law_date=begins.law_date or begins.event,
        hard=computed.hard,
        safe=computed.safe,
        earliest=computed.earliest,
        calendar=begins.land or rule.calendar,
        consequence=rule.consequence,
        who_acts=rule.who_acts,
        reads=rule.reads,
        reminders=reminder_days(rule, computed.due_on, calendar),
        steps=computed.steps,
        evidence=rule.evidence,
    )
