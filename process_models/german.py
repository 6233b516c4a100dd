"""German words for days, weekdays and durations, wherever a rule explains itself.

Only words live here. No date is computed, no rule is known.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

WEEKDAYS: Final = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS: Final = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_UNITS: Final = {"Y": ("Jahr", "Jahre"), "M": ("Monat", "Monate"), "W": ("Woche", "Wochen"), "D": ("Tag", "Tage")}
_PART: Final = re.compile(r"(\d+)([YMWD])")


def weekday(day: date) -> str:
    """Name of the weekday."""
    return WEEKDAYS[day.weekday()]


def day_text(day: date) -> str:
    """A day as people write it: "Freitag, 20.03.2026"."""
    return f"{weekday(day)}, {day:%d.%m.%Y}"


def duration_text(length: str) -> str:
    """An ISO 8601 duration in words: "P2W" is "2 Wochen"."""
    parts = [(int(number), _UNITS[unit]) for number, unit in _PART.findall(length)]
    return " und ".join(f"{number} {words[number != 1]}" for number, words in parts) or "0 Tage"
