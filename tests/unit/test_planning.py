"""The plan of a day: deadlines that run, warnings, forecasts, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.look_again import day_at, morning
from process_models.plan import Plan, PlannedDeadline
from process_models.planning import make_plan
from tests.unit.recognised import (
    ARRIVAL,
    DECISION,
    IN_CARE,
    RECOGNISED,
    SGB_II,
    at,
    case_of,
    fact,
    plan_on,
    rest,
)

TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))
SETTLED = (*IN_CARE, SGB_II, TITLE)


def deadline(plan: Plan, key: str) -> PlannedDeadline | None:
    return next((found for found in plan.deadlines if found.key == key), None)


def test_a_suit_is_shown_on_its_last_day_and_gone_the_day_after() -> None:
    assert deadline(plan_on(RECOGNISED, date(2022, 2, 25)), "F01") is not None
    assert deadline(plan_on(RECOGNISED, date(2022, 2, 26)), "F01") is None


def test_a_disputed_start_gives_a_hard_and_a_safe_date() -> None:
    found = deadline(plan_on(RECOGNISED, DECISION.on), "F17")
    assert found is not None
    assert (found.hard, found.safe) == (date(2022, 5, 25), date(2022, 5, 11))


def test_an_act_meets_its_deadline_even_when_it_is_recorded_late() -> None:
    notice = fact("family.notice_filed", date(2022, 3, 1), recorded=date(2022, 3, 24))
    assert deadline(plan_on((*IN_CARE, notice), date(2022, 3, 23)), "F17") is not None
    assert deadline(plan_on((*IN_CARE, notice), date(2022, 3, 24)), "F17") is None


def test_an_overdue_deadline_still_runs_until_it_is_met() -> None:
    plan = plan_on(IN_CARE, date(2022, 6, 1))
    found = deadline(plan, "F17")
    assert found is not None
    assert found.state == "overdue"
    assert "deadline_missed" in plan.warnings


def test_the_end_of_a_title_is_shown_with_its_reminders_and_met_by_an_application() -> None:
    found = deadline(plan_on(SETTLED, date(2024, 1, 1)), "F12")
    assert found is not None
    assert found.hard == date(2025, 4, 19)
    assert found.reminders == (date(2025, 1, 19), date(2025, 2, 18), date(2025, 3, 20), date(2025, 4, 17))
    applied = fact("residence.applied", date(2025, 2, 10), state="R12")
    assert deadline(plan_on((*SETTLED, applied), date(2025, 2, 10)), "F12") is None


def test_an_extension_by_the_agency_sets_a_new_last_day() -> None:
    letter = fact("notice.served", date(2022, 6, 1), from_="jobcenter", subject="x", until=date(2022, 6, 15))
    extended = fact("deadline.extended", date(2022, 6, 10), deadline="F35", until=date(2022, 6, 29), reason="x")
    assert getattr(deadline(plan_on((*SETTLED, letter), date(2022, 6, 2)), "F35"), "hard", None) == date(2022, 6, 15)
    longer = deadline(plan_on((*SETTLED, letter, extended), date(2022, 6, 10)), "F35")
    assert getattr(longer, "hard", None) == date(2022, 6, 29)


def test_a_new_title_replaces_the_deadline_of_the_old_one() -> None:
    renewed = fact("residence.title_issued", date(2025, 3, 3), state="R12", valid_until=date(2028, 3, 2))
    plan = plan_on((*SETTLED, renewed), date(2025, 3, 3))
    assert [d.hard for d in plan.deadlines if d.key == "F12"] == [date(2028, 3, 2)]


def test_the_forecast_follows_the_law_of_the_day() -> None:
    passed = (fact("language.passed", date(2023, 4, 28), level="B1"), fact("civic_test.passed", date(2023, 4, 28)))
    before = plan_on((*SETTLED, *passed), date(2024, 6, 26))
    after = plan_on((*SETTLED, *passed), date(2024, 6, 27))
    assert [f.on for f in before.forecasts if f.goal == "naturalisation"] == [date(2028, 5, 11)]
    assert [f.on for f in after.forecasts if f.goal == "naturalisation"] == [date(2026, 5, 11)]


def test_a_disputed_permanent_title_has_several_candidates_with_their_assumption() -> None:
    found = [f for f in plan_on(SETTLED, date(2023, 1, 1)).forecasts if f.goal == "permanent_title"]
    assert len({f.on for f in found}) == len(found) >= 2
    assert all(f.assumption for f in found)


@pytest.mark.parametrize("state", ["R11", "R12", "R13"])
def test_the_forecast_of_the_permanent_title_and_its_waiting_periods_name_the_same_days(state: str) -> None:
    title = fact("residence.title_issued", date(2022, 4, 20), state=state, valid_until=date(2028, 4, 19))
    plan = plan_on((*IN_CARE, title, fact("language.passed", date(2023, 4, 28), level="C1")), date(2023, 5, 1))
    forecast = {f.on for f in plan.forecasts if f.goal == "permanent_title"}
    waiting = {d.earliest for d in plan.deadlines if d.key == "F46" and d.earliest}
    assert forecast <= waiting
    assert min(forecast) == min(waiting)
    assert min(forecast).year == (2026 if state == "R13" else 2024)  # three years with C1, but not for everybody


def test_a_plan_explains_every_date() -> None:
    for found in plan_on(SETTLED, date(2023, 1, 1)).deadlines:
        assert found.steps, found.key
        assert found.statute


def test_a_changed_target_group_is_told_until_case_management_opens() -> None:
    referred = fact("kim.referred", date(2021, 7, 13), by="sozialamt", wants=True, criteria=[])
    assert plan_on((*ARRIVAL, referred), date(2021, 8, 1)).standing.kim == "screened_out"
    plan = plan_on((*RECOGNISED, referred), DECISION.on)
    assert plan.standing.kim == "waiting_consent"
    assert "target_group_changed" in plan.warnings
    assert "target_group_changed" not in plan_on((*IN_CARE, referred), date(2022, 2, 14)).warnings


@pytest.mark.parametrize("facts", [ARRIVAL, RECOGNISED, IN_CARE, SETTLED])
def test_a_path_looks_again_only_at_eight_in_the_morning_and_never_in_the_past(facts: tuple[Fact, ...]) -> None:
    day = date(2021, 5, 10)
    while day < date(2026, 1, 1):
        now = at(day)
        plan = make_plan(case_of(facts), now, catalogue())
        if plan.look_again_at is None:
            return
        assert plan.look_again_at > now
        assert plan.look_again_at == morning(day_at(plan.look_again_at))
        day = day_at(plan.look_again_at)


@pytest.mark.parametrize("facts", [RECOGNISED, IN_CARE, SETTLED])
def test_nothing_changes_between_two_looks(facts: tuple[Fact, ...]) -> None:
    """The day before the next look every axis, gap, deadline and step is the same as on the day of this one."""
    day = date(2022, 5, 1)
    for _ in range(25):
        case, _ = rest(case_of(facts), at(day))
        plan = make_plan(case, at(day), catalogue())
        if plan.look_again_at is None:
            return
        following = day_at(plan.look_again_at)
        eve = make_plan(case, at(following - timedelta(days=1)), catalogue())
        dates = [[f.model_copy(update={"conditions": ()}) for f in each.forecasts] for each in (plan, eve)]
        assert dates[0] == dates[1], "their conditions are read afresh, nobody is woken for them"
        for name in ("standing", "gaps", "eligibility", "level", "stalled_since"):
            assert getattr(plan, name) == getattr(eve, name), (day, following, name)
        assert {d.key for d in plan.deadlines} == {d.key for d in eve.deadlines}, (day, following)
        day = following


def test_facts_about_others_do_not_change_the_client() -> None:
    other = replace(fact("residence.lost", date(2022, 5, 1)), who="wife")
    assert plan_on((*SETTLED, other), date(2022, 6, 1)).standing == plan_on(SETTLED, date(2022, 6, 1)).standing
