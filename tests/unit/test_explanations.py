"""What every kind of deadline says about itself: the whole explanation, word for word and day by day.

Expected by hand: calendar, statute text of the sums, weekday of each day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from process_models.deadline_rules import Also, Anchor, DeadlineRule
from process_models.deadlines import (
    Beginning,
    ComputedDate,
    OutsideCalendar,
    Posting,
    compute,
    compute_from,
    compute_plain,
)
from process_models.plan import Step
from process_models.rule_base import DeadlineKind


def rule(kind: DeadlineKind, **other: Any) -> DeadlineRule:
    """A rule of no real law."""
    given = {"code": "F00", "title": "Beispiel", "statute": "Beispielgesetz", "evidence": "P", "anchor": Anchor()}
    return DeadlineRule(kind=kind, **(given | other))


def steps(*told: tuple[str, date | None]) -> tuple[Step, ...]:
    return tuple(Step(text=text, day=day) for text, day in told)


EXPLAINED = {
    "a month that lacks the day": (
        rule("FRIST", length="P1M"),
        Beginning(date(2026, 1, 31)),
        ComputedDate(
            hard=date(2026, 3, 2),
            steps=steps(
                ("Ereignis: Samstag, 31.01.2026", date(2026, 1, 31)),
                ("Recht vom 31.01.2026: Beispielgesetz", None),
                ("Dauer: 1 Monat; der Tag des Ereignisses zählt nicht mit", date(2026, 2, 28)),
                ("Den Tag gibt es in diesem Monat nicht: letzter Tag des Monats", date(2026, 2, 28)),
                ("Samstag (28.02.2026) zählt nicht als letzter Tag: übersprungen", date(2026, 2, 28)),
                ("Sonntag (01.03.2026) zählt nicht als letzter Tag: übersprungen", date(2026, 3, 1)),
                ("Letzter Tag: Montag, 02.03.2026", date(2026, 3, 2)),
            ),
        ),
    ),
    "a holiday of another Land": (
        rule("FRIST", length="P2W"),
        Beginning(date(2026, 5, 21), land="BE"),
        ComputedDate(
            hard=date(2026, 6, 4),
            steps=steps(
                ("Ereignis: Donnerstag, 21.05.2026", date(2026, 5, 21)),
                ("Recht vom 21.05.2026: Beispielgesetz", None),
                ("Dauer: 2 Wochen; der Tag des Ereignisses zählt nicht mit", date(2026, 6, 4)),
                ("Letzter Tag: Donnerstag, 04.06.2026", date(2026, 6, 4)),
            ),
        ),
    ),
    "the end of a month": (
        rule("EXPIRY", round_to="month_end"),
        Beginning(date(2022, 2, 25), safe=date(2022, 1, 11)),
        ComputedDate(
            hard=date(2022, 2, 28),
            safe=date(2022, 1, 31),
            steps=steps(
                ("Ereignis: Freitag, 25.02.2022", date(2022, 2, 25)),
                ("Recht vom 25.02.2022: Beispielgesetz", None),
                ("bis zum Ende des Kalendermonats", date(2022, 2, 28)),
                ("Letzter Tag: Montag, 28.02.2022; Wochenende oder Feiertag verschiebt ihn nicht", date(2022, 2, 28)),
                ("Sicherer Tag (früherer Beginn 11.01.2022): Montag, 31.01.2022", date(2022, 1, 31)),
            ),
        ),
    ),
    "a day that the law names": (
        rule("EXPIRY", until=date(2027, 3, 4)),
        Beginning(date(2022, 7, 20)),
        ComputedDate(
            hard=date(2027, 3, 4),
            steps=steps(
                ("Ereignis: Mittwoch, 20.07.2022", date(2022, 7, 20)),
                ("Recht vom 20.07.2022: Beispielgesetz", None),
                ("Das Gesetz nennt den Tag selbst", date(2027, 3, 4)),
                (
                    "Letzter Tag: Donnerstag, 04.03.2027; Wochenende oder Feiertag verschiebt ihn nicht",
                    date(2027, 3, 4),
                ),
            ),
        ),
    ),
    "a birthday": (
        rule("EXPIRY", age=27),
        Beginning(date(1996, 2, 29)),
        ComputedDate(
            hard=date(2023, 2, 28),
            steps=steps(
                ("Geburt: Donnerstag, 29.02.1996", date(1996, 2, 29)),
                ("Recht vom 29.02.1996: Beispielgesetz", None),
                ("Letzter Tag vor dem 27. Geburtstag", date(2023, 2, 28)),
                ("Letzter Tag: Dienstag, 28.02.2023; Wochenende oder Feiertag verschiebt ihn nicht", date(2023, 2, 28)),
            ),
        ),
    ),
    "waiting from an event": (
        rule("WAIT", length="P3M"),
        Beginning(date(2025, 2, 10)),
        ComputedDate(
            earliest=date(2025, 5, 11),
            steps=steps(
                ("Ereignis: Montag, 10.02.2025", date(2025, 2, 10)),
                ("Recht vom 10.02.2025: Beispielgesetz", None),
                ("Dauer: 3 Monate; der Tag des Ereignisses zählt nicht mit", date(2025, 5, 10)),
                ("Frühester Tag: Sonntag, 11.05.2025", date(2025, 5, 11)),
            ),
        ),
    ),
    "waiting on possession": (
        rule("WAIT", length="P5Y", wait_from="possession"),
        Beginning(date(2021, 5, 11), law_date=date(2024, 6, 27)),
        ComputedDate(
            earliest=date(2026, 5, 11),
            steps=steps(
                ("Ereignis: Dienstag, 11.05.2021", date(2021, 5, 11)),
                ("Recht vom 27.06.2024: Beispielgesetz", None),
                ("Dauer: 5 Jahre; der erste Tag zählt mit", date(2026, 5, 11)),
                ("Frühester Tag: Montag, 11.05.2026", date(2026, 5, 11)),
            ),
        ),
    ),
    "counted back": (
        rule("WAIT", length="P7M", direction="before"),
        Beginning(date(2024, 9, 1)),
        ComputedDate(
            earliest=date(2024, 2, 1),
            steps=steps(
                ("Ereignis: Sonntag, 01.09.2024", date(2024, 9, 1)),
                ("Recht vom 01.09.2024: Beispielgesetz", None),
                ("Dauer: 7 Monate zurückgerechnet", date(2024, 2, 1)),
                ("Frühester Tag: Donnerstag, 01.02.2024", date(2024, 2, 1)),
            ),
        ),
    ),
    "counted back, known too late": (
        rule("FRIST", length="P3M", direction="before", if_known_late="P3D"),
        Beginning(date(2026, 11, 30), known_on=date(2026, 11, 17)),
        ComputedDate(
            hard=date(2026, 11, 20),
            steps=steps(
                ("Ereignis: Montag, 30.11.2026", date(2026, 11, 30)),
                ("Recht vom 30.11.2026: Beispielgesetz", None),
                ("Dauer: 3 Monate zurückgerechnet", date(2026, 8, 30)),
                (
                    "Erst am 17.11.2026 bekannt, der zurückgerechnete Tag war vorbei: 3 Tage ab diesem Tag",
                    date(2026, 11, 20),
                ),
                ("Letzter Tag: Freitag, 20.11.2026", date(2026, 11, 20)),
            ),
        ),
    ),
    "a second waiting time": (
        rule("WAIT", length="P3Y", wait_from="possession", also=Also(anchor=Anchor(), length="P2Y")),
        Beginning(date(2021, 5, 11), also=date(2023, 9, 1)),
        ComputedDate(
            earliest=date(2025, 9, 1),
            steps=steps(
                ("Ereignis: Dienstag, 11.05.2021", date(2021, 5, 11)),
                ("Recht vom 11.05.2021: Beispielgesetz", None),
                ("Dauer: 3 Jahre; der erste Tag zählt mit", date(2024, 5, 11)),
                ("Außerdem 2 Jahre seit 01.09.2023: Montag, 01.09.2025", date(2025, 9, 1)),
                ("Frühester Tag: Montag, 01.09.2025", date(2025, 9, 1)),
            ),
        ),
    ),
    "Werktage": (
        rule("FRIST", length="P7D", counted_in="werktage"),
        Beginning(date(2026, 10, 1)),
        ComputedDate(
            hard=date(2026, 10, 12),
            steps=steps(
                ("Ereignis: Donnerstag, 01.10.2026", date(2026, 10, 1)),
                ("Recht vom 01.10.2026: Beispielgesetz", None),
                ("Dauer: 7 Werktage; Samstage zählen mit, Sonntage und Feiertage nicht", date(2026, 10, 10)),
                ("Samstag (10.10.2026) zählt nicht als letzter Tag: übersprungen", date(2026, 10, 10)),
                ("Sonntag (11.10.2026) zählt nicht als letzter Tag: übersprungen", date(2026, 10, 11)),
                ("Letzter Tag: Montag, 12.10.2026", date(2026, 10, 12)),
            ),
        ),
    ),
    "a letter by post": (
        rule("FRIST", length="P1M"),
        Beginning(date(2026, 3, 8), posting=Posting(date(2026, 3, 4), 4, "Beispielgesetz zur Post")),
        ComputedDate(
            hard=date(2026, 4, 8),
            steps=steps(
                (
                    "Zur Post am Mittwoch, 04.03.2026: gilt am 4. Tag danach als bekannt gegeben"
                    " (Beispielgesetz zur Post)",
                    date(2026, 3, 8),
                ),
                ("Ereignis: Sonntag, 08.03.2026", date(2026, 3, 8)),
                ("Recht vom 08.03.2026: Beispielgesetz", None),
                ("Dauer: 1 Monat; der Tag des Ereignisses zählt nicht mit", date(2026, 4, 8)),
                ("Letzter Tag: Mittwoch, 08.04.2026", date(2026, 4, 8)),
            ),
        ),
    ),
    "a disputed start": (
        rule("FRIST", length="P3M"),
        Beginning(date(2022, 2, 25), safe=date(2022, 2, 11)),
        ComputedDate(
            hard=date(2022, 5, 25),
            safe=date(2022, 5, 11),
            steps=steps(
                ("Ereignis: Freitag, 25.02.2022", date(2022, 2, 25)),
                ("Recht vom 25.02.2022: Beispielgesetz", None),
                ("Dauer: 3 Monate; der Tag des Ereignisses zählt nicht mit", date(2022, 5, 25)),
                ("Letzter Tag: Mittwoch, 25.05.2022", date(2022, 5, 25)),
                ("Sicherer Tag (früherer Beginn 11.02.2022): Mittwoch, 11.05.2022", date(2022, 5, 11)),
            ),
        ),
    ),
    "an appointment": (
        rule("TERMIN"),
        Beginning(date(2026, 11, 22)),
        ComputedDate(
            hard=date(2026, 11, 22),
            steps=steps(
                ("Ereignis: Sonntag, 22.11.2026", date(2026, 11, 22)),
                ("Recht vom 22.11.2026: Beispielgesetz", None),
                ("Termin: Sonntag, 22.11.2026; er verschiebt sich nicht", date(2026, 11, 22)),
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_whole_explanation_is_as_written_by_hand(name: str) -> None:
    of, begun, expected = EXPLAINED[name]
    assert compute_from(of, begun) == expected


def test_the_short_way_names_the_law_of_its_day() -> None:
    computed = compute(rule("FRIST", length="P1M"), date(2026, 1, 5), date(2026, 1, 2), date(2026, 2, 1))
    assert computed.safe == date(2026, 2, 2)
    assert computed.steps[1].text == "Recht vom 01.02.2026: Beispielgesetz"


def test_a_sum_without_a_rule_names_the_civil_code() -> None:
    [_, law, *_] = compute_plain("FRIST", "P1M", date(2026, 1, 5)).steps
    assert law.text == "Recht vom 05.01.2026: Bürgerliches Gesetzbuch, Fristen und Termine"


def test_beyond_the_calendar_is_a_fact_with_field_and_bounds() -> None:
    with pytest.raises(OutsideCalendar) as refused:
        compute(rule("FRIST", length="P9000Y"), date(2026, 1, 5))
    found = refused.value
    assert (found.detail, found.field, found.allowed) == (
        "Das Ergebnis liegt außerhalb des Kalenders.",
        "event",
        ("Tage bis zum Jahr 9999",),
    )
