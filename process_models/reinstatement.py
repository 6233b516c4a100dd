"""Making up for a missed deadline: only after one was missed, and never after the absolute end.

The period itself is computed like any other; here stands what limits it.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from process_models.calendars import ProductCalendar
from process_models.day_counting import parse_length
from process_models.deadline_rules import DeadlineRule
from process_models.deadline_starts import Begun
from process_models.deadlines import reminder_days, settle
from process_models.german import day_text, duration_text
from process_models.plan import PlannedDeadline, Step

_SAID: Final = {
    "missed": "Versäumt wurde die Frist bis {day}",
    "absolute": "Spätestens {length} nach dem Ende der versäumten Frist: {day}",
}


def limited(
    planned: PlannedDeadline, rule: DeadlineRule, begun: Begun, missed: date | None, calendar: ProductCalendar
) -> PlannedDeadline | None:
    """The time to make up for the deadline missed on that day; None without one, and after the absolute end."""
    if missed is None or planned.hard is None or rule.reinstates_within is None:
        return None
    absolute, _ = settle(rule, missed + parse_length(rule.reinstates_within), begun.beginning.land)
    if begun.start.on > absolute:
        return None
    said = Step(text=_SAID["missed"].format(day=day_text(missed)), day=missed)
    if planned.hard <= absolute:
        return planned.model_copy(update={"steps": (said, *planned.steps)})
    length = duration_text(rule.reinstates_within)
    last = Step(text=_SAID["absolute"].format(length=length, day=day_text(absolute)), day=absolute)
    changed = {"hard": absolute, "reminders": reminder_days(rule, absolute, calendar)}
    return planned.model_copy(update={**changed, "steps": (said, *planned.steps, last)})
