"""Posts: what they are on a day, what part of the paths is theirs, and proposals that keep the parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.catalogue import load_catalogue
from process_models.configuration import CasePost, PathWeights, Workplace
from process_models.posts import (
    Change,
    Counted,
    Holder,
    PathLoad,
    Post,
    Proposal,
    numbers_on,
    posts_of,
    propose,
    targets,
)

DAY = date(2026, 11, 2)
NEUSS = load_catalogue().municipality("rhein-kreis-neuss")
MUENSTER = load_catalogue().municipality("muenster")
PLACES = ("neuss", "kaarst", "meerbusch", "dormagen")


def post(key: str, *places: str, share: float = 1, weight: float = 1, languages: tuple[str, ...] = ()) -> Post:
    return Post(key, "kreis", "Kreis", True, share, places or ("*",), weight, languages)


def holder(name: str, *posts: Post, load: float = 0, **other: object) -> Holder:
    return Holder(name, posts, load, **other)  # type: ignore[arg-type]


def ranked(proposal: Proposal) -> list[str]:
    return [one.account for one in proposal.ranked]


def test_posts_are_counted_one_by_one_and_are_not_persons() -> None:
    posts = posts_of(MUENSTER, (), DAY)
    assert [one.key for one in posts] == [
        *(f"sozialamt-muenster-{number}" for number in (1, 2, 3, 4)),
        *("drk-1", "caritas-1", "ggua-1"),
    ]
    assert {one.weight for one in posts} == {1.0}, "without weights a full post is a full post, whoever employs it"
    assert sum(one.share for one in posts_of(NEUSS, (), DAY)) == 6


def test_what_is_left_of_a_full_post_is_a_part_time_one() -> None:
    config = NEUSS.model_copy(update={"case_posts": (CasePost(employer="kreis", title="Kreis", posts=2.5, weight=5),)})
    assert [(one.key, one.share, one.weight) for one in posts_of(config, (), DAY)] == [
        *(("kreis-1", 1.0, 2.0), ("kreis-2", 1.0, 2.0), ("kreis-3", 0.5, 1.0)),
    ]


def test_a_change_counts_from_its_day_and_the_place_of_work_to_come_is_told() -> None:
    key = "rhein-kreis-neuss-meerbusch-1"
    changes = (
        Change(key, DAY, share=0.5, places=("meerbusch", "kaarst")),
        Change(key, DAY + timedelta(days=60), workplace="kaarst"),
    )

    def on(day: date) -> Post:
        return next(one for one in posts_of(NEUSS, changes, day) if one.key == key)

    before, now, later = on(DAY - timedelta(days=1)), on(DAY), on(DAY + timedelta(days=60))
    assert (before.share, before.serves("kaarst")) == (1.0, False)
    assert (now.share, now.serves("kaarst"), now.weight) == (0.5, True, before.weight / 2)
    assert now.next_workplace == ("kaarst", DAY + timedelta(days=60))
    assert (later.workplace, later.next_workplace) == ("kaarst", None)


def test_places_of_work_of_the_configuration_are_dated() -> None:
    later = Workplace(place="kaarst", valid_from=DAY + timedelta(days=1))
    line = CasePost(employer="kreis", title="Kreis", posts=1, workplaces=(Workplace(place="neuss"), later))
    [found] = posts_of(NEUSS.model_copy(update={"case_posts": (line,)}), (), DAY)
    assert (found.workplace, found.next_workplace) == ("neuss", ("kaarst", later.valid_from))


def test_an_ended_post_gets_no_part_and_no_path() -> None:
    posts = (post("a"), post("b", share=0))
    assert targets(posts, {}, PLACES) == {"a": 1.0, "b": 0.0}
    assert ranked(propose("neuss", "", posts, (holder("anna", posts[1]),), targets(posts, {}, PLACES))) == []


def test_numbers_of_refugees_weigh_once_every_served_place_has_one() -> None:
    posts = (post("a", "neuss", weight=1), post("b", "kaarst", weight=9))
    assert targets(posts, {"neuss": 300}, PLACES) == pytest.approx({"a": 0.1, "b": 0.9})
    assert targets(posts, {"neuss": 300, "kaarst": 100}, PLACES) == pytest.approx({"a": 0.75, "b": 0.25})


def test_the_latest_number_up_to_today_counts() -> None:
    counted = [Counted("neuss", DAY + timedelta(days=days), 100 + days) for days in (-30, -1, 1)]
    assert numbers_on(counted, DAY)["neuss"].count == 99


def test_the_least_load_for_the_own_part_is_proposed_first_with_its_reasons() -> None:
    full, half = post("a"), post("b", share=0.5, weight=0.5)
    people = (holder("anna", full, load=10), holder("bjarne", half, load=5.5))
    found = propose("neuss", "", (full, half), people, targets((full, half), {}, PLACES))
    assert ranked(found) == ["anna", "bjarne"]
    assert found.first is not None
    assert found.first.why == ("place", "load")


def test_absence_conflict_vacancy_and_other_places_are_said() -> None:
    posts = (post("a"), post("b"), post("c"), post("d", "kaarst"))
    people = (
        holder("anna", posts[0], load=99),
        holder("bjarne", posts[1], conflict="private"),
        holder("cem", posts[2], absent_until=DAY),
    )
    found = propose("neuss", "", posts, people, targets(posts, {}, PLACES))
    assert ranked(found) == ["anna"]
    assert {(one.post.key, one.why) for one in found.left_out} == {
        *(("b", "conflict"), ("c", "absent"), ("d", "other_place")),
    }
    away = tuple(replace(one, absent_until=DAY) for one in people)
    found = propose("neuss", "", posts, away, targets(posts, {}, PLACES))
    assert found.first is not None
    assert "all_absent" in found.first.why
    assert "bjarne" not in ranked(found), "a conflict of interest leaves out, whoever else is away"


def test_the_language_of_the_person_counts_like_one_path() -> None:
    posts = (post("a"), post("b", languages=("ar",)))
    parts = targets(posts, {}, PLACES)
    for load, first in ((1, "bjarne"), (2, "anna")):
        people = (holder("anna", posts[0], load=0.5), holder("bjarne", posts[1], load=load))
        assert ranked(propose("neuss", "ar", posts, people, parts))[0] == first
    assert ranked(propose("neuss", "uk", posts, people, parts))[0] == "anna"


def test_an_overdue_or_stuck_path_weighs_more() -> None:
    assert (PathLoad(10, 2, 1) + PathLoad(1, 0, 1)).weighed(PathWeights()) == 13.0


intakes = st.lists(st.sampled_from(PLACES), max_size=120)
shares = st.lists(st.sampled_from([0.25, 0.5, 0.75, 1.0]), min_size=2, max_size=6)


@given(intakes, shares)
def test_proposals_keep_everybody_within_one_path_of_their_part(intake: list[str], parts: list[float]) -> None:
    """Everybody serves every place: nobody is ahead of anybody else by more than the path that came last."""
    posts = tuple(post(str(number), share=share, weight=share) for number, share in enumerate(parts))
    loads = _assigned(intake, posts, targets(posts, {}, PLACES))
    for one in posts:
        for other in posts:
            assert loads[one.key] / one.share <= (loads[other.key] + 1) / other.share + 1e-9
    whole = sum(parts)
    for one in posts:
        assert loads[one.key] >= int(len(intake) * one.share / whole) - 1


@given(intakes, st.dictionaries(st.sampled_from(PLACES), st.integers(1, 500), min_size=4))
def test_whoever_is_proposed_serves_the_place_and_nobody_better_was_there(
    intake: list[str], numbers: dict[str, int]
) -> None:
    posts = (post("a", "neuss"), post("b", "neuss", "kaarst", share=0.5), post("c", "meerbusch", "dormagen"))
    parts = targets(posts, numbers, PLACES)
    assert sum(parts.values()) == pytest.approx(1)
    loads = dict.fromkeys((one.key for one in posts), 0.0)
    for place in intake:
        people = tuple(holder(one.key, one, load=loads[one.key]) for one in posts)
        first = propose(place, "", posts, people, parts).first
        assert first is not None
        assert first.posts[0].serves(place)
        able = [one for one in posts if one.serves(place)]
        assert (loads[first.account] + 1) / parts[first.account] == min((loads[x.key] + 1) / parts[x.key] for x in able)
        loads[first.account] += 1
    assert sum(loads.values()) == len(intake), "every path got somebody"


def _assigned(intake: list[str], posts: tuple[Post, ...], parts: dict[str, float]) -> dict[str, float]:
    loads = dict.fromkeys((one.key for one in posts), 0.0)
    for place in intake:
        people = tuple(holder(one.key, one, load=loads[one.key]) for one in posts)
        first = propose(place, "", posts, people, parts).first
        assert first is not None
        loads[first.account] += 1
    return loads
