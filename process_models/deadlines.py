"""One date from one event: the four kinds of deadline, and the explanation that goes with every result.

Pure arithmetic of days under a rule. Which deadlines run for a person, and when they are met, is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from process_models.calendars import ProductCalendar, closed_because, holidays_of
from process_models.errors import KimError
from process_models.german import day_text, duration_text
from process_models.plan import Step
from process_models.rules import Anchor, DeadlineKind, DeadlineRule

LAST_OPEN_DAY: Final = -1
"""Lead time that stands for the last open day of the agency."""

_ONE_DAY: Final = timedelta(days=1)
_LENGTH: Final = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")

_SAID: Final = {
    "event": "Ereignis: {day}",
    "birth": "Geburt: {day}",
    "law": "Recht vom {day}: {statute}",
    "length": "Dauer: {length}; der Tag des Ereignisses zählt nicht mit",
    "possession": "Dauer: {length}; der erste Tag zählt mit",
    "before": "Dauer: {length} zurückgerechnet",
    "missing": "Den Tag gibt es in diesem Monat nicht: letzter Tag des Monats",
    "month_end": "bis zum Ende des Kalendermonats",
    "until": "Das Gesetz nennt den Tag selbst",
    "age": "Letzter Tag vor dem {age}. Geburtstag",
    "skipped": "{reason} zählt nicht als letzter Tag: übersprungen",
    "hard": "Letzter Tag: {day}",
    "stays": "Letzter Tag: {day}; Wochenende oder Feiertag verschiebt ihn nicht",
    "earliest": "Frühester Tag: {day}",
    "termin": "Termin: {day}; er verschiebt sich nicht",
    "safe": "Sicherer Tag (früherer Beginn {start}): {day}",
    "extended": "Verlängert bis: {day}",
}


class OutsideCalendar(KimError):
    """The result of a computation lies beyond the last day that can be written."""

    status = 422
    title = "Der Tag liegt außerhalb des Kalenders"


@dataclass(frozen=True, slots=True)
class ComputedDate:
    """What a rule makes of an event. FRIST, EXPIRY and TERMIN have `hard`, WAIT has `earliest`."""

    hard: date | None = None
    safe: date | None = None
    """The last day if the disputed, earlier start counts; None where nothing is disputed."""
    earliest: date | None = None
    steps: tuple[Step, ...] = ()

    @property
    def due_on(self) -> date:
        """The hard date, else the earliest day."""
        day = self.hard or self.earliest
        assert day is not None
        return day


def parse_length(length: str) -> relativedelta:
    """An ISO 8601 duration of years, months, weeks and days. Errors: ValueError with an example."""
    found = _LENGTH.fullmatch(length)
    if not found:
        raise ValueError(f"'{length}' ist keine Dauer; Beispiele: P2W, P1M, P3Y, P30D")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return relativedelta(years=years, months=months, weeks=weeks, days=days)


def compute(
    rule: DeadlineRule, event: date, safe_event: date | None = None, law_date: date | None = None
) -> ComputedDate:
    """The date that `rule` makes of `event` (for a rule with an age: the day of birth).

    `safe_event` is the earlier start where the start is disputed; `law_date` is only named in the explanation.
    Errors: OutsideCalendar.
    """
    try:
        return _compute(rule, event, safe_event, law_date or event)
    except (OverflowError, ValueError) as error:
        what = "Das Ergebnis liegt außerhalb des Kalenders."
        raise OutsideCalendar(what, field="event", allowed=("Tage bis zum Jahr 9999",)) from error


def _compute(rule: DeadlineRule, event: date, safe_event: date | None, law_date: date) -> ComputedDate:
    first = Step(text=_say("birth" if rule.age is not None else "event", event), day=event)
    law = Step(text=_SAID["law"].format(day=f"{law_date:%d.%m.%Y}", statute=rule.statute))
    day, steps = _computed(rule, event)
    if rule.kind == "WAIT":
        return ComputedDate(earliest=day, steps=(first, law, *steps))
    safe = _computed(rule, safe_event)[0] if safe_event is not None and safe_event != event else None
    if safe is not None and safe_event is not None:
        said = _SAID["safe"].format(day=day_text(safe), start=f"{safe_event:%d.%m.%Y}")
        steps = (*steps, Step(text=said, day=safe))
    return ComputedDate(hard=day, safe=safe, steps=(first, law, *steps))


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


def extend(rule: DeadlineRule, computed: ComputedDate, until: date) -> ComputedDate:
    """The date after an agency extended it to `until`; a FRIST still ends on a working day only."""
    day, rolled = _rolled(until, rule.calendar) if rule.kind == "FRIST" else (until, ())
    steps = (*computed.steps, Step(text=_say("extended", until), day=until), *rolled)
    return ComputedDate(hard=day, steps=steps)


def reminder_days(rule: DeadlineRule, computed: ComputedDate, agency_calendar: ProductCalendar) -> tuple[date, ...]:
    """The days on which a reminder is due, in order. A loaded rule always carries its lead times."""
    due = computed.due_on
    days = {
        agency_calendar.last_open_day(due) if lead == LAST_OPEN_DAY else due - timedelta(days=lead)
        for lead in rule.lead_days
    }
    return tuple(sorted(days))


def _computed(rule: DeadlineRule, event: date) -> tuple[date, tuple[Step, ...]]:
    match rule.kind:
        case "FRIST":
            return _frist(rule, event)
        case "WAIT":
            return _wait(rule, event)
        case "EXPIRY":
            return _expiry(rule, event)
        case "TERMIN":
            day, steps = _after(rule.length, event)
            return day, (*steps, Step(text=_say("termin", day), day=day))


def _frist(rule: DeadlineRule, event: date) -> tuple[date, tuple[Step, ...]]:
    end, steps = _after(rule.length, event)
    day, rolled = _rolled(end, rule.calendar)
    return day, (*steps, *rolled, Step(text=_say("hard", day), day=day))


def _expiry(rule: DeadlineRule, event: date) -> tuple[date, tuple[Step, ...]]:
    day, steps = _expires(rule, event)
    if rule.round_to == "month_end":
        day = day + relativedelta(day=31)
        steps = (*steps, Step(text=_SAID["month_end"], day=day))
    return day, (*steps, Step(text=_say("stays", day), day=day))


def _expires(rule: DeadlineRule, event: date) -> tuple[date, tuple[Step, ...]]:
    if rule.until is not None:
        return rule.until, (Step(text=_SAID["until"], day=rule.until),)
    if rule.age is not None:
        day = birthday(event, rule.age) - _ONE_DAY
        return day, (Step(text=_SAID["age"].format(age=rule.age), day=day),)
    return _after(rule.length, event)


def _wait(rule: DeadlineRule, event: date) -> tuple[date, tuple[Step, ...]]:
    if rule.direction == "before":
        day = event - parse_length(rule.length or "P0D")
        said = _SAID["before"].format(length=duration_text(rule.length or "P0D"))
        return day, (Step(text=said, day=day), Step(text=_say("earliest", day), day=day))
    end, steps = _after(rule.length, event, counting_first=rule.wait_from == "possession")
    day = end + _ONE_DAY if rule.wait_from == "event" or _day_is_missing(event, end, rule.length) else end
    return day, (*steps, Step(text=_say("earliest", day), day=day))


def _after(length: str | None, event: date, *, counting_first: bool = False) -> tuple[date, tuple[Step, ...]]:
    """The corresponding day after a length (missing day: last day of the month), and how it came about."""
    if length is None:
        return event, ()
    end = event + parse_length(length)
    text = _SAID["possession" if counting_first else "length"].format(length=duration_text(length))
    steps = [Step(text=text, day=end)]
    if _day_is_missing(event, end, length):
        steps.append(Step(text=_SAID["missing"], day=end))
    return end, tuple(steps)


def _day_is_missing(event: date, end: date, length: str | None) -> bool:
    months_only = length is not None and not re.search(r"[WD]", length)
    return months_only and end.day != event.day


def _rolled(day: date, calendar: str) -> tuple[date, tuple[Step, ...]]:
    steps: list[Step] = []
    while (reason := closed_because(day, calendar)) is not None:
        steps.append(Step(text=_SAID["skipped"].format(reason=f"{reason} ({day:%d.%m.%Y})"), day=day))
        day += _ONE_DAY
    return day, tuple(steps)


def birthday(born: date, age: int) -> date:
    """The day on which a person reaches an age, at 0:00; born on 29 February: 1 March in other years."""
    day = born + relativedelta(years=age)
    return day if day.day == born.day else day + _ONE_DAY


def _say(key: str, day: date) -> str:
    return _SAID[key].format(day=day_text(day))
