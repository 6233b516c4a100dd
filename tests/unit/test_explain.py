"""What a coordinator reads about a path: codes, dates and agencies, never a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models.catalogue import catalogue
from process_models.explain import shown_path, summary, timer_name
from process_models.planning import make_plan
from tests.unit.recognised import CASE_CONSENT, IN_CARE, OPENED, RECOGNISED, at, case_of, rest


def test_an_offered_handover_is_waited_for_with_agency_and_day() -> None:
    case, _ = rest(case_of(IN_CARE), at(date(2022, 2, 14)))
    plan = make_plan(case, at(date(2022, 2, 14)), catalogue())
    assert summary(plan) == "auf Annahme H01 durch das Jobcenter warten, bis 17.02.2022"
    assert timer_name(plan, at(date(2022, 2, 14))).startswith(summary(plan))
    assert plan.waiting is not None
    assert (plan.waiting.subject, plan.waiting.from_whom) == ("H01", "jobcenter")


def test_a_missing_consent_is_waited_for_and_shown_with_its_categories() -> None:
    case, _ = rest(case_of((*RECOGNISED, CASE_CONSENT, OPENED)), at(date(2022, 2, 14)))
    plan = make_plan(case, at(date(2022, 2, 14)), catalogue())
    shown = shown_path(case, plan, catalogue())
    assert shown.summary.startswith("auf Einwilligung für H01")
    assert "Einwilligung fehlt (Aufenthalt, Leistungen, Wohnen)" in shown.details
    assert (shown.stalled_since, shown.stall_reason) == (date(2022, 2, 14), "CLIENT_OPEN")


def test_a_stalled_path_shows_since_when_why_and_how_far_it_has_climbed() -> None:
    case, _ = rest(case_of(IN_CARE), at(date(2022, 2, 14)))
    case, _ = rest(case, at(date(2022, 2, 21)))
    shown = shown_path(case, make_plan(case, at(date(2022, 2, 21)), catalogue()), catalogue())
    assert (shown.escalation, shown.waits_for, shown.phase) == ("E2", ("jobcenter",), "stay")
    assert "**Stockt seit 15.02.2022**" in shown.details
    assert "Jobcenter Rhein-Kreis Neuss" in shown.details
    assert "### Fristen und Termine" in shown.details


def test_no_text_about_a_path_names_birth_or_nationality() -> None:
    case, _ = rest(case_of(IN_CARE), at(date(2022, 2, 21)))
    case = replace(case, person=replace(case.person, nationality="XQ"))
    shown = shown_path(case, make_plan(case, at(date(2022, 2, 21)), catalogue()), catalogue())
    for private in ("12.03.1994", "1994-03-12", "XQ"):
        assert private not in shown.model_dump_json()


def test_an_ended_path_says_so() -> None:
    case = case_of(())
    plan = make_plan(case, at(date(2022, 2, 14)), catalogue()).model_copy(update={"may_end": True})
    assert summary(plan) == "Weg beendet"
