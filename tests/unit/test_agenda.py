"""What an agenda looks like: interfaces, reasons and counts in German, never a person."""

from __future__ import annotations

from datetime import date

from process_models.agenda import AgendaLine, agenda_details
from process_models.catalogue import catalogue
from process_models.names import BODY_KINDS

TITLE = "Arbeitsgruppe auf Verfahrensebene"
MEETING = date(2022, 4, 6)
LATE = AgendaLine("sozialamt", "jobcenter", "AGENCY_LATE", 5, date(2022, 3, 14))
MISSING = AgendaLine("jobcenter", "abh", "DOC_MISSING", 2, date(2022, 3, 21))


def test_an_agenda_tells_title_and_next_meeting_and_a_row_an_item() -> None:
    assert agenda_details(catalogue(), TITLE, [LATE, MISSING], MEETING).splitlines() == [
        "## Arbeitsgruppe auf Verfahrensebene",
        "",
        "Nächste Sitzung: 06.04.2022",
        "",
        "| Schnittstelle | Grund | Wege | seit |",
        "|---|---|---|---|",
        f"| Sozialamt → Jobcenter | {reason('AGENCY_LATE')} | 5 | 14.03.2022 |",
        f"| Jobcenter → Ausländerbehörde | {reason('DOC_MISSING')} | 2 | 21.03.2022 |",
    ]


def reason(code: str) -> str:
    return {str(known): text for known, text in catalogue().ladder(MEETING).reasons.items()}[code]


def test_an_agenda_without_items_says_so() -> None:
    details = agenda_details(catalogue(), TITLE, [], MEETING)
    assert details.endswith("Die Tagesordnung ist leer.")
    assert "|" not in details


def test_an_agenda_without_a_meeting_says_so() -> None:
    assert "Keine Sitzung geplant" in agenda_details(catalogue(), TITLE, [LATE], None)


def test_every_reason_of_the_ladder_has_german_words() -> None:
    for code in catalogue().ladder(MEETING).reasons:
        line = AgendaLine("sozialamt", "jobcenter", str(code), 1, MEETING)
        assert f"| {code} |" not in agenda_details(catalogue(), TITLE, [line], None)


def test_a_reason_that_the_ladder_of_that_day_does_not_know_keeps_its_code() -> None:
    line = AgendaLine("sozialamt", "jobcenter", "OF_ANOTHER_VERSION", 1, MEETING)
    assert "| OF_ANOTHER_VERSION |" in agenda_details(catalogue(), TITLE, [line], None)


def test_every_municipality_has_a_title_for_each_of_its_bodies() -> None:
    for place in catalogue().municipalities:
        bodies = catalogue().municipality(place).bodies
        assert {body.kind for body in bodies} <= set(BODY_KINDS)
        assert all(body.title and body.mail for body in bodies)
