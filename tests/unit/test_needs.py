"""Needs: what may follow on what, and figures in which nobody can be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.catalogue import load_catalogue
from process_models.needs import LACKS, NeedCount, NeedNotPossible, check_answer, check_end, figures_of
from process_models.small_cells import SMALL, is_small
from tests.unit.test_small_cells import readers

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


@pytest.mark.parametrize(
    ("kinds", "reasons", "places", "most"), [(1, 2, 2, 8), (2, 1, 2, 8), (2, 2, 1, 8), (3, 1, 1, 12)]
)
def test_no_small_number_is_found_out_by_who_knows_the_method(kinds: int, reasons: int, places: int, most: int) -> None:
    """Every world is played: a small number is another one in some world that tells the same."""
    cells = list(product(range(kinds), sorted(LACKS)[:reasons], range(places)))

    def publish(world: tuple[int, ...]) -> Hashable:
        counts = (
            NeedCount("need_unmet", str(kind), str(place), count, reason)
            for (kind, reason, place), count in zip(cells, world, strict=True)
            if count
        )
        return repr(figures_of(counts))

    def sums(world: tuple[int, ...]) -> Counter[tuple[object, ...]]:
        found = Counter[tuple[object, ...]]()
        for (kind, reason, place), count in zip(cells, world, strict=True):
            for cell in (("kind", kind), ("reason", kind, reason), ("place", kind, place), ("at", place), ("total",)):
                found[cell] += count
        return found

    for said, possible in readers(product(range(most + 1), repeat=len(cells)), publish):
        if any(most in world for world in possible):
            continue  # the worlds played here end there; the real ones do not
        known = [sums(world) for world in possible]
        for cell in known[0]:
            values = {one[cell] for one in known}
            assert len(values) > 1 or not is_small(values.pop()), (cell, said)


def test_every_kind_of_need_has_its_name_in_both_languages_and_steps_in_plain_words() -> None:
    for kind in load_catalogue().need_kinds:
        assert kind.name("de") != kind.name("en")
        assert kind.steps
        for step in kind.steps:
            assert max(len(step.de), len(step.en)) <= 120, "a step is one short sentence or two"
