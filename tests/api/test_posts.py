"""Posts over the JSON API: held by one, ended without losing a path, proposed from, decided by a person."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from api.acts.assigning import claim_path
from process_models.errors import FactInvalid
from process_models.look_again import day_at
from store.account_tables import Assignment
from store.accounts import Appointment, keep_account
from store.posts import list_unassigned
from store.scope import Scope
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.api.test_assigning import Staff, staff

__all__ = ["staff"]
MEERBUSCH, NEUSS_1, NEUSS_2 = (f"rhein-kreis-neuss-{name}" for name in ("meerbusch-1", "neuss-1", "neuss-2"))


async def hired(office: Office, *names: str) -> dict[str, str]:
    """Case managers by name; their ids."""
    async with office.database.transaction() as session:
        people = {
            name: await keep_account(
                session, Appointment("test", name, name, "case_manager", MUNICIPALITY), office.clock()
            )
            for name in names
        }
        return {name: account.id for name, account in people.items()}


async def held(office: Office, post: str, account: str, since: str = "2022-01-01", **more: str) -> str:
    """Somebody holds a post; returns the id of the holding."""
    wanted = {"post": post, "account": account, "since": since, **more}
    answer = await office.desks["coordinator"].post("/v1/posts/holders", wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_post_has_one_holder_at_a_time(office: Office) -> None:
    people = await hired(office, "anna", "bjarne")
    await held(office, MEERBUSCH, people["anna"], until="2022-06-30")
    desk = office.desks["coordinator"]
    wanted = {"post": MEERBUSCH, "account": people["bjarne"], "since": "2022-06-30"}
    assert (await desk.post("/v1/posts/holders", wanted)).status_code == 409
    await held(office, MEERBUSCH, people["bjarne"], since="2022-07-01")
    [seen] = [one for one in (await desk.get("/v1/posts")).json()["posts"] if one["key"] == MEERBUSCH]
    assert (seen["holder"], seen["until"]) == ("anna", "2022-06-30")


async def test_unknown_posts_people_and_places_are_refused(office: Office) -> None:
    people, desk = await hired(office, "anna"), office.desks["coordinator"]
    wanted = {"post": MEERBUSCH, "account": people["anna"], "since": "2022-01-01"}
    assert (await desk.post("/v1/posts/holders", wanted | {"post": "moon-1"})).status_code == 404
    assert (await desk.post("/v1/posts/holders", wanted | {"account": "nobody"})).status_code == 422
    change = {"post": MEERBUSCH, "valid_from": "2022-03-01"}
    assert (await desk.post("/v1/posts/changes", change)).status_code == 422  # nothing changes
    assert (await desk.post("/v1/posts/changes", change | {"places": ["moon"]})).status_code == 422
    number = {"place": "neuss", "counted_on": "2022-02-15", "count": 9, "source": "Statistik"}
    assert (await desk.post("/v1/posts/refugees", number)).status_code == 422  # not in advance
    assert (await office.desks["case_manager"].post("/v1/posts/refugees", number)).status_code == 403


async def test_numbers_of_refugees_set_the_target_of_the_posts(office: Office) -> None:
    desk = office.desks["coordinator"]
    places = (await desk.get("/v1/workload")).json()["places"]
    for line in places:
        count = 700 if line["place"] == "meerbusch" else 100
        wanted = {
            "place": line["place"],
            "counted_on": "2022-01-31",
            "count": count,
            "source": "Ausländerzentralregister",
        }
        assert (await desk.post("/v1/posts/refugees", wanted)).status_code == 201
    assert (await desk.get("/v1/workload")).json()["weighted_by_refugees"] is True
    target = {one["key"]: one["target"] for one in (await desk.get("/v1/posts")).json()["posts"]}
    assert (target[MEERBUSCH], target[NEUSS_1]) == (50.0, round(50 / 14, 1))


async def test_a_proposal_says_why_and_a_named_person_decides(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["coordinator"]
    people = await hired(office, "anna", "bjarne")
    await held(office, MEERBUSCH, people["anna"])
    await held(office, NEUSS_1, people["bjarne"])
    seen = (await desk.get(f"/v1/paths/{path_id}/proposal")).json()
    assert [(one["name"], one["why"]) for one in seen["candidates"]] == [("anna", ["place", "load"])]
    assert {one["post"]: one["why"] for one in seen["left_out"]}[NEUSS_1] == "other_place"
    given = await desk.post(f"/v1/paths/{path_id}/assignment", {"account": people["bjarne"]})
    assert given.status_code == 201  # a person may decide otherwise
    assert (await office.desks["case_manager"].get(f"/v1/paths/{path_id}/proposal")).status_code == 403


async def test_nobody_gets_a_path_against_a_conflict_of_interest(office: Office, staff: Staff) -> None:
    path_id, desk = await office.start(), office.desks["coordinator"]
    people = await hired(office, "anna")
    await held(office, MEERBUSCH, people["anna"])
    noted = {"account": people["anna"], "reason": "earlier_decision"}
    assert (await desk.post(f"/v1/paths/{path_id}/conflicts", noted)).status_code == 201
    assert (await desk.get(f"/v1/paths/{path_id}/proposal")).json()["candidates"] == []
    assert (await desk.post(f"/v1/paths/{path_id}/assignment", {"account": people["anna"]})).status_code == 422
    anna = Scope(MUNICIPALITY, "case_manager", day_at(office.clock()), people["anna"])
    with pytest.raises(FactInvalid):
        await staff.do(anna, claim_path(path_id))


async def test_paths_end_with_the_post_and_follow_when_its_end_is_moved(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["coordinator"]
    people = await hired(office, "anna")
    holding = await held(office, MEERBUSCH, people["anna"])
    await desk.post(f"/v1/paths/{path_id}/assignment", {"account": people["anna"]})
    for last_day in ("2022-02-28", "2022-03-31"):
        answer = await desk.post(f"/v1/posts/holders/{holding}/end", {"last_day": last_day})
        assert answer.json()["paths"] == 1
        async with office.database.reading() as session:
            assert await session.scalar(select(Assignment.until)) == date.fromisoformat(last_day)
    await held(office, NEUSS_2, people["anna"], since="2022-04-01")  # she stays, on another post
    async with office.database.reading() as session:
        assert await session.scalar(select(Assignment.until)) is None


async def test_whoever_has_no_post_any_more_gets_no_path(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["coordinator"]
    people = await hired(office, "anna")
    await held(office, MEERBUSCH, people["anna"], until="2022-02-13")
    refused = await desk.post(f"/v1/paths/{path_id}/assignment", {"account": people["anna"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "account")


@pytest.mark.parametrize("seed", range(4))
async def test_no_path_is_lost_when_posts_end(office: Office, seed: int) -> None:
    """Random ends and moves of posts: on every day a path is with exactly one person, or listed as nobody's."""
    dice = random.Random(seed)
    desk = office.desks["coordinator"]
    people = await hired(office, "anna", "bjarne", "cem")
    holdings = {
        post: await held(office, post, people[name])
        for post, name in zip((MEERBUSCH, NEUSS_1, NEUSS_2), people, strict=True)
    }
    paths = [await office.start() for _ in range(6)]
    today = day_at(office.clock())
    for _ in range(14):
        if dice.random() < 0.5:
            account = dice.choice(list(people.values()))
            await desk.post(f"/v1/paths/{dice.choice(paths)}/assignment", {"account": account})
        else:
            last_day = today + timedelta(days=dice.randint(0, 9))
            holding = dice.choice(list(holdings.values()))
            await desk.post(f"/v1/posts/holders/{holding}/end", {"last_day": last_day.isoformat()})
        office.clock.forward(days=dice.randint(0, 2))
        today = day_at(office.clock())
        await _assert_nothing_is_lost(office, paths, today)


async def _assert_nothing_is_lost(office: Office, paths: list[str], today: date) -> None:
    for day in (today, today + timedelta(days=5), today + timedelta(days=60)):
        scope = Scope(MUNICIPALITY, "coordinator", day)
        async with office.database.reading() as session:
            nobodys = {one.path.id for one in await list_unassigned(session, scope)}
            rows = list(await session.scalars(select(Assignment).where(Assignment.path_id.is_not(None))))  # type: ignore[union-attr]
        held_by = [row.path_id for row in rows if row.since <= day and (row.until is None or row.until >= day)]
        assert len(held_by) == len(set(held_by)), "a path is with two people"
        assert set(held_by) | nobodys == set(paths)
        assert not set(held_by) & nobodys
