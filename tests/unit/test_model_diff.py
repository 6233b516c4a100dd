"""What another model changes in a plan, and which changes need a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from process_models.catalogue import Catalogue, catalogue
from process_models.model_diff import Change, PlanChange, compare_plans
from process_models.plan import (
    Capacity,
    Eligibility,
    Forecast,
    Gap,
    MemberPlan,
    Plan,
    PlannedDeadline,
    PlannedHandover,
    Standing,
)
from process_models.planning import make_plan
from process_models.rules import Rule
from tests.unit.recognised import IN_CARE, RECOGNISED, SGB_II, at, case_of, fact, plan_on, rest

TODAY = date(2026, 11, 23)
EMPTY = Plan(day=TODAY, municipality="muenster", place="muenster", model_version="1", standing=Standing(), phase="stay")


def plan(**parts: Any) -> Plan:
    return EMPTY.model_copy(update=parts)


def deadline(hard: date | None = date(2026, 12, 24), **parts: Any) -> PlannedDeadline:
    given: dict[str, Any] = {"key": "F08", "code": "F08", "title": "Klage", "kind": "FRIST", "statute": "VwGO"}
    return PlannedDeadline.model_validate(
        {**given, "anchor_on": date(2026, 11, 1), "law_date": date(2026, 11, 1), "hard": hard, **parts}
    )


def handover(**parts: Any) -> PlannedHandover:
    given: dict[str, Any] = {"code": "H01", "title": "Übergabe", "statute": "SGB II", "basis": "consent"}
    return PlannedHandover.model_validate(
        {
            **given,
            "trigger_on": date(2026, 11, 1),
            "from_kind": "sozialamt",
            "to_kind": "jobcenter",
            "allowed": True,
            "state": "offered",
            **parts,
        }
    )


def forecast(on: date, rule: str = "N5", assumption: str = "") -> Forecast:
    return Forecast(goal="naturalisation", on=on, rule=rule, assumption=assumption)


def change(before: Plan, after: Plan) -> PlanChange:
    return compare_plans(before, after)


def only(before: Plan, after: Plan) -> Change:
    (found,) = change(before, after).changes
    return found


def test_the_same_plan_under_another_version_changes_nothing() -> None:
    same = plan(deadlines=(deadline(),), handovers=(handover(),), forecasts=(forecast(TODAY),))
    assert change(same, same.model_copy(update={"model_version": "2"})).is_empty


def test_plans_of_different_days_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same path and day"):
        compare_plans(EMPTY, plan(day=date(2026, 11, 24)))
    with pytest.raises(ValueError, match="same path and day"):
        compare_plans(EMPTY, plan(municipality="hochsauerlandkreis"))


# ---------------------------------------------------------------- deadlines


def test_a_moved_date_says_from_when_to_when() -> None:
    found = only(plan(deadlines=(deadline(),)), plan(deadlines=(deadline(date(2027, 1, 7)),)))
    assert (found.kind, found.code, found.field) == ("deadline_moves", "F08", "hard")
    assert (found.before, found.after, found.reason) == ("2026-12-24", "2027-01-07", None)


def test_a_date_that_moves_into_the_past_needs_a_person() -> None:
    moved = change(plan(deadlines=(deadline(TODAY),)), plan(deadlines=(deadline(date(2026, 11, 22)),)))
    assert moved.reasons == ("date_in_past",)
    kept = change(plan(deadlines=(deadline(date(2026, 11, 20)),)), plan(deadlines=(deadline(date(2026, 11, 19)),)))
    assert (kept.is_empty, kept.reasons) == (False, ())


def test_the_safe_and_the_earliest_day_are_looked_at_as_well() -> None:
    before = deadline(safe=date(2026, 12, 1), earliest=date(2026, 11, 30))
    after = deadline(safe=date(2026, 11, 1), earliest=date(2026, 12, 2))
    found = change(plan(deadlines=(before,)), plan(deadlines=(after,)))
    assert [(one.field, one.reason) for one in found.changes] == [("safe", "date_in_past"), ("earliest", None)]


def test_a_running_deadline_that_vanishes_needs_a_person() -> None:
    found = only(plan(deadlines=(deadline(),)), EMPTY)
    assert (found.kind, found.before, found.after) == ("deadline_vanishes", "2026-12-24", None)
    assert found.reason == "running_deadline_vanishes"


def test_a_new_deadline_needs_a_person_only_if_its_date_has_passed() -> None:
    ahead = only(EMPTY, plan(deadlines=(deadline(),)))
    assert (ahead.kind, ahead.after, ahead.reason) == ("deadline_appears", "2026-12-24", None)
    assert only(EMPTY, plan(deadlines=(deadline(date(2026, 11, 22)),))).reason == "date_in_past"
    waiting = deadline(None, kind="WAIT", earliest=date(2026, 11, 22))
    assert only(EMPTY, plan(deadlines=(waiting,))).reason is None


def test_instances_of_one_code_are_told_apart_by_their_start_before_their_order() -> None:
    first = deadline(anchor_on=date(2026, 10, 1), hard=date(2026, 11, 30))
    second = deadline(anchor_on=date(2026, 11, 2), hard=date(2026, 12, 30))
    found = only(plan(deadlines=(first, second)), plan(deadlines=(second,)))
    assert (found.kind, found.before) == ("deadline_vanishes", "2026-11-30")
    shifted = deadline(anchor_on=date(2026, 10, 2), hard=date(2026, 12, 1))
    moved = only(plan(deadlines=(first, second)), plan(deadlines=(second, shifted)))
    assert (moved.kind, moved.before, moved.after) == ("deadline_moves", "2026-11-30", "2026-12-01")


# ---------------------------------------------------------------- handovers


@pytest.mark.parametrize("state", ["offered", "received", "accepted"])
def test_a_handover_in_flight_whose_reason_is_gone_needs_a_person(state: str) -> None:
    before = plan(handovers=(handover(state=state),))
    assert change(before, EMPTY).reasons == ("handover_without_reason",)
    left = plan(handovers=(handover(state=state, triggered=False, needed=False),))
    assert change(before, left).reasons == ("handover_without_reason",)
    satisfied = plan(handovers=(handover(state=state, needed=False),))
    assert change(before, satisfied).reasons == ("handover_without_reason",)


@pytest.mark.parametrize("state", ["none", "refused", "completed", "cancelled"])
def test_a_handover_that_is_not_in_flight_may_vanish(state: str) -> None:
    found = only(plan(handovers=(handover(state=state),)), EMPTY)
    assert (found.kind, found.before, found.reason) == ("handover_vanishes", "2026-11-01", None)


def test_a_handover_that_had_no_reason_before_needs_nobody() -> None:
    without = handover(triggered=False, needed=False)
    assert change(plan(handovers=(without,)), EMPTY).reasons == ()


def test_new_terms_of_a_handover_are_named_one_by_one() -> None:
    before, after = handover(), handover(to_kind="sozialamt", allowed=False, trigger_on=date(2026, 11, 3))
    found = change(plan(handovers=(before,)), plan(handovers=(after,)))
    assert [(one.field, one.before, one.after) for one in found.of("handover_changes")] == [
        ("trigger_on", "2026-11-01", "2026-11-03"),
        ("to_kind", "jobcenter", "sozialamt"),
        ("allowed", "true", "false"),
    ]


def test_a_new_handover_needs_nobody() -> None:
    found = only(EMPTY, plan(handovers=(handover(state="none"),)))
    assert (found.kind, found.code, found.after, found.reason) == ("handover_appears", "H01", "2026-11-01", None)


# ---------------------------------------------------------------- forecasts


def test_a_forecast_that_gets_later_needs_a_person() -> None:
    before, after = plan(forecasts=(forecast(date(2027, 1, 1)),)), plan(forecasts=(forecast(date(2029, 1, 1)),))
    found = only(before, after)
    assert (found.kind, found.code, found.field) == ("forecast_moves", "naturalisation", "N5")
    assert (found.before, found.after, found.reason) == ("2027-01-01", "2029-01-01", "forecast_later")
    assert change(after, before).reasons == ()


def test_a_forecast_that_vanishes_counts_as_later() -> None:
    assert only(plan(forecasts=(forecast(date(2027, 1, 1)),)), EMPTY).reason == "forecast_later"


def test_another_route_is_the_same_hope() -> None:
    before = plan(forecasts=(forecast(date(2027, 1, 1), "N3"),))
    after = plan(forecasts=(forecast(date(2029, 1, 1), "N5"),))
    assert (only(before, after).kind, only(before, after).reason) == ("forecast_moves", "forecast_later")


def test_a_later_candidate_needs_nobody_while_the_earliest_stays() -> None:
    early = forecast(date(2027, 1, 1), assumption="Einreise zählt")
    before = plan(forecasts=(early, forecast(date(2028, 1, 1), assumption="Titel zählt")))
    after = plan(forecasts=(early, forecast(date(2029, 1, 1), assumption="Titel zählt")))
    found = only(before, after)
    assert (found.title, found.reason) == ("Titel zählt", None)


# ---------------------------------------------------------------- the rest


def test_the_target_group_needs_a_person_when_its_answer_changes() -> None:
    def screened(result: str, rule: str) -> Plan:
        return plan(eligibility=Eligibility.model_validate({"result": result, "rule": rule}))

    found = only(screened("eligible", "N2"), screened("manual", "N5"))
    assert (found.before, found.after, found.reason) == ("eligible (N2)", "manual (N5)", "eligibility_changes")
    assert only(screened("eligible", "N2"), screened("eligible", "N4")).reason is None
    assert only(screened("eligible", "N2"), EMPTY).reason == "eligibility_changes"


def test_warnings_gaps_and_the_standing_are_compared() -> None:
    before = plan(warnings=("deadline_near",), gaps=(Gap(starts_on=date(2026, 12, 1)),))
    after = plan(
        warnings=("benefit_gap",),
        gaps=(Gap(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)),),
        standing=Standing(benefits=("B03",), work="permitted"),
    )
    assert [(one.kind, one.code, one.before, one.after) for one in change(before, after).changes] == [
        ("standing_changes", "benefits", "", "B03"),
        ("standing_changes", "work", "forbidden", "permitted"),
        ("gap_vanishes", "benefit_gap", "2026-12-01/..", None),
        ("gap_appears", "benefit_gap", None, "2026-12-01/2026-12-31"),
        ("warning_vanishes", "deadline_near", None, None),
        ("warning_appears", "benefit_gap", None, None),
    ]


def test_every_kind_and_reason_has_german_words() -> None:
    kinds = Change.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    reasons = compare_plans.__globals__["PersonReason"].__args__
    codes = [*(f"change.{kind}" for kind in kinds), *(f"person_reason.{reason}" for reason in reasons)]
    assert [code for code in codes if catalogue().label(code) == code] == []


def test_a_change_of_a_member_of_the_household_names_the_member() -> None:
    def with_son(**parts: Any) -> Plan:
        son = MemberPlan(id="son", code="m1", relation="child", standing=Standing())
        return plan(members=(son.model_copy(update=parts),))

    found = only(with_son(deadlines=(deadline(),)), with_son(deadlines=(deadline(date(2026, 11, 1)),)))
    assert (found.who, found.kind, found.reason) == ("m1", "deadline_moves", "date_in_past")
    guardian, both = (
        Capacity.model_validate({"subject": "consent", "rule": "C", "statute": "BGB", "acts": acts})
        for acts in (["guardian"], ["guardian", "person"])
    )
    asked = only(with_son(capacities=(guardian,)), with_son(capacities=(both,)))
    assert (asked.kind, asked.code, asked.before, asked.after) == (
        "capacity_changes",
        "consent",
        "guardian",
        "guardian person",
    )


def test_a_change_of_the_person_of_the_path_names_the_client() -> None:
    assert only(plan(deadlines=(deadline(),)), EMPTY).who == "client"


# ---------------------------------------------------------------- under a real model


def _without(section: str, code: str) -> Catalogue:
    kept: tuple[Rule, ...] = tuple(rule for rule in getattr(catalogue(), section) if rule.code != code)
    return replace(catalogue(), version="other", **{section: kept})


def test_a_withdrawn_handover_rule_is_seen_in_a_real_path() -> None:
    now = at(date(2022, 2, 15))
    case, _ = rest(case_of(IN_CARE), now)
    found = change(make_plan(case, now, catalogue()), make_plan(case, now, _without("handovers", "H01")))
    assert [(one.code, one.reason) for one in found.of("handover_vanishes")] == [("H01", "handover_without_reason")]


def test_a_withdrawn_deadline_rule_is_seen_in_a_real_path() -> None:
    now = at(date(2022, 2, 15))
    before = plan_on(RECOGNISED, date(2022, 2, 15))
    after = make_plan(case_of(RECOGNISED), now, _without("deadlines", "F17"))
    vanished = change(before, after).of("deadline_vanishes")
    assert [(one.code, one.before, one.reason) for one in vanished] == [
        ("F17", "2022-05-25", "running_deadline_vanishes")
    ]


def test_a_longer_wait_for_naturalisation_is_seen_in_a_real_path() -> None:
    title = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2028, 4, 19))
    case, now = case_of((*IN_CARE, SGB_II, title)), at(TODAY)
    routes = tuple(route.model_copy(update={"years": route.years + 3}) for route in catalogue().naturalisation_routes)
    slower = replace(catalogue(), version="other", naturalisation_routes=routes)
    moved = change(make_plan(case, now, catalogue()), make_plan(case, now, slower)).of("forecast_moves")
    assert [(one.before, one.after, one.reason) for one in moved] == [("2026-05-11", "2029-05-11", "forecast_later")]
