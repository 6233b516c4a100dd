"""Answers that the office notes on behalf of an agency."""

from __future__ import annotations

from typing import Any

import pytest

from process_models.planning import make_plan
from process_models.reconcile import reconcile
from store.cases import load_case
from store.notices import list_notices
from store.tables import Notice
from tests.api.office import RECOGNISED, FakeNews, Office


async def _answer(office: Office, path_id: str, answer: str, code: str = "H01", **more: Any) -> Any:
    return await office.manager.post(f"/v1/paths/{path_id}/handovers/{code}/answer", {"answer": answer} | more)


async def test_acceptance_moves_the_responsibility(office: Office, news: FakeNews) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    answer = await _answer(office, path_id, "accept")
    assert answer.status_code == 201
    assert answer.json()["receipt"]["state"] == "accepted"
    assert answer.json()["now"]["handovers"]["H01"] == "accepted"
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    planned = next(one for one in view["planned_handovers"] if one["code"] == "H01")
    assert planned["responsible"] == "jobcenter"
    assert view["handovers"][0]["allowed_answers"] == ["complete", "cancel"]
    assert news.woken == 2


async def test_a_handover_answered_twice_is_refused_with_the_answers_that_are_possible(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    await _answer(office, path_id, "accept")
    before = await office.state()
    answer = await _answer(office, path_id, "accept")
    assert answer.status_code == 409
    assert answer.json()["field"] == "answer"
    assert answer.json()["allowed"] == ["complete", "cancel"]
    assert await office.state() == before


async def test_the_same_answer_with_the_same_key_gives_the_same_response(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    address = f"/v1/paths/{path_id}/handovers/H01/answer"
    first = await office.manager.post(address, {"answer": "accept"}, key="h1")
    second = await office.manager.post(address, {"answer": "accept"}, key="h1")
    assert (first.status_code, first.json()) == (second.status_code, second.json())


async def test_what_was_not_offered_cannot_be_answered(office: Office) -> None:
    path_id = await office.start()
    not_offered = await _answer(office, path_id, "accept")
    unknown = await _answer(office, path_id, "accept", code="H99")
    assert (not_offered.status_code, unknown.status_code) == (409, 404)


async def test_a_refusal_needs_a_reason_and_ends_the_link(office: Office) -> None:
    path_id = await office.start()
    token, _row = await office.offer(path_id)
    without = await _answer(office, path_id, "refuse")
    assert without.status_code == 422
    assert without.json()["field"] == "reason"
    assert "DOC_MISSING" in without.json()["allowed"]
    assert (await _answer(office, path_id, "refuse", reason="CAPACITY")).status_code == 201
    assert (await office.client.get(f"/l/{token}")).status_code == 410


async def test_nothing_is_accepted_after_the_consent_was_revoked(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")
    answer = await _answer(office, path_id, "accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "HandoverNotPossible")
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert (view["handovers"][0]["state"], view["handovers"][0]["allowed_answers"]) == ("cancelled", [])


async def test_nothing_is_accepted_after_the_last_day_of_the_consent(office: Office) -> None:
    ending = [
        fact | {"data": fact["data"] | {"until": "2022-02-15"}} if fact["id"] == "k2" else fact for fact in RECOGNISED
    ]
    path_id = await office.start(ending)
    await office.offer(path_id)
    office.clock.forward(days=2)
    answer = await _answer(office, path_id, "accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "ConsentMissing")
    assert "benefits" in answer.json()["allowed"]


async def test_a_stall_gets_a_reason_that_is_a_code_and_never_text(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    address = f"/v1/paths/{path_id}/handovers/H01/stall"
    answer = await office.manager.post(address, {"reason": "DOC_MISSING", "detail": "DOC_EAT_REQUIRED"})
    assert answer.status_code == 201
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert (view["handovers"][0]["reason"], view["handovers"][0]["detail"]) == ("DOC_MISSING", "DOC_EAT_REQUIRED")
    text = await office.manager.post(address, {"reason": "DOC_MISSING", "detail": "Herr Müller ist krank"})
    assert text.status_code == 422
    assert "Müller" not in text.text


async def test_a_query_opens_a_task_for_the_office_that_can_be_completed_once(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    assert (await _answer(office, path_id, "query", reason="DOC_MISSING")).status_code == 201
    tasks = (await office.manager.get(f"/v1/paths/{path_id}")).json()["tasks"]
    assert [task["key"] for task in tasks] == ["query:H01"]
    address = f"/v1/paths/{path_id}/tasks/query:H01/completion"
    assert (await office.manager.post(address)).status_code == 201
    again = await office.manager.post(address)
    assert (again.status_code, again.json()["code"]) == (404, "TaskNotFound")


def _consent_for(recipient: str) -> dict[str, Any]:
    data = {"consent": "k4", "purpose": "P2", "recipient": recipient, "form": "written"}
    categories = ["residence", "benefits", "housing"]
    return {"id": "k4", "on": "2022-02-14", "fact": "consent.given", "data": data | {"categories": categories}}


async def test_a_statute_is_not_forwarded_to_an_agency_that_it_does_not_name(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id, "H02")
    answer = await _answer(office, path_id, "forward", "H02", to="ebh")
    assert (answer.status_code, answer.json()["code"]) == (409, "ConsentMissing")
    assert answer.json()["allowed"] == ["identity", "residence"]


async def test_forwarding_asks_another_agency_and_ends_the_first_link(office: Office) -> None:
    path_id = await office.start([*RECOGNISED, _consent_for("agentur")])
    token, _row = await office.offer(path_id)
    assert (await _answer(office, path_id, "forward")).status_code == 422
    nowhere = await _answer(office, path_id, "forward", to="entenhausen")
    assert nowhere.status_code in (409, 422)
    answer = await _answer(office, path_id, "forward", to="agentur")
    assert answer.status_code == 201, answer.text
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert view["handovers"][0]["to_kind"] == "agentur"
    assert view["handovers"][0]["state"] == "offered"
    assert (await office.client.get(f"/l/{token}")).status_code == 410
    assert await office.count(Notice) == 1
    async with office.database.reading() as session:
        [notice] = await list_notices(session, path_id)
        case = await load_case(session, office.database.keyring, path_id)
    assert (notice.recipient, notice.agency) == ("agentur", "agentur-moenchengladbach")
    told = reconcile(case, make_plan(case, office.clock(), office.catalogue), office.clock(), office.catalogue)
    assert "offer" not in {action.do for action in told}, "the path makes no second mail of the same offer"


async def test_a_handover_is_passed_on_to_the_agency_that_is_named_though_another_place_belongs_to_it(
    office: Office,
) -> None:
    path_id = await office.start([*RECOGNISED, _consent_for("sozialamt")])
    await office.offer(path_id)
    unknown = await _answer(office, path_id, "forward", agency="sozialamt-entenhausen")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "agency")
    assert "sozialamt-neuss" in unknown.json()["allowed"]
    answer = await _answer(office, path_id, "forward", agency="sozialamt-neuss")
    assert answer.status_code == 201, answer.text
    [handover] = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"]
    assert (handover["to_kind"], handover["to_agency"]) == ("sozialamt", "sozialamt-neuss")
    async with office.database.reading() as session:
        [notice] = await list_notices(session, path_id)
    assert (notice.recipient, notice.agency) == ("sozialamt", "sozialamt-neuss")


async def test_forwarded_there_and_back_each_receiver_is_asked_each_time(office: Office) -> None:
    path_id = await office.start([*RECOGNISED, _consent_for("agentur")])
    await office.offer(path_id)
    for receiver in ("agentur", "jobcenter", "agentur"):
        assert (await _answer(office, path_id, "forward", to=receiver)).status_code == 201
    async with office.database.reading() as session:
        made = await list_notices(session, path_id)
    assert sorted((notice.recipient, notice.status) for notice in made) == [
        ("agentur", "cancelled"),
        ("agentur", "created"),
        ("jobcenter", "cancelled"),
    ]
    assert len({notice.key for notice in made}) == 3


async def test_forwarding_to_a_receiver_without_consent_is_refused(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    before = await office.state()
    answer = await _answer(office, path_id, "forward", to="agentur")
    assert (answer.status_code, answer.json()["code"]) == (409, "ConsentMissing")
    assert await office.state() == before


@pytest.mark.parametrize("answer", ["agree", "", "ACCEPT"])
async def test_an_answer_that_does_not_exist_is_refused(office: Office, answer: str) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    refused = await _answer(office, path_id, answer)
    assert refused.status_code == 422
    assert "accept" in refused.json()["allowed"]


async def test_a_real_tenant_is_not_told_what_time_it_is(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    answer = await _answer(office, path_id, "accept", now="2022-03-01T08:00:00Z")
    assert (answer.status_code, answer.json()["field"]) == (422, "now")
