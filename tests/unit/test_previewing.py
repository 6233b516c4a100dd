"""Figures of a preview: pages of different paths add up, and what is kept is read again as it was."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from process_models.model_diff import Change, PlanChange
from process_models.previewing import Move, PathPreview, PreviewFigures, figures_of

DAY = date(2026, 3, 2)


def moved(code: str, days: int) -> Change:
    after = date.fromordinal(DAY.toordinal() + days)
    return Change(
        kind="deadline_moves",
        code=code,
        field="hard",
        before=DAY.isoformat(),
        after=after.isoformat(),
        reason="date_in_past" if days < 0 else None,
    )


def seen(path: str, *changes: Change, failure: str = "") -> PathPreview:
    return PathPreview(path, "muenster", DAY, PlanChange(changes=changes), failure)


PATHS = st.lists(
    st.builds(
        lambda codes, failed: (tuple(moved(code, days) for code, days in codes), failed),
        st.lists(st.tuples(st.sampled_from(["F01", "F17"]), st.integers(-9, 9)), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_size=8,
)


@given(PATHS, st.integers(0, 8))
def test_two_pages_give_what_one_page_gives(paths: list[tuple[tuple[Change, ...], bool]], cut: int) -> None:
    found = [seen(f"p{n}", *changes, failure="X" if failed else "") for n, (changes, failed) in enumerate(paths)]
    whole, first, second = PreviewFigures(), PreviewFigures(), PreviewFigures()
    whole.add(len(found) + 3, found)
    first.add(min(cut, len(found)) + 1, found[:cut])
    second.add(len(found) - min(cut, len(found)) + 2, found[cut:])
    both = figures_of(json.loads(json.dumps(first.as_json()))).plus(second)
    assert both.as_json() == whole.as_json()
    assert both.moves == whole.moves


def test_a_path_counts_once_a_kind_and_once_a_reason_whatever_the_days() -> None:
    figures = PreviewFigures()
    figures.add(10, [seen("a", moved("F01", 7), moved("F01", -1)), seen("a", moved("F01", 7)), seen("b", failure="X")])
    assert (figures.paths, figures.changed, figures.need_person) == (10, 2, 2)
    assert figures.kinds == {"deadline_moves": (1, 3)}
    assert figures.reasons == {"date_in_past": 1, "cannot_plan": 1}
    assert figures.moves == (Move("F01", "hard", 1, -1, 7, 7),)
