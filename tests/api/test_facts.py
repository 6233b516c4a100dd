"""Recording, correcting and retracting facts."""

from __future__ import annotations

from typing import Any

import pytest

from store.paths import end_path
from store.tables import Fact
from tests.api.office import FakeNews, Office

HEARD = {"id": "a07", "on": "2021-11-24", "fact": "asylum.heard"}


async def test_a_fact_counts_at_once(office: Office, news: FakeNews) -> None:
    path_id = await office.start()
    benefit = {"on": "2022-02-14", "fact": "benefits.granted", "data": {"regime": "B05", "from": "2022-03-01"}}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [benefit]})
    assert answer.status_code == 201
    assert answer.json()["receipt"]["facts_version"] == 2
    assert answer.json()["now"]["gaps"] == []
    assert news.woken == 2


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown kind": ({"fact": "asylum.desided", "on": "2022-01-01"}, "asylum.decided"),
    "missing data": ({"fact": "asylum.decided", "on": "2022-01-01"}, ""),
    "wrong value": ({"fact": "asylum.decided", "on": "2022-01-01", "data": {"outcome": "yes"}}, "refugee"),
    "unknown data": ({"fact": "asylum.heard", "on": "2022-01-01", "data": {"by": "x"}}, ""),
    "wrong type": ({"fact": "benefits.granted", "on": "2022-01-01", "data": {"regime": "B05", "from": "soon"}}, ""),
    "before birth": ({"fact": "asylum.heard", "on": "1994-03-11"}, ""),
    "unknown person": ({"fact": "asylum.heard", "on": "2022-01-01", "who": "wife"}, "client"),
    "years ahead": ({"fact": "asylum.heard", "on": "2099-01-01"}, "2023-02-15"),
    "retracting nothing": ({"fact": "fact.retracted", "on": "2022-01-01", "data": {"fact": "zz"}}, ""),
    "recorded in a real tenant": ({"fact": "asylum.heard", "on": "2022-01-01", "recorded": "2022-01-02"}, ""),
}


@pytest.mark.parametrize(("fact", "allowed"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_fact_is_named_with_what_is_allowed_and_changes_nothing(
    office: Office, fact: dict[str, Any], allowed: str
) -> None:
    path_id = await office.start()
    before = await office.state()
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD, fact]})
    problem = answer.json()
    assert answer.status_code in (404, 422), problem
    assert problem["field"].startswith("facts.1"), problem
    assert allowed in str(problem["allowed"]) + problem["detail"]
    assert await office.state() == before


async def test_the_same_fact_again_changes_nothing_and_another_under_its_id_is_refused(office: Office) -> None:
    path_id = await office.start()
    first = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD]})
    again = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD]})
    other = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD | {"on": "2021-11-25"}]})
    assert again.json()["receipt"] == first.json()["receipt"]
    assert other.status_code == 409


async def test_a_retracted_fact_is_as_if_it_had_never_been(office: Office) -> None:
    path_id = await office.start()
    before = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    benefit = {
        "id": "b1",
        "on": "2022-02-14",
        "fact": "benefits.granted",
        "data": {"regime": "B05", "from": "2022-02-01"},
    }
    await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [benefit]})
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts/b1/retraction")
    assert answer.status_code == 201
    after = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"facts_version"}
    facts = (await office.manager.get(f"/v1/paths/{path_id}/facts")).json()["facts"]
    assert next(fact for fact in facts if fact["id"] == "b1")["retracted"]


async def test_a_fact_is_taken_back_once(office: Office) -> None:
    path_id = await office.start()
    address = f"/v1/paths/{path_id}/facts/a08/retraction"
    assert (await office.manager.post(address, key="r1")).status_code == 201
    assert (await office.manager.post(address, key="r1")).status_code == 201
    assert (await office.manager.post(address, key="r2")).status_code == 409
    assert (await office.manager.post(f"/v1/paths/{path_id}/facts/zz/retraction")).status_code == 404


async def test_a_correction_puts_one_fact_in_the_place_of_another(office: Office) -> None:
    path_id = await office.start()
    right = {"on": "2022-02-10", "fact": "asylum.decided", "data": {"outcome": "subsidiary"}, "corrects": "a08"}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [right]})
    assert answer.status_code == 201
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert {one["key"]: one["anchor_on"] for one in view["deadlines"]}["F01"] == "2022-02-10"


async def test_an_ended_path_takes_no_new_fact_but_a_correction_opens_it_again(office: Office) -> None:
    path_id = await office.start()
    async with office.database.transaction() as session:
        await end_path(session, path_id, office.clock())
    before = await office.state()
    refused = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD]})
    assert refused.status_code == 409
    assert refused.json()["code"] == "PathEnded"
    assert refused.json()["allowed"] == ["fact.retracted", "consent.revoked"]
    assert await office.state() == before
    corrected = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [HEARD | {"corrects": "a08"}]})
    assert corrected.status_code == 201
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["state"] == "open"


@pytest.mark.parametrize(
    "facts",
    [
        [{"on": "2022-02-14", "fact": "person.died"}],
        [{"on": "2022-02-14", "fact": "residence.lost"}],
        [{"on": "2022-02-14", "fact": "consent.revoked", "data": {"consent": "k2"}}, HEARD],
    ],
    ids=["death", "loss", "a revocation and more"],
)
async def test_only_what_takes_a_fact_back_opens_an_ended_path(office: Office, facts: list[dict[str, Any]]) -> None:
    path_id = await office.start()
    async with office.database.transaction() as session:
        await end_path(session, path_id, office.clock())
    before = await office.state()
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": facts})
    assert (answer.status_code, answer.json()["code"]) == (409, "PathEnded")
    assert await office.state() == before


async def test_facts_are_kept_sealed(office: Office) -> None:
    path_id = await office.start()
    rows = await office.state()
    assert await office.count(Fact) > 0
    assert "refugee" not in str(rows["fact"])
    assert path_id in str(rows["fact"])


async def test_a_child_born_on_the_way_is_a_person_of_its_own(office: Office) -> None:
    path_id = await office.start()
    born = {"id": "c1", "on": "2022-02-01", "fact": "family.child_born", "data": {"id": "kind"}}
    about = {"on": "2022-02-10", "fact": "identity.clarified", "who": "kind"}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [born, about]})
    assert answer.status_code == 201
    early = {"on": "2022-01-31", "fact": "identity.clarified", "who": "kind"}
    assert (await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [early]})).status_code == 422


LETTER = {"id": "n1", "on": "2022-02-14", "fact": "notice.served"}
LETTER |= {"data": {"from": "jobcenter", "subject": "x", "until": "2022-03-14"}}


def moved(kind: str, **data: Any) -> dict[str, Any]:
    return {"id": "m1", "on": "2022-02-14", "fact": f"deadline.{kind}", "data": {"reason": "x", **data}}


@pytest.mark.parametrize(
    "fact",
    [
        moved("extended", deadline="F09", until="2022-05-31"),
        moved("suspended", deadline="F09"),
        moved("obstacle_ended", deadline="F35"),
    ],
    ids=["extended", "suspended", "made up for"],
)
async def test_moving_a_period_that_the_law_fixes_is_refused_with_the_way_out(
    office: Office, fact: dict[str, Any]
) -> None:
    path_id = await office.start()
    before = await office.state()
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [LETTER, fact]})
    problem = answer.json()
    assert answer.status_code == 422, problem
    assert (problem["code"], problem["field"]) == ("DeadlineFixed", "facts.1.data.deadline")
    assert problem["way_out"]
    assert problem["allowed"]
    assert await office.state() == before


async def test_a_period_that_an_agency_has_set_is_extended_and_shown(office: Office) -> None:
    path_id = await office.start()
    longer = moved("extended", deadline="F35", until="2022-03-28", start="n1", ground="documents_missing")
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [LETTER, longer]})
    assert answer.status_code == 201, answer.json()
    shown = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    (found,) = (one for one in shown["deadlines"] if one["code"] == "F35")
    assert found["hard"] == "2022-03-28"
    assert any("Grund: Unterlagen fehlen" in step["text"] for step in found["steps"])


async def test_a_move_that_names_a_fact_the_path_does_not_have_is_refused(office: Office) -> None:
    path_id = await office.start()
    longer = moved("extended", deadline="F35", until="2022-03-28", start="zz")
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [LETTER, longer]})
    assert answer.status_code == 422
    assert answer.json()["field"] == "facts.1.data.start"


async def test_a_rule_that_is_not_released_is_shown_with_its_readings(office: Office) -> None:
    path_id = await office.start()
    known = {"id": "p1", "on": "2022-02-14", "fact": "privacy.breach_known"}
    assert (await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [known]})).status_code == 201
    (found,) = (await office.manager.get(f"/v1/paths/{path_id}")).json()["unreleased"]
    assert found["code"] == "F58"
    assert found["banner"]
    assert [reading["on"] for reading in found["readings"]] == ["2022-02-17", "2022-02-17"]
