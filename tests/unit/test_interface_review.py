"""The review of interfaces: counts, durations, trends, before and after, and nothing that could point to a person."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import date
from math import ceil

import pytest

from process_models.configuration import ReviewBounds
from process_models.interface_rating import Allowed, judge
from process_models.interface_review import (
    Counted,
    Interface,
    InterfaceFigures,
    Point,
    Series,
    effect_of,
    effect_quarters,
    quantile,
    review,
    review_of,
)
from process_models.interface_split import Part, Parts, review_of_part
from process_models.quarters import closed, first_day, last_day, name, of_year, quarter_of, years_of
from process_models.small_cells import FEW, Told, exactly

H01 = Interface("H01", "sozialamt", "jobcenter")
Q1 = of_year(2022).start
YEAR = of_year(2022)
LATER = date(2023, 2, 1)
LADDER = Allowed(receipt=3, answer=10)


def counted(activity: str, count: int = 1, quarter: int = Q1, **other: int | str) -> Counted:
    return Counted(H01, activity, count, quarter=quarter, **other)  # type: ignore[arg-type]


def one_review(*found: Counted, today: date = LATER) -> InterfaceFigures:
    [figures] = review(found, YEAR, today)
    return figures


def test_quarters_know_their_days_and_their_years() -> None:
    assert (first_day(Q1), last_day(Q1), last_day(Q1 + 3)) == (date(2022, 1, 1), date(2022, 3, 31), date(2022, 12, 31))
    assert [quarter_of(day) - Q1 for day in (date(2022, 3, 31), date(2022, 4, 1), date(2023, 1, 1))] == [0, 1, 4]
    assert closed(YEAR, date(2022, 9, 30)) == range(Q1, Q1 + 2)
    assert closed(YEAR, date(2022, 10, 1)) == range(Q1, Q1 + 3)
    assert closed(YEAR, date(2021, 5, 1)) == range(Q1, Q1)
    assert list(years_of(range(Q1 - 1, Q1 + 5))) == [2021, 2022, 2023]
    assert name(Q1 + 3) == "2022 Q4"


def test_the_quantiles_of_a_histogram_are_those_of_the_single_values() -> None:
    values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    histogram = Series.of(counted("handover_accepted", working_days=value) for value in values).working_days(YEAR)
    assert quantile(histogram, 0.5) == statistics.median_low(values)
    assert quantile(histogram, 0.9) == sorted(values)[ceil(0.9 * len(values)) - 1]
    with pytest.raises(ValueError, match="nothing"):
        quantile({}, 0.5)


def test_a_good_interface_is_shown_with_its_figures_and_why_it_is_good() -> None:
    figures = one_review(
        counted("handover_offered", 30),
        counted("handover_received", 28, working_days=1),
        counted("handover_accepted", 40, working_days=3),
        counted("handover_accepted", 5, working_days=8),
        counted("handover_refused", 5, working_days=2),
    )
    assert (figures.offers, figures.accepted, figures.refused) == (exactly(30), exactly(45), exactly(5))
    assert figures.acceptance_rate == exactly(90)
    assert (figures.accept.median, figures.accept.p90) == (3, 8)
    assert (figures.receive.median, figures.complete.count) == (1, exactly(0))
    judged = judge(figures, LADDER)
    assert judged.rating == "good"
    assert [(one.code, one.value) for one in judged.reasons] == [
        ("accepts", 90),
        ("quick", 8),
        ("confirms", 1),
        ("smooth", 0),
    ]


def test_a_bad_interface_says_what_is_bad_about_it() -> None:
    figures = one_review(
        counted("handover_offered", 50),
        counted("handover_received", 40, working_days=9),
        counted("handover_accepted", 20, working_days=31),
        counted("handover_refused", 20),
        counted("stall_reason_given", 10, reason="DOC_MISSING"),
        counted("gap_ended", 6, days=120),
    )
    judged = judge(figures, LADDER)
    assert judged.rating == "bad"
    assert {one.code: one.value for one in judged.reasons} == {
        "refuses": 50,
        "slow": 31,
        "silent": 9,
        "stalls": 20,
        "gaps": 4.0,
    }


def test_a_municipality_may_set_from_where_on_an_interface_runs_well_or_badly() -> None:
    figures = one_review(
        counted("handover_offered", 50),
        counted("handover_accepted", 41, working_days=15),
        counted("handover_refused", 9, working_days=15),
        counted("stall_reason_given", 6, reason="DOC_MISSING"),
    )
    slow = {("slow", False)}
    assert {(one.code, one.good) for one in judge(figures, LADDER).reasons} == slow
    mild = replace(LADDER, bounds=ReviewBounds(accepts=80, smooth=15, reason="Beschluss"))
    assert {(one.code, one.good) for one in judge(figures, mild).reasons} == slow | {
        ("accepts", True),
        ("smooth", True),
    }
    strict = replace(LADDER, bounds=ReviewBounds(refuses=85, stalls=10, reason="Beschluss"))
    reasons = {(one.code, one.good) for one in judge(figures, strict).reasons}
    assert reasons == slow | {("refuses", False), ("stalls", False)}


def test_good_and_bad_together_are_mixed_and_too_little_is_unknown() -> None:
    mixed = one_review(counted("handover_accepted", 20, working_days=31), counted("handover_offered", 20))
    assert judge(mixed, LADDER).rating == "mixed"
    assert judge(one_review(counted("handover_offered", 4)), LADDER).rating == "unknown"


def test_a_small_count_has_bounds_and_so_has_what_is_computed_from_it() -> None:
    figures = one_review(
        counted("handover_offered", 40),
        counted("handover_accepted", 36, working_days=2),
        counted("handover_refused", 3, working_days=2),
    )
    assert (figures.accepted, figures.refused) == (exactly(36), FEW)
    assert figures.acceptance_rate == Told(90, 97)
    assert str(figures.refused) == "unter 5"


def test_a_small_quarter_is_told_with_the_next_and_a_year_that_ends_with_one_has_bounds() -> None:
    offers = [counted("handover_offered", count, Q1 + n) for n, count in enumerate((4, 12, 13, 2))]
    figures = one_review(*offers)
    assert figures.offers == Told(30, 33)
    assert figures.offered == (
        Point(Q1, Q1 + 1, exactly(16)),
        Point(Q1 + 2, Q1 + 2, exactly(13)),
        Point(Q1 + 3, Q1 + 3, FEW),
    )
    assert review_of(H01, offers, range(Q1, Q1 + 1), LATER).offers == FEW
    assert review_of(H01, offers, range(Q1 + 1, Q1 + 2), LATER).offers == Told(12, 15)


def test_a_running_quarter_is_not_counted() -> None:
    offers = [counted("handover_offered", 10, Q1 + n) for n in range(4)]
    assert one_review(*offers, today=date(2022, 8, 1)).offers == exactly(20)


def test_stalls_are_told_by_reason_and_never_as_a_sum_that_would_give_one_away() -> None:
    stalls = {"DOC_MISSING": 20, "AGENCY_LATE": 9, "CAPACITY": 2}
    figures = one_review(*(counted("stall_reason_given", count, reason=reason) for reason, count in stalls.items()))
    assert figures.stalls == {"DOC_MISSING": exactly(20), "AGENCY_LATE": exactly(9), "CAPACITY": FEW}
    assert one_review(counted("escalated", 7, level="E2")).escalations == {"E2": exactly(7)}


def test_few_durations_give_no_median_and_fewer_than_ten_no_ninth_of_ten() -> None:
    few = one_review(counted("handover_accepted", 4, working_days=2))
    assert (few.accept.count, few.accept.median) == (FEW, None)
    some = one_review(counted("handover_accepted", 9, working_days=2))
    assert (some.accept.median, some.accept.p90) == (2, None)


def test_gap_months_are_counted_in_months_of_thirty_days_and_only_of_gaps_that_are_told() -> None:
    ended = [counted("gap_ended", 5, days=85), counted("gap_ended", 1, days=35)]
    assert one_review(*ended).gap_months == 4.0
    assert one_review(*ended, counted("gap_ended", 1, Q1 + 1, days=90)).gap_months == 4.0
    assert one_review(counted("gap_ended", 3, days=51)).gap_months is None
    assert one_review(counted("handover_offered", 9)).gap_months == 0.0


def test_before_and_after_a_day_leave_its_quarter_out_unless_it_begins_with_the_day() -> None:
    assert effect_quarters(date(2022, 6, 1), LATER) == (range(Q1 - 3, Q1 + 1), range(Q1 + 2, Q1 + 4))
    assert effect_quarters(date(2022, 7, 1), LATER) == (range(Q1 - 2, Q1 + 2), range(Q1 + 2, Q1 + 4))
    assert effect_quarters(date(2023, 1, 2), LATER) == (range(Q1, Q1 + 4), range(Q1 + 5, Q1 + 5))


def test_the_effect_of_a_decision_is_the_same_figures_before_and_after_it() -> None:
    before = [counted("handover_accepted", 10, Q1 + n, working_days=24) for n in (0, 1)]
    after = [counted("handover_accepted", 8, Q1 + n, working_days=3) for n in (2, 3)]
    effect = effect_of(H01, [*before, *after], date(2022, 7, 1), LATER)
    assert (effect.before.accept.median, effect.after.accept.median) == (24, 3)
    assert (effect.before.accepted, effect.after.accepted) == (exactly(20), exactly(16))
    assert effect_of(H01, [], date(2022, 7, 1), LATER).before.offers == exactly(0)


ABH = Interface("H05", "kim", "abh")
PARTS = Parts({"abh": ("abh-kreis", "abh-stadt")}, ("dorf", "markt", "stadt"))


def at(agency: str, place: str, count: int, quarter: int = Q1) -> Counted:
    return Counted(ABH, "handover_accepted", count, working_days=4, quarter=quarter, agency=agency, place=place)


def accepted_at(found: list[Counted], part: Part) -> Told | None:
    [figures] = review_of_part(found, 2022, LATER, PARTS, part)
    return figures.accepted


def test_agencies_and_places_are_told_as_one_tree() -> None:
    found = [at("abh-stadt", "stadt", 7), at("abh-kreis", "dorf", 11), at("abh-kreis", "markt", 20)]
    assert accepted_at(found, Part(agency="abh-stadt")) == exactly(7)
    assert accepted_at(found, Part(place="dorf")) == exactly(11)
    assert accepted_at(found, Part(place="stadt")) == exactly(7)


def test_a_place_with_few_takes_another_of_its_agency_with_it_and_never_one_of_another_agency() -> None:
    found = [at("abh-stadt", "stadt", 7), at("abh-kreis", "dorf", 3), at("abh-kreis", "markt", 20)]
    assert accepted_at(found, Part(agency="abh-kreis")) == exactly(23)
    assert accepted_at(found, Part(place="dorf")) is None
    assert accepted_at(found, Part(place="markt")) is None
    assert accepted_at(found, Part(place="stadt")) == exactly(7)


def test_nothing_is_split_that_has_bounds_or_is_not_over() -> None:
    found = [at("abh-stadt", "stadt", 7), at("abh-kreis", "dorf", 9), at("abh-kreis", "markt", 2, Q1 + 3)]
    assert review(found, YEAR, LATER)[0].accepted == Told(17, 20)
    assert accepted_at(found, Part(agency="abh-stadt")) is None
    assert review_of_part(found, 2022, date(2022, 12, 31), PARTS, Part(place="dorf")) == ()
