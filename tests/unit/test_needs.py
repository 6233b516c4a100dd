"""Needs: what may follow on what, and figures in which nobody can be found."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.catalogue import load_catalogue
from process_models.needs import LACKS, NeedCount, NeedNotPossible, _sums, _told, check_answer, check_end, figures_of
from process_models.small_cells import SMALL

KINDS, PLACES, REASONS = ("language", "housing", "work"), ("neuss", "kaarst", "meerbusch"), LACKS[:3]
lacks = st.lists(
    st.builds(
        lambda kind, place, count, reason: NeedCount("need_unmet", kind, place, count, reason),
        *(st.sampled_from(KINDS), st.sampled_from(PLACES), st.integers(1, 12), st.sampled_from(REASONS)),
    ),
    max_size=14,
)


@pytest.mark.parametrize(
    ("state", "wanted", "reason"),
    [("proposed", "referred", ""), ("referred", "taken_up", ""), ("referred", "not_possible", "capacity")],
)
def test_a_referral_goes_on_step_by_step(state: str, wanted: str, reason: str) -> None:
    check_answer(state, wanted, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "wanted", "reason", "field"),
    [
        ("proposed", "taken_up", "", "state"),
        ("taken_up", "not_possible", "capacity", "state"),
        ("referred", "not_possible", "", "reason"),
        ("referred", "taken_up", "capacity", "reason"),
    ],
)
def test_a_referral_skips_no_step_and_says_why_it_is_not_possible(
    state: str, wanted: str, reason: str, field: str
) -> None:
    with pytest.raises(NeedNotPossible) as refused:
        check_answer(state, wanted, reason)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_need_ends_once_and_unmet_only_with_a_reason() -> None:
    check_end("open", "unmet", "distance")
    check_end("open", "met", "")
    for state, wanted, reason in (("met", "unmet", "distance"), ("open", "unmet", ""), ("open", "met", "cost")):
        with pytest.raises(NeedNotPossible):
            check_end(state, wanted, reason)  # type: ignore[arg-type]


def test_what_the_person_did_not_want_is_nobodys_lack() -> None:
    figures = figures_of([NeedCount("need_unmet", "work", "neuss", 9, "declined")])
    assert (figures.total, figures.by_reason) == (0, {})


def test_large_numbers_are_told_as_they_are() -> None:
    figures = figures_of(
        [
            NeedCount("need_unmet", "language", "neuss", 7, "capacity"),
            NeedCount("need_unmet", "language", "kaarst", 6, "capacity"),
            NeedCount("need_recorded", "language", "neuss", 30),
            NeedCount("need_recorded", "housing", "neuss", 4),
        ]
    )
    assert figures.by_reason == {("language", "capacity"): 13}
    assert figures.by_place == {("language", "neuss"): 7, ("language", "kaarst"): 6}
    assert figures.recorded == {"language": 30, "housing": None}


@given(lacks)
def test_no_small_number_is_shown_and_every_shown_one_is_true(found: list[NeedCount]) -> None:
    figures = figures_of(found)
    shown = [*figures.by_reason.values(), *figures.by_place.values(), *figures.places.values(), figures.total]
    assert all(count is None or count == 0 or count >= SMALL for count in shown)
    for (kind, reason), count in figures.by_reason.items():
        assert count in (None, sum(one.count for one in found if (one.kind, one.reason) == (kind, reason)))


@settings(max_examples=150, deadline=None)
@given(lacks)
def test_no_hidden_number_follows_from_the_shown_ones(found: list[NeedCount]) -> None:
    """Linear algebra on every sum: a hidden cell that is the same in all solutions could be found out."""
    told = _told(found)
    hidden = sorted(cell for cell, count in told.items() if count is None)
    rows = [_row(group, hidden) for group in _sums(dict.fromkeys(told, 0))]
    for index, cell in enumerate(hidden):
        assert not _is_determined(rows, index, len(hidden)), f"{cell} can be found out"


def _row(group: list[tuple[str, str, str]], hidden: list[tuple[str, str, str]]) -> list[Fraction]:
    row = [Fraction(0)] * len(hidden)
    for position, cell in enumerate(group):
        if cell in hidden:
            row[hidden.index(cell)] += -1 if position == 0 else 1  # the sum stands first
    return row


def _is_determined(rows: list[list[Fraction]], index: int, width: int) -> bool:
    """Whether the unit vector of this unknown is a combination of the rows."""
    unit = [Fraction(int(place == index)) for place in range(width)]
    return _rank(rows) == _rank([*rows, unit])


def _rank(rows: list[list[Fraction]]) -> int:
    left, rank = [row[:] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for number, row in enumerate(left):
            if number != rank and row[column]:
                factor = row[column] / pivot[column]
                left[number] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        rank += 1
    return rank


def test_every_kind_of_need_has_its_name_in_both_languages_and_steps_in_plain_words() -> None:
    for kind in load_catalogue().need_kinds:
        assert kind.name("de") != kind.name("en")
        assert kind.steps
        for step in kind.steps:
            assert max(len(step.de), len(step.en)) <= 120, "a step is one short sentence or two"
