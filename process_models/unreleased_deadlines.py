"""What rules that are not released say about a path: every reading with its date, its assumption and the banner.

Nobody is reminded of these dates and nothing follows from them; they are shown so that a person can ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from process_models.catalogue import Catalogue
from process_models.deadline_ends import is_unmet
from process_models.deadline_rules import DeadlineRule, Reading
from process_models.deadline_starts import Begun, Situation, begun, starts
from process_models.deadlines import Beginning, ComputedDate, compute_from
from process_models.plan import DateReading, UnreleasedDeadline
from process_models.rulebook import Rulebook, rulebook
from process_models.running_deadlines import planned_date

_AS_WRITTEN = "so, wie die Regel steht"


def unreleased_deadlines(situation: Situation, catalogue: Catalogue) -> tuple[UnreleasedDeadline, ...]:
    """The dates of every gated rule that has begun, is not met and not over; sorted by their first date."""
    book = rulebook(catalogue)
    found = [shown for rule in book.gated_deadlines for shown in _of_rule(rule, situation, book)]
    return tuple(sorted(found, key=lambda shown: (shown.readings[0].on, shown.code)))


def readings_of(rule: DeadlineRule) -> tuple[tuple[str, DeadlineRule], ...]:
    """Every reading of a rule: what it assumes, and the rule as it would stand then."""
    return tuple((reading.assumption, _read(rule, reading)) for reading in rule.readings) or ((_AS_WRITTEN, rule),)


def _read(rule: DeadlineRule, reading: Reading) -> DeadlineRule:
    changed = {name: getattr(reading, name) for name in ("kind", "length", "anchor")}
    return rule.model_copy(update={name: value for name, value in changed.items() if value is not None})


def _of_rule(rule: DeadlineRule, situation: Situation, book: Rulebook) -> Iterable[UnreleasedDeadline]:
    day = situation.course.day
    for one in begun(rule, situation, book):
        planned = planned_date(rule, one.beginning, situation.calendar, book)
        if is_unmet(planned, rule, one, situation):
            dates = _dates(rule, one, situation, book)
            readings = [found for found in dates if rule.after_date != "gone" or found.on >= day]
            if readings:
                yield _shown(rule, one, readings)


def _dates(rule: DeadlineRule, one: Begun, situation: Situation, book: Rulebook) -> Iterable[DateReading]:
    for number, (assumption, read) in enumerate(readings_of(rule)):
        begins = _beginning(rule, read, one, situation)
        if begins is not None:
            computed = _computed(book, (id(rule), number), read, begins)
            yield DateReading(on=computed.due_on, kind=read.kind, assumption=assumption, steps=computed.steps)


def _beginning(rule: DeadlineRule, read: DeadlineRule, one: Begun, situation: Situation) -> Beginning | None:
    """A reading with a start of its own counts from there; without that start it gives no date."""
    if read.anchor == rule.anchor:
        return one.beginning
    own = starts(read.anchor, read, situation)
    return replace(one.beginning, event=own[-1].on) if own else None


def _computed(book: Rulebook, which: tuple[int, int], read: DeadlineRule, begins: Beginning) -> ComputedDate:
    key = ("reading", *which, begins)
    if key not in book.computed:
        book.computed[key] = compute_from(read, begins)
    found: ComputedDate = book.computed[key]
    return found


def _shown(rule: DeadlineRule, one: Begun, readings: Iterable[DateReading]) -> UnreleasedDeadline:
    return UnreleasedDeadline(
        code=rule.code,
        title=rule.title,
        statute=rule.statute,
        banner=rule.release.banner,
        anchor_on=one.start.on,
        readings=tuple(sorted(readings, key=lambda reading: (reading.on, reading.assumption))),
        who_acts=rule.who_acts,
        consequence=rule.consequence,
        evidence=rule.evidence,
    )
