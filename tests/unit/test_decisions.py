"""What a body may decide, what becomes of the item, and how far a path climbs by it."""

from __future__ import annotations

from datetime import date

import pytest

from process_models.catalogue import catalogue
from process_models.decisions import AFTER, DECISIONS, Resolved, level_after, next_body, require_possible
from process_models.errors import DecisionNotPossible
from process_models.meetings import papers_due


def test_only_the_lenkungsgruppe_cannot_hand_on_and_its_adoption_is_the_last_step() -> None:
    assert [next_body(decision) for decision in DECISIONS["lenkung"]] == [None, None, None]
    assert level_after("lenkung", "adopt") == "E6"
    assert level_after("verfahren", "to_lenkung") == "E5"
    assert level_after("fall", "to_verfahren") == "E4"


@pytest.mark.parametrize("decision", ["reject", "postpone"])
def test_what_is_rejected_or_postponed_raises_nothing(decision: str) -> None:
    assert [level_after(body, decision) for body in DECISIONS] == [None, None, None]  # type: ignore[arg-type]


def test_every_decision_of_every_body_leads_somewhere() -> None:
    assert {decision for possible in DECISIONS.values() for decision in possible} == set(AFTER)
    assert AFTER["postpone"] == "open"


def test_what_is_decided_is_not_decided_again() -> None:
    with pytest.raises(DecisionNotPossible):
        require_possible("verfahren", "adopted", "adopt")


def test_a_body_is_told_what_it_may_decide() -> None:
    with pytest.raises(DecisionNotPossible) as refused:
        require_possible("lenkung", "open", "to_lenkung")
    assert refused.value.allowed == ("adopt", "reject", "postpone")


def test_a_resolution_is_named_by_body_handover_decision_and_day() -> None:
    assert Resolved("lenkung", "H01", "adopt", date(2022, 5, 18)).key == "lenkung:H01:adopt:2022-05-18"


def test_papers_are_due_five_working_days_before_the_meeting_and_never_on_a_closing_day() -> None:
    municipality = catalogue().municipality("rhein-kreis-neuss")
    body = next(body for body in municipality.bodies if body.kind == "lenkung")
    # Rosenmontag (28.02.2022) is closed: five working days before 2 March
    assert papers_due(body, date(2022, 3, 2), municipality.product_calendar) == date(2022, 2, 22)
