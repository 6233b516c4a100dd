"""What tells two states of a handover or two plans apart, as events: each once, with working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from process_models.events import handover_events, plan_events
from process_models.plan import Eligibility, Gap, Plan, Standing
from process_models.work import HandoverItem

CALENDAR = ProductCalendar("NW", ("rosenmontag", "12-24", "12-31"))
OFFERED = date(2022, 2, 14)
ITEM = HandoverItem("H01", OFFERED, "sozialamt", "jobcenter", offered_on=OFFERED)


def at(day: date) -> WorkingDay:
    return WorkingDay(day, CALENDAR)


def plan(day: date = OFFERED, kim: str = "active", gaps: tuple[Gap, ...] = ()) -> Plan:
    return Plan(
        day=day,
        municipality="rhein-kreis-neuss",
        place="meerbusch",
        model_version="test",
        standing=Standing(kim=kim),
        phase="stay",
        gaps=gaps,
    )


def test_a_first_offer_is_an_offer_without_working_days() -> None:
    [event] = handover_events(None, ITEM, at(OFFERED))
    assert (event.activity, event.code, event.working_days) == ("handover_offered", "H01", None)


def test_an_acceptance_without_receipt_counts_as_both_and_local_closing_days_do_not_count() -> None:
    on = date(2022, 3, 18)  # 24 weekdays later, Rosenmontag lies between
    events = handover_events(ITEM, handover.accept(ITEM, on), at(on))
    assert [(event.activity, event.working_days) for event in events] == [
        ("handover_received", 23),
        ("handover_accepted", 23),
    ]


def test_a_completion_is_measured_from_the_acceptance() -> None:
    accepted = handover.accept(ITEM, date(2022, 2, 16))
    done = handover.complete(accepted, date(2022, 2, 18))
    [event] = handover_events(accepted, done, at(date(2022, 2, 18)))
    assert (event.activity, event.working_days) == ("handover_completed", 2)


def test_a_reason_and_a_level_are_events_of_their_own_and_told_once() -> None:
    on = date(2022, 2, 17)
    stalled = replace(handover.give_reason(ITEM, "DOC_MISSING", "DOC_EAT_REQUIRED"), level="E1")
    assert [event.activity for event in handover_events(ITEM, stalled, at(on))] == ["stall_reason_given", "escalated"]
    assert handover_events(stalled, stalled, at(on)) == ()


def test_passing_on_is_not_an_offer_again_but_a_new_offer_is() -> None:
    forwarded = handover.forward(ITEM, OFFERED, "sozialamt")
    assert [event.activity for event in handover_events(ITEM, forwarded, at(OFFERED))] == ["handover_forwarded"]
    again = replace(ITEM, offers=2)
    assert [event.activity for event in handover_events(ITEM, again, at(OFFERED))] == ["handover_offered"]


def test_a_first_plan_opens_the_path_and_the_same_plan_again_says_nothing() -> None:
    events = plan_events(None, plan())
    assert [(event.activity, event.code) for event in events] == [
        ("path_opened", ""),
        ("phase_entered", "stay"),
        ("case_management_changed", "active"),
    ]
    assert plan_events(plan(), plan()) == ()


def test_a_gap_starts_on_the_day_that_nothing_covers_and_ends_when_something_does() -> None:
    ahead = (Gap(starts_on=date(2022, 3, 1)),)
    before, during, after = (
        plan(date(2022, 2, 28), gaps=ahead),
        plan(date(2022, 3, 1), gaps=ahead),
        plan(date(2022, 3, 18)),
    )
    assert plan_events(plan(), before) == ()
    assert [event.activity for event in plan_events(before, during)] == ["gap_started"]
    assert [(event.activity, event.days) for event in plan_events(during, after)] == [("gap_ended", 17)]


def test_a_gap_that_a_backdated_grant_closes_never_was() -> None:
    ahead = (Gap(starts_on=date(2022, 3, 1)),)
    granted = (Gap(starts_on=date(2022, 3, 1), ends_on=date(2022, 3, 4)),)
    during = plan(date(2022, 3, 9), gaps=ahead)
    [partly] = plan_events(during, plan(date(2022, 3, 10), gaps=granted))
    assert (partly.activity, partly.days) == ("gap_ended", 4)


ARRIVED = date(2021, 5, 10)


def standing(residence: str = "R03", since: date = ARRIVED, **other: object) -> Standing:
    """Somebody in case management since February 2022."""
    known = {"arrived_on": ARRIVED, "accompanied_since": OFFERED, "kim": "active"} | other
    return Standing(residence=residence, residence_since=since, **known)  # type: ignore[arg-type]


def of(day: date, standing: Standing, **other: object) -> Plan:
    return plan(day).model_copy(update={"standing": standing, **other})


def told(before: Plan, after: Plan) -> list[tuple[str, date, str, str, int | None]]:
    return [(one.activity, one.on, one.code, one.reason, one.days) for one in plan_events(before, after)]


def test_a_title_counts_on_its_day_with_the_days_since_the_arrival() -> None:
    on = date(2022, 5, 10)
    assert told(of(OFFERED, standing()), of(date(2022, 5, 12), standing("R12", on))) == [
        ("residence_entered", on, "R12", "R03", 365)
    ]


def test_a_title_of_a_quarter_that_is_over_counts_in_the_quarter_in_which_it_became_known() -> None:
    known = date(2022, 7, 5)
    [event] = told(of(OFFERED, standing()), of(known, standing("R12", date(2022, 6, 20))))
    assert event == ("residence_entered", date(2022, 7, 1), "R12", "R03", 406)


def test_what_somebody_had_before_the_case_management_is_nothing_that_happened_here() -> None:
    old, now = date(2020, 3, 1), OFFERED
    assert told(of(now, standing()), of(now, standing("R12", old))) == []
    prospect = standing("R12", now, accompanied_since=None)
    assert told(of(now, standing(accompanied_since=None)), of(now, prospect)) == []


def test_a_title_that_is_prolonged_is_not_a_new_one() -> None:
    first = standing("R12", title_valid_until=date(2023, 5, 9))
    longer = standing("R12", title_valid_until=date(2026, 5, 9))
    [event] = told(of(date(2023, 4, 1), first), of(date(2023, 4, 2), longer))
    assert event[:3] == ("title_renewed", date(2023, 4, 2), "R12")
    assert told(of(OFFERED, longer), of(OFFERED, first)) == []


def test_a_new_regime_is_a_change_of_framework_from_what_paid_before() -> None:
    before, after = standing(benefits=("B02", "B12")), standing(benefits=("B05", "B12"))
    assert told(of(OFFERED, before), of(date(2022, 5, 10), after)) == [
        ("framework_entered", date(2022, 5, 10), "B05", "B02+B12", 365)
    ]
    assert told(of(OFFERED, after), of(OFFERED, standing(benefits=("B12",)))) == []


def test_a_screening_is_told_when_another_line_decides() -> None:
    first = of(OFFERED, standing(), eligibility=Eligibility(result="eligible", rule="N2"))
    again = of(OFFERED, standing(), eligibility=Eligibility(result="eligible", rule="N2", priority=True))
    later = of(OFFERED, standing(), eligibility=Eligibility(result="eligible", rule="N4"))
    assert ("screened", OFFERED, "N2", "eligible", None) in told(of(OFFERED, standing()), first)
    assert told(first, again) == []
    assert [event[2] for event in told(first, later)] == ["N4"]


def test_the_state_of_the_case_management_before_is_told() -> None:
    paused = of(OFFERED, standing(kim="paused"))
    [event] = plan_events(paused, of(OFFERED, standing()))
    assert (event.activity, event.code, event.reason) == ("case_management_changed", "active", "paused")
