"""Starting and reading paths."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from store.tables import AuditEntry, Outbox, Path
from tests.api.office import RECOGNISED, START, FakeNews, Office


async def test_a_path_starts_and_the_answer_tells_where_the_person_stands(office: Office, news: FakeNews) -> None:
    answer = await office.manager.post("/v1/paths", START | {"facts": RECOGNISED})
    assert answer.status_code == 201
    written = answer.json()
    assert written["receipt"]["case_number"].startswith("KIM-")
    assert written["receipt"]["refs"] == [fact["id"] for fact in RECOGNISED]
    assert written["now"]["computed_for"] == "2022-02-14"
    assert written["now"]["standing"]["residence"] == "R10"
    assert news.woken == 1
    assert await office.count(Outbox) == 1


async def test_the_same_key_starts_no_second_path_and_gives_the_same_answer(office: Office) -> None:
    first = await office.manager.post("/v1/paths", START, key="start-1")
    second = await office.manager.post("/v1/paths", START, key="start-1")
    assert second.json() == first.json()
    assert second.status_code == first.status_code == 201
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await office.count(Path) == 1


async def test_a_used_key_with_another_body_is_refused_and_changes_nothing(office: Office) -> None:
    await office.manager.post("/v1/paths", START, key="start-1")
    before = await office.state()
    answer = await office.manager.post("/v1/paths", START | {"place": "kaarst"}, key="start-1")
    assert answer.status_code == 409
    assert answer.json()["field"] == "Idempotency-Key"
    assert await office.state() == before


async def test_the_key_of_one_caller_is_nothing_to_another(office: Office) -> None:
    await office.manager.post("/v1/paths", START, key="start-1")
    answer = await office.desks["foreign"].post("/v1/paths", START | {"place": "kaarst"}, key="start-1")
    assert answer.status_code == 201


async def test_a_write_without_idempotency_key_is_refused(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.manager.token}"}
    for key in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 201}, {"Idempotency-Key": "a b"}):
        answer = await office.client.post("/v1/paths", json=START, headers=headers | key)
        assert answer.status_code == 400
        assert answer.json()["field"] == "Idempotency-Key"
        assert answer.json()["allowed"]
    assert await office.count(Path) == 0


async def test_an_unknown_municipality_or_place_is_named_with_what_is_allowed(office: Office) -> None:
    before = await office.state()
    municipality = await office.manager.post("/v1/paths", START | {"municipality": "entenhausen"})
    place = await office.manager.post("/v1/paths", START | {"place": "entenhausen"})
    assert (municipality.status_code, place.status_code) == (422, 422)
    assert "rhein-kreis-neuss" in municipality.json()["allowed"]
    assert place.json()["field"] == "place"
    assert "meerbusch" in place.json()["allowed"]
    assert "entenhausen" not in municipality.text + place.text
    assert await office.state() == before


async def test_a_birthday_in_the_future_is_refused(office: Office) -> None:
    answer = await office.manager.post("/v1/paths", START | {"person": {"born": "2022-02-15", "nationality": "SY"}})
    assert answer.status_code == 422
    assert answer.json()["field"] == "person.born"


async def test_members_of_the_household_need_names_of_their_own(office: Office) -> None:
    child = {"id": "kind", "born": "2015-01-01", "relation": "child"}
    for household in ([child, child], [child | {"id": "client"}]):
        answer = await office.manager.post("/v1/paths", START | {"household": household})
        assert answer.status_code == 422
        assert answer.json()["field"].startswith("household.")
    assert (await office.manager.post("/v1/paths", START | {"household": [child]})).status_code == 201


async def test_one_wrong_fact_and_no_path_is_started(office: Office) -> None:
    before = await office.state()
    answer = await office.manager.post(
        "/v1/paths", START | {"facts": [*RECOGNISED, {"on": "2022-01-01", "fact": "asylum.nix"}]}
    )
    assert answer.status_code == 422
    assert await office.state() == before


async def test_reading_shows_plan_waiting_line_and_explained_deadlines(office: Office) -> None:
    path_id = await office.start()
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert view["computed_for"] == "2022-02-14"
    assert view["standing"]["asylum"] == "decided"
    assert view["planned_version"] is None
    assert view["facts_version"] == 1
    deadlines = {one["key"]: one for one in view["deadlines"]}
    assert deadlines["F01"]["hard"] == "2022-02-25"
    assert deadlines["F01"]["steps"]
    assert deadlines["F01"]["statute"]
    assert view["temporal_url"].endswith(f"/workflows/path-{path_id}")
    assert view["person"] == PERSON_SHOWN
    assert view["warnings"]


async def test_coordinators_see_the_state_but_not_the_person(office: Office) -> None:
    path_id = await office.start()
    view = (await office.desks["coordinator"].get(f"/v1/paths/{path_id}")).json()
    assert view["person"] is None
    assert "1994" not in str(view)


async def test_opening_a_file_is_written_down(office: Office) -> None:
    path_id = await office.start()
    await office.manager.get(f"/v1/paths/{path_id}")
    await office.manager.get(f"/v1/paths/{path_id}/facts")
    async with office.database.reading() as session:
        actions = list(await session.scalars(select(col(AuditEntry.action)).where(col(AuditEntry.path_id) == path_id)))
    assert actions.count("path.read") == 1
    assert actions.count("facts.read") == 1


async def test_auditors_see_who_did_what_and_nothing_of_the_file(office: Office) -> None:
    path_id = await office.start()
    await office.manager.get(f"/v1/paths/{path_id}")
    log = (await office.desks["auditor"].get(f"/v1/paths/{path_id}/audit")).json()
    actions = [entry["action"] for entry in log["entries"]]
    assert actions[0] == "path.read"
    assert actions[-1] == "path.started"
    assert actions.count("fact.recorded") == len(RECOGNISED)
    assert "refugee" not in str(log)
    assert (await office.desks["auditor"].get(f"/v1/paths/{'0' * 32}/audit")).status_code == 404


async def test_a_foreign_path_looks_exactly_like_one_that_does_not_exist(office: Office) -> None:
    path_id = await office.start()
    foreign, absent = office.desks["foreign"], "0" * 32
    for address in ("/v1/paths/{}", "/v1/paths/{}/facts"):
        seen = await foreign.get(address.format(path_id))
        unseen = await foreign.get(address.format(absent))
        assert (seen.status_code, seen.content, seen.headers.items()) == (404, unseen.content, unseen.headers.items())
    for address, body in WRITES.items():
        seen = await foreign.post(address.format(path_id), body)
        unseen = await foreign.post(address.format(absent), body)
        assert (seen.status_code, seen.content) == (404, unseen.content)


PERSON_SHOWN = {"born": "1994-03-12", "nationality": "SY"}
WRITES = {
    "/v1/paths/{}/facts": {"facts": [{"on": "2022-01-01", "fact": "asylum.heard"}]},
    "/v1/paths/{}/facts/a01/retraction": {},
    "/v1/paths/{}/consents": {"purpose": "P1", "form": "written"},
    "/v1/paths/{}/consents/k1/revocation": {},
    "/v1/paths/{}/handovers/H01/answer": {"answer": "accept"},
    "/v1/paths/{}/handovers/H01/stall": {"reason": "AGENCY_LATE"},
    "/v1/paths/{}/tasks/consent:H01/completion": {},
}
