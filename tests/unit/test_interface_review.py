"""The review of interfaces: counts, durations, and nothing that could point to a person."""

from __future__ import annotations

import statistics
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from process_models.interface_review import Counted, Interface, expectation, histogram_of, quantile, review
from process_models.small_cells import SMALL, suppress, told

H01 = Interface("H01", "sozialamt", "jobcenter")


def counted(activity: str, count: int = 1, **other: int | str) -> Counted:
    return Counted(H01, activity, count, **other)  # type: ignore[arg-type]


def test_the_quantiles_of_a_histogram_are_those_of_the_single_values() -> None:
    values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    histogram = histogram_of([counted("handover_accepted", working_days=value) for value in values], "accept")
    assert quantile(histogram, 0.5) == statistics.median_low(values)
    assert quantile(histogram, 0.9) == sorted(values)[ceil(0.9 * len(values)) - 1]


def test_a_good_interface_is_shown_with_its_figures() -> None:
    [figures] = review(
        [
            counted("handover_offered", 30),
            counted("handover_received", 28, working_days=1),
            counted("handover_accepted", 20, working_days=3),
            counted("handover_accepted", 5, working_days=8),
            counted("handover_refused", 5, working_days=2),
        ]
    )
    assert (figures.offers, figures.accepted, figures.refused, figures.acceptance_rate) == (30, 25, 5, 83)
    assert (figures.accept.median, figures.accept.p90) == (3, 8)
    assert (figures.receive.median, figures.complete.count) == (1, 0)


def test_a_small_count_is_not_told_nor_what_would_give_it_away() -> None:
    [figures] = review([counted("handover_offered", 40), counted("handover_accepted", 36, working_days=2)])
    assert (figures.accepted, figures.acceptance_rate) == (36, 100)
    [figures] = review(
        [
            counted("handover_offered", 40),
            counted("handover_accepted", 36, working_days=2),
            counted("handover_refused", 4, working_days=2),
        ]
    )
    assert (figures.accepted, figures.refused, figures.acceptance_rate) == (None, None, None)


def test_stalls_of_a_rare_reason_take_the_next_reason_with_them() -> None:
    stalls = {"DOC_MISSING": 20, "AGENCY_LATE": 9, "CAPACITY": 2}
    [figures] = review([counted("stall_reason_given", count, reason=reason) for reason, count in stalls.items()])
    assert figures.stalls == {"DOC_MISSING": 20, "AGENCY_LATE": None, "CAPACITY": None}


def test_few_durations_give_no_median() -> None:
    [figures] = review([counted("handover_accepted", 4, working_days=2)])
    assert (figures.accept.count, figures.accept.median) == (None, None)


def test_gap_months_are_counted_in_months_of_thirty_days() -> None:
    [figures] = review([counted("gap_ended", 5, days=17), counted("gap_ended", 1, days=35)])
    assert figures.gap_months == 4.0


def test_an_expectation_is_learned_from_enough_answers_and_never_below_the_floor() -> None:
    few = [counted("handover_accepted", 19, working_days=30)]
    assert (expectation(few, "accept", 10).usual, expectation(few, "accept", 10).learned) == (10, False)
    many = [counted("handover_accepted", 18, working_days=30), counted("handover_accepted", 2, working_days=99)]
    assert (expectation(many, "accept", 10).usual, expectation(many, "accept", 10).learned) == (30, True)
    assert expectation([counted("handover_accepted", 40, working_days=2)], "accept", 10).usual == 10


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 30), min_size=2, max_size=8))
def test_from_a_total_no_single_hidden_count_can_be_found_out(cells: dict[str, int]) -> None:
    shown = suppress(cells, [tuple(cells)])
    hidden = [key for key, count in shown.items() if count is None]
    assert all(count is None or not 0 < count < SMALL for count in shown.values())
    if hidden and sum(cells.values()) >= SMALL:
        assert sum(cells[key] for key in hidden) >= SMALL
        assert len(hidden) >= 2


def test_a_count_in_words_is_a_number_or_small() -> None:
    assert [told(count) for count in (0, 4, 5, None)] == ["0", "unter 5", "5", "unter 5"]
