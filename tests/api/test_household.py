"""The household of a path in the API: each member for themselves, and words only for those who may read them."""

from __future__ import annotations

from typing import Any

import pytest

from process_models.household import member_code
from tests.api.office import RECOGNISED, Office

CHILD = {"id": "amira", "born": "2006-03-01", "relation": "child"}
GRANT = {
    "on": "2022-02-10",
    "fact": "benefits.granted",
    "who": "amira",
    "data": {"regime": "B06", "from": "2022-02-01", "until": "2022-02-28"},
}


async def members(office: Office, path_id: str, desk: str = "case_manager") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.desks[desk].get(f"/v1/paths/{path_id}")).json()["members"]
    return found


async def test_the_path_shows_each_member_of_the_household(office: Office) -> None:
    path_id = await office.start([*RECOGNISED, GRANT], household=[CHILD])
    (child,) = await members(office, path_id)
    assert (child["id"], child["relation"], child["age"], child["born"]) == ("amira", "child", 15, "2006-03-01")
    assert child["gaps"] == [{"starts_on": "2022-03-01", "ends_on": None}]
    assert child["warnings"] == ["benefit_gap"]
    assert {one["subject"]: one["acts"] for one in child["capacities"]}["applications"] == ["person", "guardian"]
    assert child["path_id"] is None


async def test_coordinators_see_no_word_that_a_caller_chose_and_no_birthday(office: Office) -> None:
    path_id = await office.start([*RECOGNISED, GRANT], household=[CHILD])
    (child,) = await members(office, path_id, "coordinator")
    assert (child["id"], child["age"], child["born"]) == (member_code("amira"), None, None)
    assert child["gaps"]


async def test_a_birth_and_a_departure_change_the_household(office: Office) -> None:
    path_id = await office.start()
    born = {"id": "b1", "on": "2022-02-10", "fact": "family.child_born", "data": {"id": "child"}}
    assert (await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [born]})).status_code == 201
    assert [member["id"] for member in await members(office, path_id)] == ["child"]
    left = {"on": "2022-02-12", "fact": "family.member_left", "data": {"id": "child", "reason": "moved_out"}}
    assert (await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [left]})).status_code == 201
    assert await members(office, path_id) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("family.child_born", {"id": "client"}),
        ("family.member_arrived", {"id": "client", "relation": "spouse", "born": "1990-01-01"}),
        ("family.member_left", {"id": "client", "reason": "separated"}),
        ("family.member_left", {"id": "nobody", "reason": "separated"}),
    ],
)
async def test_a_fact_about_the_household_names_a_member(office: Office, kind: str, data: dict[str, str]) -> None:
    path_id = await office.start()
    before = await office.state()
    fact = {"on": "2022-02-10", "fact": kind, "data": data}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [fact]})
    assert answer.status_code == 422
    assert answer.json()["field"] == "facts.0.data.id"
    assert await office.state() == before
