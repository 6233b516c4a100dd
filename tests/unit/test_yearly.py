"""The yearly figures, computed by hand; and that what they keep back is not to be found in anything else they tell."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from process_models.interface_review import Counted, Interface, review
from process_models.interface_split import Parts, places_told
from process_models.needs import LACKS
from process_models.quarters import of_year
from process_models.small_cells import FEW, NOTHING, Told, exactly, is_small
from process_models.yearly import (
    OF_PLACES,
    Classes,
    Organisation,
    YearCount,
    YearCounts,
    YearlyFigure,
    begins,
    ends,
    yearly_figures,
)
from process_models.yearly_definitions import definitions

OFFERS = ("offers", "offers_added", "offers_ended")
CLASSES = Classes(
    temporary=frozenset({"R12"}),
    permanent=frozenset({"R31"}),
    naturalised=frozenset({"R35"}),
    livelihood=frozenset({"B02", "B05", "B13"}),
    lines=("N1:1:not_eligible", "N2:1:eligible", "N4:2:eligible"),
)
PLACES = ("dorf", "markt", "stadt")


def count(activity: str, number: int, code: str = "", place: str = "stadt", **other: str | int) -> YearCount:
    known: dict[str, str | int | None] = {"reason": "", "days": None, **other}
    return YearCount(activity, code, str(known["reason"]), place, known["days"], number)  # type: ignore[arg-type]


def figures(counted: Iterable[YearCount], **other: object) -> dict[tuple[str, str], YearlyFigure]:
    known = {"interfaces": (), "flows": ((0, 0),), "places": PLACES} | other
    found = yearly_figures(YearCounts(tuple(counted), **known), CLASSES)  # type: ignore[arg-type]
    return {(one.code, one.key): one for one in found}


def test_counts_are_told_with_their_places() -> None:
    found = figures(
        [count("path_opened", 20), count("path_opened", 12, place="dorf"), count("path_opened", 7, place="markt")]
    )
    assert found["opened", ""].told == exactly(39)
    assert found["opened", ""].places == {"stadt": exactly(20), "dorf": exactly(12), "markt": exactly(7)}
    assert found["naturalised", ""].told == NOTHING


def test_a_place_with_few_hides_another_and_a_small_total_hides_all() -> None:
    found = figures(
        [
            *(count("residence_entered", 20, "R35"), count("residence_entered", 3, "R35", "dorf")),
            *(count("residence_entered", 9, "R35", "markt"), count("residence_entered", 2, "R31")),
        ]
    )
    assert found["naturalised", ""].told == exactly(32)
    assert found["naturalised", ""].places == {"stadt": exactly(20), "dorf": None, "markt": None}
    assert found["permanent", ""].told == FEW
    assert set(found["permanent", ""].places.values()) == {None}


def test_a_pause_neither_begins_nor_ends_an_accompaniment() -> None:
    assert begins("active", "prospect")
    assert begins("active", "waiting_consent")
    assert not begins("active", "paused")
    assert not begins("closed", "active")
    assert ends("closed", "active")
    assert ends("waiting_consent", "paused")
    assert not ends("paused", "active")
    assert not ends("closed", "screened_out")


def test_the_case_load_is_what_began_less_what_ended_over_all_years() -> None:
    assert figures([], flows=((40, 10), (30, 25)))["load", ""].told == exactly(35)
    assert figures([], flows=((40, 10), (30, 3)))["load", ""].told == Told(56, 59)


def test_lead_times_are_medians_of_five_or_more() -> None:
    days = [count("residence_entered", 1, "R35", days=value) for value in (1900, 2100, 2000, 2500, 1800)]
    assert figures(days)["naturalised_days", ""].value == 2000
    assert figures(days[:4])["naturalised_days", ""].value is None


def test_changes_of_framework_are_told_by_what_paid_before_and_only_of_the_livelihood() -> None:
    found = figures(
        [
            *(count("framework_entered", 1, "B05", reason="B02+B12", days=days) for days in (300, 310, 320, 330, 340)),
            count("framework_entered", 9, "B12", reason="B05"),
            count("framework_entered", 2, "B13", reason="B05"),
        ]
    )
    assert {key for code, key in found if code == "frameworks"} == {"B02>B05", "B05>B13"}
    assert (found["frameworks", "B02>B05"].told, found["frameworks", "B05>B13"].told) == (exactly(5), FEW)
    assert found["framework_days", "B02>B05"].value == 320


def test_screenings_are_told_by_line_and_stage_and_a_small_one_takes_another_with_it() -> None:
    found = figures(
        [
            *(count("screened", 20, "N2", reason="eligible"), count("screened", 8, "N4", reason="eligible")),
            *(count("screened", 2, "N1", reason="not_eligible"), count("screened", 30, "PLACE", reason="manual")),
        ]
    )
    told = {key: one.told for (code, key), one in found.items() if code == "screened"}
    assert told == {
        "N1:1:not_eligible": None,
        "N2:1:eligible": exactly(20),
        "N4:2:eligible": None,
        "PLACE::manual": exactly(30),
    }


def test_handovers_and_gaps_are_sums_of_what_the_review_tells() -> None:
    quarter = of_year(2022).start
    ways = [Interface("H01", "a", "b"), Interface("H02", "b", "c"), Interface("", "", "")]
    counted = [
        Counted(ways[0], "handover_offered", 30, quarter=quarter),
        Counted(ways[1], "handover_offered", 2, quarter=quarter),
        Counted(ways[0], "stall_reason_given", 7, reason="CAPACITY", quarter=quarter),
        Counted(ways[0], "gap_ended", 6, days=120, quarter=quarter),
        Counted(ways[2], "gap_ended", 1, days=90, quarter=quarter),
    ]
    found = figures([], interfaces=review(counted, of_year(2022), date(2023, 1, 1)))
    assert found["offered", ""].told == Told(31, 34)
    assert found["stalls", "CAPACITY"].told == exactly(7)
    assert found["gaps", ""].told == Told(7, 10)
    assert found["gap_months", ""].value == 4.0


def test_handovers_of_a_place_are_told_with_the_bounds_that_the_review_leaves() -> None:
    quarter, year, today = of_year(2022).start, of_year(2022), date(2023, 1, 1)
    ways = [Interface("H01", "a", "b"), Interface("H02", "b", "c")]
    counted = [
        Counted(ways[0], "handover_offered", 30, quarter=quarter, agency="b1", place="stadt"),
        Counted(ways[0], "handover_offered", 12, quarter=quarter, agency="b1", place="dorf"),
        Counted(ways[1], "handover_offered", 7, quarter=quarter, agency="c1", place="stadt"),
        Counted(ways[1], "handover_offered", 2, quarter=quarter, agency="c1", place="dorf"),
    ]
    at_places = places_told(counted, 2022, today, Parts({}, PLACES), OF_PLACES)
    found = figures([], interfaces=review(counted, year, today), at_places=at_places)
    assert found["offered", ""].told == exactly(51)
    assert found["offered", ""].places == {"stadt": Told(30, 39), "dorf": Told(12, 21), "markt": exactly(0)}


def test_the_case_load_is_told_by_place_of_work_where_it_is_exact_and_for_each_full_post() -> None:
    organisation = Organisation(posts={"Kreis": 2.5})
    known = {"flows": ((40, 10),), "organisation": organisation, "caseload": {"stadt": 12, "dorf": 11, "markt": 7}}
    found = figures([], **known)
    assert [found["caseload", place].told for place in PLACES] == [exactly(11), exactly(7), exactly(12)]
    assert found["caseload_each", ""].value == 12.0
    few = figures([], **known | {"caseload": {"stadt": 12, "dorf": 15, "markt": 3}})
    assert {place: few["caseload", place].told for place in PLACES} == {
        "stadt": None,
        "markt": None,
        "dorf": exactly(15),
    }
    vague = figures([], **known | {"flows": ((40, 10), (3, 2))})
    assert {vague["caseload", place].told for place in PLACES} == {None}
    assert vague["caseload_each", ""].value is None


def test_offers_are_no_counts_of_persons_and_told_as_they_are() -> None:
    found = figures([], organisation=Organisation(offers={"offers": {"language": 2, "work": 9}}))
    assert (found["offers", "language"].told, found["offers", "work"].told) == (exactly(2), exactly(9))


def test_bodies_and_posts_are_no_counts_of_persons_and_told_as_they_are() -> None:
    organisation = Organisation({"meetings": {"fall": 3}}, {"Kreis: Neuss": 2.5})
    found = figures([], organisation=organisation)
    assert found["meetings", "fall"].told == exactly(3)
    assert found["posts", "Kreis: Neuss"].value == 2.5


def test_every_figure_has_a_definition_in_both_languages_and_every_definition_a_figure() -> None:
    every = [
        *(count("framework_entered", 9, "B05", reason="B02"), count("screened", 9, "N2", reason="eligible")),
        *(count("need_recorded", 9, "language"), count("need_met", 9, "language")),
        count("need_unmet", 9, "language", reason=LACKS[0]),
    ]
    counted = [Counted(Interface("H01", "a", "b"), "stall_reason_given", 9, reason="CAPACITY", quarter=8088)]
    bodies = {name: {"fall": 1} for name in ("meetings", "items", "decisions", "evaluations")}
    found = figures(
        every,
        organisation=Organisation(bodies, {"Kreis": 1}, {name: {"language": 1} for name in OFFERS}),
        caseload={"stadt": 0},
        interfaces=review(counted, of_year(2022), date(2023, 1, 1)),
    )
    assert {code for code, _ in found} == {one.code for one in definitions()}
    for one in definitions():
        assert one.de.means
        assert one.en.means
        assert one.source


@given(
    st.dictionaries(st.sampled_from(PLACES), st.integers(0, 12), min_size=3),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=4),
    st.integers(0, 2**16),
)
def test_what_is_kept_back_could_have_been_otherwise(
    cells: dict[str, int], flows: list[tuple[int, int]], seed: int
) -> None:
    """Whatever small count is drawn again, or changes places with a hidden one, everything told stays the same."""
    dice = random.Random(seed)
    first = figures([count("path_opened", cells[place], place=place) for place in PLACES], flows=tuple(flows))
    other_flows = tuple(tuple(dice.randint(1, 4) if is_small(one) else one for one in flow) for flow in flows)
    hidden = [place for place, told in first["opened", ""].places.items() if told is None]
    turned = dict(zip(hidden, [cells[place] for place in (*hidden[1:], *hidden[:1])], strict=True))
    again = figures([count("path_opened", (cells | turned)[place], place=place) for place in PLACES], flows=other_flows)
    assert again == first
