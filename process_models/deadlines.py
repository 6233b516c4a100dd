"""One date from one event: the four kinds of deadline, and the explanation that goes with every result.

Pure arithmetic of days under a rule. Which deadlines run for a person, and when they are met, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.calendars import ProductCalendar, holidays_of
from process_models.day_counting import ONE_DAY, birthday, count_on, day_is_missing, parse_length, rolled
from process_models.deadline_rules import Anchor, DeadlineRule
from process_models.errors import KimError
from process_models.german import day_text, duration_text
from process_models.phrases import Phrase
from process_models.plan import Step
from process_models.rule_base import DeadlineKind

__all__ = [
    "LAST_OPEN_DAY",
    "Beginning",
    "ComputedDate",
    "OutsideCalendar",
    "Posting",
    "birthday",
    "compute",
    "compute_from",
    "compute_plain",
    "counted",
    "parse_length",
    "reminder_days",
    "settle",
]

LAST_OPEN_DAY: Final = -1
"""Lead time that stands for the last open day of the agency."""

_SAID: Final = {
    "event": "Ereignis: {day}",
    "posted": "Zur Post am {posted}: gilt am {days}. Tag danach als bekannt gegeben ({statute})",
    "birth": "Geburt: {day}",
    "law": "Recht vom {day}: {statute}",
    "length": "Dauer: {length}; der Tag des Ereignisses zählt nicht mit",
    "werktage": "Dauer: {days} Werktage; Samstage zählen mit, Sonntage und Feiertage nicht",
    "arbeitstage": "Dauer: {days} Arbeitstage; Samstage, Sonntage und Feiertage zählen nicht mit",
    "possession": "Dauer: {length}; der erste Tag zählt mit",
    "before": "Dauer: {length} zurückgerechnet",
    "late": "Erst am {known} bekannt, der zurückgerechnete Tag war vorbei: {length} ab diesem Tag",
    "also": "Außerdem {length} seit {start}: {day}",
    "missing": "Den Tag gibt es in diesem Monat nicht: letzter Tag des Monats",
    "month_end": "bis zum Ende des Kalendermonats",
    "until": "Das Gesetz nennt den Tag selbst",
    "age": "Letzter Tag vor dem {age}. Geburtstag",
    "skipped": "{reason} ({day}) zählt nicht als letzter Tag: übersprungen",
    "hard": "Letzter Tag: {day}",
    "stays": "Letzter Tag: {day}; Wochenende oder Feiertag verschiebt ihn nicht",
    "earliest": "Frühester Tag: {day}",
    "termin": "Termin: {day}; er verschiebt sich nicht",
    "safe": "Sicherer Tag (früherer Beginn {start}): {day}",
    "unmoved": "Sicherer Tag (Verschiebung umstritten): {day}",
}

Steps = tuple[Step, ...]


class OutsideCalendar(KimError):
    """The result of a computation lies beyond the last day that can be written."""

    status = 422
    title = "Der Tag liegt außerhalb des Kalenders"


@dataclass(frozen=True, slots=True)
class Posting:
    """A letter sent by simple post: the law takes it as received some days later, on whatever day that is."""

    on: date
    days: int
    statute: str

    @property
    def received_on(self) -> date:
        """The day of the fiction; it does not roll: the earlier day is the safer one."""
        return self.on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a date is computed from."""

    event: date
    """For a rule with an age: the day of birth."""
    safe: date | None = None
    """The earlier start, where the start is disputed."""
    law_date: date | None = None
    """Only named in the explanation; None = the event's day."""
    known_on: date | None = None
    """Day on which an event that lies ahead became known."""
    also: date | None = None
    """Start of the second waiting time of the rule."""
    land: str = ""
    """Land in which the act is due, if it is another one than the rule says."""
    posting: Posting | None = None
    """How the event's letter was sent, if that decides its day."""


@dataclass(frozen=True, slots=True)
class ComputedDate:
    """What a rule makes of an event. FRIST, EXPIRY and TERMIN have `hard`, WAIT has `earliest`."""

    hard: date | None = None
    safe: date | None = None
    """The last day if the disputed, earlier start counts; None where nothing is disputed."""
    earliest: date | None = None
    steps: Steps = ()

    @property
    def due_on(self) -> date:
        """The hard date, else the earliest day."""
        day = self.hard or self.earliest
        assert day is not None
        return day


def compute(
    rule: DeadlineRule, event: date, safe_event: date | None = None, law_date: date | None = None
) -> ComputedDate:
    """The date that `rule` makes of `event` (for a rule with an age: the day of birth). Errors: OutsideCalendar."""
    return compute_from(rule, Beginning(event, safe_event, law_date))


def compute_from(rule: DeadlineRule, begun: Beginning) -> ComputedDate:
    """The date that `rule` makes of a beginning, with its explanation. Errors: OutsideCalendar."""
    try:
        return _compute(rule, begun)
    except (OverflowError, ValueError) as error:
        what = Phrase("Das Ergebnis liegt außerhalb des Kalenders.")
        raise OutsideCalendar(what, field="event", allowed=("Tage bis zum Jahr 9999",)) from error


def counted(rule: DeadlineRule, begun: Beginning) -> tuple[date, Steps]:
    """The day to which the period counts, before a weekend or holiday moves a FRIST, and how it came about."""
    law_date = begun.law_date or begun.event
    law = Step(text=_SAID["law"].format(day=f"{law_date:%d.%m.%Y}", statute=rule.statute))
    day, steps = _wait(rule, begun) if rule.kind == "WAIT" else _end(rule, begun)
    first = _step("birth" if rule.age is not None else "event", begun.event)
    return day, (*_posted(begun.posting), first, law, *steps)


def settle(rule: DeadlineRule, day: date, land: str = "") -> tuple[date, Steps]:
    """What becomes of the counted end of a rule: a FRIST rolls to a working day, everything else stays."""
    if rule.kind == "FRIST":
        end, skipped = rolled(day, land or rule.calendar)
        return end, (*_skipped(skipped), _step("hard", end))
    return day, (_step({"WAIT": "earliest", "TERMIN": "termin"}.get(rule.kind, "stays"), day),)


def compute_plain(kind: DeadlineKind, length: str | None, event: date, calendar: str = "NW") -> ComputedDate:
    """A date from a kind, a length and an event alone, without any rule of law.

    Errors: ValueError for a length that is none, UnknownCalendar, OutsideCalendar.
    """
    holidays_of(calendar)
    if length is not None:
        parse_length(length)
    rule = DeadlineRule(
        code="PLAIN",
        title="Rechnung ohne Regel",
        statute="Bürgerliches Gesetzbuch, Fristen und Termine",
        evidence="V26",
        kind=kind,
        length=length,
        calendar=calendar,
        anchor=Anchor(),
    )
    return compute(rule, event)


def reminder_days(rule: DeadlineRule, due_on: date, agency_calendar: ProductCalendar) -> tuple[date, ...]:
    """The days on which a reminder is due, in order. A loaded rule always carries its lead times."""
    days = {
        agency_calendar.last_open_day(due_on) if lead == LAST_OPEN_DAY else due_on - timedelta(days=lead)
        for lead in rule.lead_days
    }
    return tuple(sorted(days))


# ---------------------------------------------------------------- the four kinds


def _compute(rule: DeadlineRule, begun: Beginning) -> ComputedDate:
    day, steps = counted(rule, begun)
    due, settled = settle(rule, day, begun.land)
    if rule.kind == "WAIT":
        return ComputedDate(earliest=due, steps=(*steps, *settled))
    safe = _safe(rule, begun, day, due)
    if safe is None:
        return ComputedDate(hard=due, steps=(*steps, *settled))
    return ComputedDate(hard=due, safe=safe.day, steps=(*steps, *settled, safe))


def _safe(rule: DeadlineRule, begun: Beginning, unmoved: date, hard: date) -> Step | None:
    """The safe day as the last step of the explanation; None where nothing is disputed."""
    if begun.safe is not None and begun.safe != begun.event:
        early = replace(begun, event=begun.safe, safe=None)
        day = settle(rule, _end(rule, early)[0], begun.land)[0]
        return Step(text=_SAID["safe"].format(day=day_text(day), start=f"{begun.safe:%d.%m.%Y}"), day=day)
    return _step("unmoved", unmoved) if rule.roll_disputed and unmoved != hard else None


def _end(rule: DeadlineRule, begun: Beginning) -> tuple[date, Steps]:
    """The day to which a FRIST, EXPIRY or TERMIN counts, and how it came about."""
    if rule.until is not None:
        return rule.until, (Step(text=_SAID["until"], day=rule.until),)
    if rule.age is not None:
        day = birthday(begun.event, rule.age) - ONE_DAY
        return day, (Step(text=_SAID["age"].format(age=rule.age), day=day),)
    if rule.direction == "before":
        return _before(rule, begun)
    day, steps = _after(rule, begun)
    if rule.round_to == "month_end":
        day = day + relativedelta(day=31)
        steps = (*steps, Step(text=_SAID["month_end"], day=day))
    return day, steps


def _wait(rule: DeadlineRule, begun: Beginning) -> tuple[date, Steps]:
    if rule.direction == "before":
        return _before(rule, begun)
    end, steps = _after(rule, begun, counting_first=rule.wait_from == "possession")
    missing = day_is_missing(begun.event, end, rule.length)
    day = end + ONE_DAY if rule.wait_from == "event" or missing else end
    if rule.also is None or begun.also is None:
        return day, steps
    second = _possessed(begun.also, rule.also.length)
    said = _SAID["also"].format(
        length=duration_text(rule.also.length), start=f"{begun.also:%d.%m.%Y}", day=day_text(second)
    )
    return max(day, second), (*steps, Step(text=said, day=second))


def _possessed(start: date, length: str) -> date:
    end = start + parse_length(length)
    return end + ONE_DAY if day_is_missing(start, end, length) else end


def _before(rule: DeadlineRule, begun: Beginning) -> tuple[date, Steps]:
    """Counted back from the event; or on from the day on which it became known, if that is later."""
    length = rule.length or "P0D"
    day = begun.event - parse_length(length)
    steps: Steps = (Step(text=_SAID["before"].format(length=duration_text(length)), day=day),)
    if rule.if_known_late is None or begun.known_on is None or begun.known_on <= day:
        return day, steps
    late = begun.known_on + parse_length(rule.if_known_late)
    said = _SAID["late"].format(known=f"{begun.known_on:%d.%m.%Y}", length=duration_text(rule.if_known_late))
    return late, (*steps, Step(text=said, day=late))


def _after(rule: DeadlineRule, begun: Beginning, *, counting_first: bool = False) -> tuple[date, Steps]:
    """The corresponding day after a length (missing day: last day of the month), and how it came about."""
    event, length = begun.event, rule.length
    if length is None:
        return event, ()
    if rule.counted_in:
        days = parse_length(length).days
        end = count_on(event, days, rule.counted_in, begun.land or rule.calendar)
        return end, (Step(text=_SAID[rule.counted_in].format(days=days), day=end),)
    end = event + parse_length(length)
    said = _SAID["possession" if counting_first else "length"].format(length=duration_text(length))
    steps = [Step(text=said, day=end)]
    if day_is_missing(event, end, length):
        steps.append(Step(text=_SAID["missing"], day=end))
    return end, tuple(steps)


def _posted(posting: Posting | None) -> Iterable[Step]:
    if posting is not None:
        said = {"posted": day_text(posting.on), "days": posting.days, "statute": posting.statute}
        yield Step(text=_SAID["posted"].format(**said), day=posting.received_on)


def _skipped(days: Iterable[tuple[date, str]]) -> Iterable[Step]:
    for day, reason in days:
        yield Step(text=_SAID["skipped"].format(reason=reason, day=f"{day:%d.%m.%Y}"), day=day)


def _step(key: str, day: date) -> Step:
    return Step(text=_SAID[key].format(day=day_text(day)), day=day)
