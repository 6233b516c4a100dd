"""The sketch for a body that must not learn of persons: what in it could point at somebody."""

from __future__ import annotations

import pytest

from process_models.sketches import traces_in

NAME = "Ǧulšan Şerife Muñoz-Đặng"


@pytest.mark.parametrize(
    "text",
    [
        "Şerife wartet seit Wochen.",
        "serife wartet seit Wochen.",
        "Familie MUNOZ wartet seit Wochen",
        "Munoz-Dang bekommt keinen Termin",
        "Der Antrag von Gulsan liegt noch",
    ],
)
def test_a_name_is_found_with_and_without_its_accents(text: str) -> None:
    assert "name" in traces_in(text, [NAME])


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("Frau Beispiel wartet", "salutation"),
        ("siehe KIM-7F3K-92QD", "case_number"),
        ("am 14.02.2022 ist nichts geschehen", "day"),
        ("seit 2022-02-14 liegt es", "day"),
        ("bitte an a.b@stadt.example", "address"),
        ("Telefon 02131 123 45 67", "address"),
    ],
)
def test_what_else_points_at_a_person_is_found(text: str, trace: str) -> None:
    assert trace in traces_in(text, [NAME])


@pytest.mark.parametrize(
    "text",
    [
        "Das Jobcenter nimmt den Antrag nur mit eAT an; das Gesetz verlangt ihn nicht. Seit März 2022 in 5 Fällen.",
        "Die Ausländerbehörde gibt Termine nur für die Abholung; § 81 Abs. 5 AufenthG wird nicht bescheinigt.",
        "Frau und Mann werden getrennt eingeladen; ein gemeinsamer Termin würde 10 bis 15 Tage sparen.",
    ],
)
def test_an_interface_may_be_described(text: str) -> None:
    assert traces_in(text, [NAME, "", "Al"]) == ()
