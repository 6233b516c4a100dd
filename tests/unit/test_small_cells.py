"""Small counts stay untold: every reader is played who knows all that is told, how, and what was told before.

A world is what really happened. Worlds that tell the same are one to the reader; a small count that is the same in
all of them would be found out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.small_cells import FEW, SMALL, Told, exactly, guarded, is_small, over, segments, suppress, told

World = tuple[int, ...]
counts = st.lists(st.integers(0, 30), min_size=1, max_size=4)


def readers(worlds: Iterable[World], publish: Callable[[World], Hashable]) -> Iterable[tuple[Hashable, list[World]]]:
    """What is told -> every world that tells it."""
    found: dict[Hashable, list[World]] = defaultdict(list)
    for world in worlds:
        found[publish(world)].append(world)
    return found.items()


@pytest.mark.parametrize("size", [2, 3, 4])
def test_no_small_cell_beside_its_total_is_found_out_by_who_knows_the_method(size: int) -> None:
    worlds = [world for world in product(range(9), repeat=size) if not is_small(sum(world))]

    def publish(world: World) -> Hashable:
        return tuple(suppress(dict(enumerate(world)), [range(size)]).values()), sum(world)

    for said, possible in readers(worlds, publish):
        for cell in range(size):
            values = {world[cell] for world in possible}
            assert len(values) > 1 or not is_small(values.pop()), said


def test_no_small_stretch_of_time_is_found_out_by_who_kept_what_was_told_before() -> None:
    most = 12

    def publish(world: World) -> Hashable:
        return tuple(segments(world[:known]) for known in range(1, 5))

    worlds = [world for world in product(range(most), repeat=4) if max(world) < most]
    stretches = [(first, last) for first in range(4) for last in range(first, 4)]
    for said, possible in readers(worlds, publish):
        ends = segments(possible[0])
        if max(one.told.most for one in ends) >= most:
            continue  # the worlds played here end at twelve; the real ones do not
        for first, last in stretches:
            values = {sum(world[first : last + 1]) for world in possible}
            assert len(values) > 1 or not is_small(values.pop()), said
            known = over(ends, first, last)
            assert known.least <= min(values | {known.most}), said


@given(counts, st.integers(0, 3), st.integers(0, 3))
def test_what_is_told_of_a_stretch_of_time_is_true(found: list[int], first: int, last: int) -> None:
    known = over(segments(found), first, last)
    assert known.least <= sum(found[first : last + 1]) <= known.most


@given(counts)
def test_what_was_told_of_earlier_quarters_never_changes(found: list[int]) -> None:
    now = segments(found)
    for known in range(1, len(found)):
        before = [one for one in segments(found[:known]) if one.told.exact is not None]
        assert list(now[: len(before)]) == before


@given(counts)
def test_everything_is_told_exactly_but_at_most_the_last_stretch(found: list[int]) -> None:
    told_ = segments(found)
    assert [one.told == FEW for one in told_[:-1]] == [False] * (len(told_) - 1)
    assert (told_[0].first, told_[-1].last) == (0, len(found) - 1)
    assert all(later.first == earlier.last + 1 for earlier, later in pairwise(told_))


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 30), min_size=2, max_size=8))
def test_hidden_cells_may_change_places_and_everything_told_stays_the_same(cells: dict[str, int]) -> None:
    shown = suppress(cells, [tuple(cells)])
    hidden = [key for key, count in shown.items() if count is None]
    assert all(count is None or not is_small(count) for count in shown.values())
    if not hidden or sum(cells.values()) < SMALL:
        return
    assert len(hidden) >= 2
    turned = cells | dict(zip(hidden, [cells[key] for key in (*hidden[1:], hidden[0])], strict=True))
    assert suppress(turned, [tuple(turned)]) == shown


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_in_a_tree_a_part_is_hidden_in_its_own_branch_and_sums_of_branches_stay_true(tree: list[list[int]]) -> None:
    cells = {(branch, leaf): count for branch, leaves in enumerate(tree) for leaf, count in enumerate(leaves)}
    groups = [[key for key in cells if key[0] == branch] for branch in range(len(tree))]
    shown = suppress(cells, groups)
    for group in groups:
        hidden = [key for key in group if shown[key] is None]
        assert len(hidden) != 1
        assert not hidden or any(is_small(cells[key]) for key in hidden)


def test_told_counts_are_added_and_subtracted_with_their_bounds() -> None:
    assert exactly(13) + FEW == Told(14, 17)
    assert exactly(20) - Told(14, 17) == Told(3, 6)
    assert exactly(2) - FEW == Told(0, 1)
    assert [str(one) for one in (exactly(0), FEW, Told(14, 17), Told(0, 3))] == ["0", "unter 5", "14–17", "unter 5"]
    assert [guarded(count) for count in (0, 1, 4, 5)] == [exactly(0), FEW, FEW, exactly(5)]


def test_a_count_in_words_is_a_number_or_small() -> None:
    assert [told(count) for count in (0, 4, 5, None)] == ["0", "unter 5", "5", "unter 5"]
