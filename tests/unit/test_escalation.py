"""The ladder of a stalled handover, in working days of the product calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models.calendars import ProductCalendar
from process_models.catalogue import catalogue
from process_models.escalation import LadderView, position
from process_models.work import HandoverItem, Level, SimilarStall, StallReason

OFFERED = date(2022, 2, 14)
ITEM = HandoverItem("H01", date(2022, 2, 11), "sozialamt", "jobcenter", offered_on=OFFERED)
CALENDAR = ProductCalendar("NW", ("rosenmontag", "12-24", "12-31"))
LIVELIHOOD_ENDS = date(2022, 2, 28)


def view(day: date, *, critical: bool = False, similar: tuple[SimilarStall, ...] = ()) -> LadderView:
    return LadderView(
        day, CALENDAR, catalogue().ladder(day), LIVELIHOOD_ENDS if critical else None, similar, (), frozenset()
    )


def stall(since: date, count: int = 1, reason: StallReason = "AGENCY_LATE", detail: str | None = None) -> SimilarStall:
    return SimilarStall("H01", "sozialamt", "jobcenter", reason, detail, since, count)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2022, 2, 17), "E1"),
        (date(2022, 2, 21), "E2"),
        (date(2022, 2, 28), "E2"),  # local closing day: not counted
        (date(2022, 3, 1), "E3"),
    ],
)
def test_a_critical_handover_climbs_after_three_five_and_ten_working_days(day: date, level: Level) -> None:
    found = position(ITEM, view(day, critical=True))
    assert (found.next_level, found.critical) == (level, True)
    assert found.next_level_on is not None
    assert found.next_level_on <= day


@pytest.mark.parametrize(
    ("level", "next_level", "on"),
    [("E0", "E1", date(2022, 3, 1)), ("E1", "E2", date(2022, 3, 8)), ("E2", "E3", date(2022, 3, 15))],
)
def test_a_normal_handover_climbs_after_ten_fifteen_and_twenty_working_days(
    level: Level, next_level: Level, on: date
) -> None:
    found = position(replace(ITEM, level=level), view(OFFERED))
    assert (found.next_level, found.next_level_on) == (next_level, on)


def test_a_handover_that_a_pattern_lifted_is_looked_at_on_the_day_from_which_it_stalls_again() -> None:
    received = replace(ITEM, level="E4", received_on=date(2022, 2, 18))
    before = position(received, view(date(2022, 2, 18)))
    assert (before.stalled_since, before.next_level) == (None, "none")
    assert date(2022, 3, 1) in before.look_again_on
    assert position(received, view(date(2022, 3, 1))).stalled_since == date(2022, 3, 1)


def test_one_case_reaches_the_procedure_after_forty_working_days() -> None:
    found = position(replace(ITEM, level="E3"), view(date(2022, 4, 12)))
    assert (found.next_level, found.next_level_on, found.cause) == ("E4", date(2022, 4, 12), "forty_days")


def test_after_missed_days_the_step_that_is_due_now_is_taken_at_once() -> None:
    assert position(ITEM, view(date(2022, 3, 2), critical=True)).next_level == "E3"


def test_without_consent_to_name_the_case_the_ladder_stays_below_the_working_group() -> None:
    lacking = replace(view(date(2022, 3, 2), critical=True), lacking=frozenset({"P3"}))
    found = position(replace(ITEM, level="E2"), lacking)
    assert (found.next_level, found.blocked_by_purpose) == ("E4", "P3")
    assert found.next_level_on == date(2022, 4, 12)


def test_receipt_stops_only_the_receipt_clock() -> None:
    waiting = position(ITEM, view(date(2022, 2, 18)))
    received = position(replace(ITEM, state="received", received_on=date(2022, 2, 15)), view(date(2022, 2, 18)))
    assert (waiting.stalled_since, received.stalled_since) == (date(2022, 2, 17), None)
    assert waiting.next_level_on == received.next_level_on


def test_it_becomes_critical_twenty_working_days_before_the_livelihood_ends() -> None:
    ends = date(2022, 6, 30)
    early = replace(view(date(2022, 5, 30)), critical_on=ends)
    late = replace(view(date(2022, 5, 31)), critical_on=ends)
    assert (position(ITEM, early).critical, position(ITEM, late).critical) == (False, True)
    assert date(2022, 5, 31) in position(ITEM, early).look_again_on


@pytest.mark.parametrize("ends", [date(2022, 3, 31), date(2022, 5, 9), date(2024, 3, 11), date(2025, 1, 28)])
def test_the_first_critical_day_is_the_first_with_twenty_working_days_left(ends: date) -> None:
    """Also where the twentieth day back follows a weekend, a holiday or a local closing day."""
    for back in range(45):
        day = ends - timedelta(days=back)
        within = CALENDAR.between(day, ends) <= 20
        assert position(ITEM, replace(view(day), critical_on=ends)).critical is within, day


def test_three_alike_cases_in_sixty_days_are_a_pattern_and_this_one_counts() -> None:
    day = date(2022, 3, 14)
    two = (stall(date(2022, 1, 13)), stall(date(2022, 3, 14)))
    found = position(replace(ITEM, level="E2"), view(day, similar=two))
    assert (found.next_level, found.cause) == ("E4", "pattern")


@pytest.mark.parametrize(
    "similar",
    [
        (stall(date(2022, 1, 12), count=5),),  # more than sixty days ago
        (stall(date(2022, 3, 1), count=5, reason="CAPACITY"),),
        (stall(date(2022, 3, 1), count=1),),
    ],
)
def test_old_other_or_few_cases_are_no_pattern(similar: tuple[SimilarStall, ...]) -> None:
    found = position(replace(ITEM, level="E2"), view(date(2022, 3, 14), similar=similar))
    assert found.cause != "pattern"


def test_cases_that_will_stall_later_are_looked_at_on_their_day() -> None:
    later = stall(date(2022, 3, 14), count=4)
    assert date(2022, 3, 14) in position(ITEM, view(date(2022, 3, 1), similar=(later,))).look_again_on


def test_a_changed_rule_leads_to_the_procedure_at_once() -> None:
    found = position(replace(ITEM, reason="RULE_CHANGE"), view(OFFERED))
    assert (found.next_level, found.next_level_on) == ("E4", OFFERED)


def test_an_impulse_of_the_case_manager_leads_to_the_procedure() -> None:
    found = position(ITEM, replace(view(date(2022, 2, 16)), impulses=(date(2022, 2, 16),)))
    assert (found.next_level, found.cause) == ("E4", "impulse")
