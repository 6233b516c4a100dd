"""The household of a path in the API: each member for themselves, and words only for those who may read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from process_models.household import member_code
from store.consents import list_evidence
from store.handovers import find_handover
from store.tables import HouseholdPath
from tests.api.clerk import Clerk
from tests.api.office import RECOGNISED, START, Office

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


# ---------------------------------------------------------------- a path of their own


async def _linked(office: Office) -> tuple[str, str]:
    """A path with a child, and the child's own path; both know of each other."""
    path_id = await office.start([*RECOGNISED, GRANT], household=[CHILD])
    own = await office.start([], person={"born": "2006-03-01", "nationality": "SY"})
    answer = await office.manager.post(f"/v1/paths/{path_id}/household/amira/path", {"path_id": own})
    assert answer.status_code == 201, answer.text
    return path_id, own


async def test_a_member_with_a_path_of_their_own_is_linked_in_both_directions(office: Office) -> None:
    path_id, own = await _linked(office)
    (child,) = await members(office, path_id)
    assert (child["path_id"], child["has_own_path"], child["gaps"]) == (own, True, [])
    assert (await office.manager.get(f"/v1/paths/{own}")).json()["part_of"] == [path_id]


async def test_linking_again_changes_nothing_and_another_path_replaces_the_first(office: Office) -> None:
    path_id, own = await _linked(office)
    before = (await office.manager.get(f"/v1/paths/{path_id}")).json()["facts_version"]
    await office.manager.post(f"/v1/paths/{path_id}/household/amira/path", {"path_id": own})
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["facts_version"] == before
    other = await office.start([], person={"born": "2006-03-01", "nationality": "SY"})
    await office.manager.post(f"/v1/paths/{path_id}/household/amira/path", {"path_id": other})
    assert (await members(office, path_id))[0]["path_id"] == other
    assert await office.count(HouseholdPath) == 1


async def test_only_a_member_and_only_a_path_that_one_may_see_can_be_linked(office: Office) -> None:
    path_id, own = await _linked(office)
    foreign = await office.desks["foreign"].post("/v1/paths", START | {"place": "kaarst"})
    foreign_id = foreign.json()["receipt"]["path_id"]
    before = await office.state()
    for ref, wanted, status in (("nobody", own, 422), ("amira", path_id, 422), ("amira", foreign_id, 404)):
        answer = await office.manager.post(f"/v1/paths/{path_id}/household/{ref}/path", {"path_id": wanted})
        assert answer.status_code == status, answer.text
    assert await office.state() == before


# ---------------------------------------------------------------- consents of members


WIFE = {"id": "wife", "born": "1990-02-01", "relation": "spouse"}
P2 = {"purpose": "P2", "recipient": "jobcenter", "categories": ["residence", "benefits", "housing"], "form": "written"}


def _recognised(who: str) -> list[dict[str, Any]]:
    facts = [one for one in RECOGNISED if one["fact"].startswith("asylum.")]
    return [{**one, "id": f"{one['id']}-{who}", "who": who} for one in facts]


async def _handed_over(office: Office) -> tuple[str, str]:
    """A family whose handover was offered; the path and the address of the agency's link."""
    path_id = await office.start([*RECOGNISED, *_recognised("wife")], household=[WIFE])
    token, _ = await office.offer(path_id)
    return path_id, f"/l/{token}"


async def _along(office: Office, path_id: str) -> list[str]:
    planned = (await office.manager.get(f"/v1/paths/{path_id}")).json()["planned_handovers"]
    found: list[str] = next(one["members"] for one in planned if one["code"] == "H01")
    return found


async def test_a_consent_of_a_member_is_given_and_revoked_for_that_member(office: Office) -> None:
    path_id, _ = await _handed_over(office)
    given = await office.manager.post(f"/v1/paths/{path_id}/consents", P2 | {"id": "w2", "who": "wife"})
    assert given.status_code == 201, given.text
    assert await _along(office, path_id) == ["wife"]
    revoked = await office.manager.post(f"/v1/paths/{path_id}/consents/w2/revocation", {})
    assert revoked.status_code == 201, revoked.text
    assert await _along(office, path_id) == []
    again = await office.manager.post(f"/v1/paths/{path_id}/consents/w2/revocation", {})
    assert again.status_code == 404


async def test_two_persons_may_use_the_same_id_and_each_consent_keeps_its_evidence(office: Office) -> None:
    path_id, _ = await _handed_over(office)
    same = {"on": "2022-02-14", "fact": "consent.given", "who": "wife", "data": {**P2, "consent": "k2"}}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [same]})
    assert answer.status_code == 201, answer.text
    await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation", {"who": "wife"})
    async with office.database.reading() as session:
        rows = await list_evidence(session, path_id)
    ends = {(row.who, row.ref): row.revoked_on is not None for row in rows if row.ref == "k2"}
    assert ends == {("client", "k2"): False, ("wife", "k2"): True}


# ---------------------------------------------------------------- the page of the agency


async def test_the_page_names_what_those_who_are_covered_are_to_the_person_and_nobody_else(
    office: Office, clerk: Callable[[str], Clerk]
) -> None:
    path_id, address = await _handed_over(office)
    somebody = clerk(address.removeprefix("/l/"))
    assert "Ehegatte" not in await somebody.come_in()
    await office.manager.post(f"/v1/paths/{path_id}/consents", P2 | {"id": "w2", "who": "wife"})
    page = (await somebody.page()).text
    assert "die Person und aus ihrem Haushalt: Ehegatte oder Ehegattin" in page
    for personal in ("1990", "wife", "Syr"):
        assert personal not in page
    assert "Ehegatte" not in (await office.client.get(address)).text
    await office.manager.post(f"/v1/paths/{path_id}/consents/w2/revocation", {})
    assert "Ehegatte" not in (await somebody.page()).text


async def test_the_answer_for_a_member_is_the_answer_to_the_handover_that_carries_them(office: Office) -> None:
    path_id, _ = await _handed_over(office)
    alone = await office.manager.post(f"/v1/paths/{path_id}/handovers/H01.wife/answer", {"answer": "accept"})
    assert alone.status_code == 409
    async with office.database.transaction() as session:
        row = await find_handover(session, path_id, "H01")
        assert row is not None
        row.members = "wife"
    answer = await office.manager.post(f"/v1/paths/{path_id}/handovers/H01.wife/answer", {"answer": "accept"})
    assert answer.status_code == 201, answer.text
    (shown,) = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"]
    assert (shown["code"], shown["state"], shown["members"]) == ("H01", "accepted", ["wife"])
