"""Answers of `kim deadline`: which variants of a rule are asked for, and the date that each of them gives.

No options are read and nothing is printed here; that stands in `kim.deadline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from process_models.calendars import holidays_of
from process_models.catalogue import Catalogue
from process_models.deadline_moves import EXTENDED, RESUMED, SUSPENDED, Mover, check_move
from process_models.deadline_rules import DeadlineRule
from process_models.deadlines import Beginning, ComputedDate, compute_from
from process_models.errors import KimError
from process_models.facts import Fact
from process_models.rulebook import rulebook
from process_models.spelling import meant
from process_models.unreleased_deadlines import readings_of


class NoSuchDeadline(KimError):
    """No rule has this code, this variant, or an edition on this day; `allowed` lists what there is."""

    status = 422
    title = "Diese Frist gibt es nicht"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a deadline."""

    code: str
    event: date
    law_date: date
    variant: str = ""
    land: str = ""
    """Land in which the act is due; empty = that of the rule."""
    known_on: date | None = None
    also: date | None = None
    posted: bool = False
    """The event is the day on which the letter was sent by simple post."""
    suspended: tuple[date, date | None] | None = None
    """First day of a suspension, and the day on which it runs on; None = it still stands still."""
    extended_until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A computed date and what it was computed from."""

    rule: str | None
    title: str
    kind: str
    event: date
    law_date: date
    calendar: str
    computed: ComputedDate
    variant: str = ""
    banner: str = ""
    readings: tuple[tuple[str, date], ...] = ()
    """Of a rule that is not released: what each reading assumes, and its date."""
    remaining_days: int | None = None
    """Of a period that stands still."""


def answers(rules: Catalogue, asked: Question) -> Iterator[Answer]:
    """One answer for each variant with a date of its own. Errors: NoSuchDeadline, DeadlineFixed, OutsideCalendar."""
    if asked.land:
        holidays_of(asked.land)
    moves = tuple(_moves(asked))
    for move in moves:
        check_move(rules, move.kind, asked.law_date, move.data)
    seen: set[tuple[str, date]] = set()
    for rule in _asked_rules(rules, asked):
        answer = _moved(_answer(rule, asked, rules), rule, (asked, moves), rules)
        if (answer.kind, answer.computed.due_on) not in seen:
            seen.add((answer.kind, answer.computed.due_on))
            yield answer


def _answer(rule: DeadlineRule, asked: Question, rules: Catalogue) -> Answer:
    released = rule.release.state == "released"
    readings = () if released else readings_of(rule)
    return Answer(
        rule=asked.code,
        title=rule.title,
        kind=rule.kind,
        event=asked.event,
        law_date=asked.law_date,
        calendar=asked.land or rule.calendar,
        computed=compute_from(rule, _beginning(asked, rules)),
        variant=asked.variant,
        banner="" if released else rule.release.banner or "noch nicht freigegeben",
        readings=tuple(
            (assumption, compute_from(read, _beginning(asked, rules)).due_on) for assumption, read in readings
        ),
    )


def _beginning(asked: Question, rules: Catalogue) -> Beginning:
    posting = rulebook(rules).posting(asked.event) if asked.posted else None
    return Beginning(
        event=posting.received_on if posting else asked.event,
        law_date=asked.law_date,
        known_on=asked.known_on,
        also=asked.also,
        land=asked.land,
        posting=posting,
    )


def _moves(asked: Question) -> Iterator[Fact]:
    """The moves that were asked for, as facts: a suspension first, then the extension."""
    named = {"deadline": asked.code}
    if asked.suspended is not None:
        since, resumed = asked.suspended
        yield Fact("suspended", SUSPENDED, since, since, named)
        if resumed is not None:
            yield Fact("resumed", RESUMED, resumed, resumed, named)
    if asked.extended_until is not None:
        yield Fact("extended", EXTENDED, asked.event, asked.event, {**named, "until": asked.extended_until})


def _moved(answer: Answer, rule: DeadlineRule, asked: tuple[Question, Sequence[Fact]], rules: Catalogue) -> Answer:
    question, moves = asked
    if not moves:
        return answer
    today = max(move.on for move in moves)
    moved = Mover(rule, today, rules.label, question.land).moved(
        _beginning(question, rules), answer.computed.safe, moves
    )
    if moved is None:
        return answer
    waits = rule.kind == "WAIT"
    hard, earliest = (None, moved.end) if waits else (moved.end, None)
    computed = ComputedDate(hard=hard, safe=moved.safe, earliest=earliest, steps=moved.steps)
    return replace(answer, computed=computed, remaining_days=moved.remaining_days)


# ---------------------------------------------------------------- which rules


def _asked_rules(rules: Catalogue, asked: Question) -> list[DeadlineRule]:
    same = [rule for rule in rules.deadlines if rule.code == asked.code]
    if not same:
        codes = tuple(dict.fromkeys(rule.code for rule in rules.deadlines))
        what = f"Die Frist '{asked.code}' gibt es nicht{meant(asked.code, codes)}."
        raise NoSuchDeadline(what, field="rule", allowed=codes)
    held = [rule for rule in same if rule.holds_on(asked.law_date)]
    if not held:
        editions = tuple(f"{rule.valid_from or '…'} bis {rule.valid_to or '…'}" for rule in same)
        what = f"Für '{asked.code}' gilt am {asked.law_date} keine Fassung."
        raise NoSuchDeadline(what, field="on", allowed=editions)
    return _of_variant(held, asked)


def _of_variant(held: Sequence[DeadlineRule], asked: Question) -> list[DeadlineRule]:
    """The variant that was named; else the usual ones, without those for special circumstances."""
    if not asked.variant:
        return [rule for rule in held if not rule.special] or list(held)
    found = [rule for rule in held if rule.variant == asked.variant]
    if not found:
        variants = tuple(dict.fromkeys(rule.variant for rule in held if rule.variant))
        what = f"'{asked.code}' kennt den Fall '{asked.variant}' nicht{meant(asked.variant, variants)}."
        raise NoSuchDeadline(what, field="variant", allowed=variants)
    return found
