"""Gaps in the livelihood."""

from __future__ import annotations

from datetime import date

from process_models.gaps import next_gap_start, open_gaps, uncovered
from process_models.livelihood import BenefitPeriod
from process_models.plan import Gap
from tests.unit.recognised import IN_CARE, RECOGNISED, SGB_II, fact, plan_on

LIVELIHOOD = frozenset({"B02", "B05", "B13"})


def period(regime: str, starts: date, ends: date | None = None) -> BenefitPeriod:
    return BenefitPeriod(regime, starts, ends)


def test_overlap_is_no_gap() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 3, 31)), period("B05", date(2022, 3, 1))]
    assert uncovered(periods, LIVELIHOOD, date.max) == ()


def test_adjoining_periods_leave_no_gap() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 2, 28)), period("B05", date(2022, 3, 1))]
    assert uncovered(periods, LIVELIHOOD, date.max) == ()


def test_two_regimes_may_begin_on_one_day_and_one_of_them_may_be_open() -> None:
    for ends in (None, date(2022, 2, 28)):
        periods = [
            period("B05", date(2022, 1, 1), ends),
            period("B02", date(2022, 1, 1)),
            period("B13", date(2022, 1, 1)),
        ]
        assert uncovered(periods, LIVELIHOOD, date.max) == ()


def test_a_hole_between_two_regimes_has_its_first_and_last_day() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 2, 28)), period("B05", date(2022, 3, 18))]
    assert uncovered(periods, LIVELIHOOD, date.max) == (Gap(starts_on=date(2022, 3, 1), ends_on=date(2022, 3, 17)),)


def test_benefits_that_do_not_cover_the_livelihood_close_no_gap() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 2, 28)), period("B12", date(2022, 3, 1))]
    assert uncovered(periods, LIVELIHOOD, date.max) == (Gap(starts_on=date(2022, 3, 1)),)


def test_a_gap_is_told_thirty_days_before_it_begins() -> None:
    periods = [period("B05", date(2022, 1, 1), date(2022, 12, 31))]
    assert open_gaps(periods, LIVELIHOOD, date(2022, 12, 1)) == ()
    assert open_gaps(periods, LIVELIHOOD, date(2022, 12, 2)) == (Gap(starts_on=date(2023, 1, 1)),)


def test_a_gap_that_is_over_is_not_told() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 2, 28)), period("B05", date(2022, 3, 18))]
    assert open_gaps(periods, LIVELIHOOD, date(2022, 3, 18)) == ()


def test_the_gap_after_recognition_closes_with_the_approval_back_to_the_first_of_the_month() -> None:
    assert plan_on(RECOGNISED, date(2022, 2, 11)).gaps == (Gap(starts_on=date(2022, 3, 1)),)
    assert plan_on((*IN_CARE, SGB_II), date(2022, 3, 18)).gaps == ()


def test_benefits_that_end_early_open_a_gap() -> None:
    ended = fact("benefits.ended", date(2022, 6, 20), regime="B05", last_day=date(2022, 6, 30))
    assert plan_on((*IN_CARE, SGB_II, ended), date(2022, 6, 20)).gaps == (Gap(starts_on=date(2022, 7, 1)),)


def test_the_days_at_the_edges_count() -> None:
    periods = [period("B02", date(2022, 1, 1), date(2022, 2, 28)), period("B05", date(2022, 3, 18))]
    march = (Gap(starts_on=date(2022, 3, 1), ends_on=date(2022, 3, 17)),)
    assert uncovered(periods, LIVELIHOOD, date(2022, 3, 1)) == march
    assert uncovered(periods, LIVELIHOOD, date(2022, 2, 28)) == ()
    assert open_gaps(periods, LIVELIHOOD, date(2022, 3, 17)) == march
    assert open_gaps(periods, LIVELIHOOD, date(2022, 3, 18)) == ()
    assert next_gap_start(periods, LIVELIHOOD, date(2022, 2, 28)) == date(2022, 3, 1)
    assert next_gap_start(periods, LIVELIHOOD, date(2022, 3, 1)) is None


def test_a_longer_earlier_period_covers_what_a_shorter_later_one_does_not() -> None:
    periods = [
        period("B02", date(2022, 1, 1), date(2022, 6, 30)),
        period("B05", date(2022, 2, 1), date(2022, 3, 31)),
        period("B13", date(2022, 7, 1)),
    ]
    assert uncovered(periods, LIVELIHOOD, date.max) == ()
