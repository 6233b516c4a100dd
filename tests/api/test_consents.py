"""Giving and revoking consent."""

from __future__ import annotations

from typing import Any

import pytest

from store.notices import NewNotice, claim_notice, get_notice, list_notices, make_notice
from store.paths import end_path
from store.tables import Handover, Notice
from tests.api.office import RECOGNISED, Office


async def _notice(office: Office, row: Handover, key: str = "n1", recipient: str = "jobcenter") -> str:
    new = NewNotice(
        key=key,
        tenant_id=row.tenant_id,
        kind="offer",
        subject=row.code,
        recipient=recipient,
        made_on=office.clock().date(),
        path_id=row.path_id,
        handover_id=row.id,
    )
    async with office.database.transaction() as session:
        notice = await make_notice(session, new, office.clock())
        assert notice is not None
        return notice.id


async def test_a_given_consent_lets_the_handover_leave(office: Office) -> None:
    path_id = await office.start([fact for fact in RECOGNISED if fact["id"] != "k2"])
    before = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert "consent_missing" in before["warnings"]
    answer = await office.manager.post(
        f"/v1/paths/{path_id}/consents",
        {
            "id": "k2",
            "purpose": "P2",
            "recipient": "jobcenter",
            "categories": ["residence", "benefits", "housing"],
            "form": "written",
        },
    )
    assert answer.status_code == 201
    assert "consent_missing" not in answer.json()["now"]["warnings"]


async def test_a_revocation_cancels_what_waits_and_tells_what_is_on_its_way(office: Office) -> None:
    path_id = await office.start()
    token, row = await office.offer(path_id)
    waiting, flying = await _notice(office, row), await _notice(office, row, "n2")
    async with office.database.transaction() as session:
        await claim_notice(session, flying, office.clock())
    answer = await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")
    assert answer.status_code == 201
    assert answer.json()["receipt"]["notices_in_flight"] == 1
    async with office.database.reading() as session:
        notice = await session.get(Notice, waiting)
        assert notice is not None
        assert notice.status == "cancelled"
    assert (await office.client.get(f"/l/{token}")).status_code == 410


async def test_a_revocation_leaves_alone_what_rests_on_another_consent(office: Office) -> None:
    path_id = await office.start()
    other = {"id": "k3", "purpose": "P2", "recipient": "abh", "categories": ["family"], "form": "written"}
    await office.manager.post(f"/v1/paths/{path_id}/consents", other)
    token, row = await office.offer(path_id)
    notice_id = await _notice(office, row)
    answer = await office.manager.post(f"/v1/paths/{path_id}/consents/k3/revocation")
    assert answer.json()["receipt"]["notices_in_flight"] == 0
    async with office.database.reading() as session:
        notice = await session.get(Notice, notice_id)
        assert notice is not None
        assert notice.status == "created"
    assert (await office.client.get(f"/l/{token}")).status_code == 200


async def test_a_revocation_recorded_as_a_plain_fact_stops_mails_as_well(office: Office) -> None:
    path_id = await office.start()
    token, _row = await office.offer(path_id)
    fact = {"on": "2022-02-14", "fact": "consent.revoked", "data": {"consent": "k2"}}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [fact]})
    assert answer.json()["receipt"]["notices_in_flight"] == 0
    assert (await office.client.get(f"/l/{token}")).status_code == 410


CALLED_OFF = {
    "revoked": [{"on": "2022-02-14", "fact": "consent.revoked", "data": {"consent": "k2"}}],
    "refused": [{"on": "2022-02-14", "fact": "consent.refused", "data": {"purpose": "P2", "recipient": "jobcenter"}}],
    "retracted": [{"on": "2022-02-14", "fact": "fact.retracted", "data": {"fact": "k2"}}],
    "corrected": [
        {
            "on": "2022-02-14",
            "fact": "consent.given",
            "corrects": "k2",
            "data": {
                "consent": "k2",
                "purpose": "P2",
                "recipient": "jobcenter",
                "categories": ["residence"],
                "form": "written",
            },
        }
    ],
    "without case management": [{"on": "2022-02-14", "fact": "consent.revoked", "data": {"consent": "k1"}}],
}


@pytest.mark.parametrize("facts", CALLED_OFF.values(), ids=CALLED_OFF)
async def test_whatever_ends_a_consent_takes_the_offer_back_in_the_same_transaction(
    office: Office, facts: list[dict[str, Any]]
) -> None:
    path_id = await office.start()
    token, row = await office.offer(path_id)
    waiting, flying = await _notice(office, row), await _notice(office, row, "n2")
    async with office.database.transaction() as session:
        await claim_notice(session, flying, office.clock())
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": facts})
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["notices_in_flight"] == 1
    assert answer.json()["now"]["handovers"]["H01"] == "cancelled"
    assert (await office.client.get(f"/l/{token}")).status_code == 410
    async with office.database.reading() as session:
        assert (await get_notice(session, waiting)).status == "cancelled"
        made = [notice for notice in await list_notices(session, path_id) if notice.kind == "withdrawal"]
        assert [(notice.recipient, notice.agency, notice.status) for notice in made] == [
            ("jobcenter", "jobcenter-rkn", "created")
        ]


async def test_a_fact_that_ends_no_consent_calls_nothing_off(office: Office) -> None:
    path_id = await office.start()
    token, _row = await office.offer(path_id)
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts/a02/retraction")
    assert answer.json()["receipt"]["notices_in_flight"] is None
    assert (await office.client.get(f"/l/{token}")).status_code == 200


async def test_what_rests_on_a_statute_goes_on_without_case_management(office: Office) -> None:
    path_id = await office.start()
    token, _row = await office.offer(path_id, "H02")
    await office.manager.post(f"/v1/paths/{path_id}/consents/k1/revocation")
    assert (await office.client.get(f"/l/{token}")).status_code == 200


async def test_the_ag_fallebene_is_called_off_only_when_no_consent_to_the_discussion_is_left(office: Office) -> None:
    path_id = await office.start()
    for ref in ("k3", "k4"):
        body = {"id": ref, "purpose": "P3", "form": "written"}
        assert (await office.manager.post(f"/v1/paths/{path_id}/consents", body)).status_code == 201
    _token, row = await office.offer(path_id)
    waiting = await _notice(office, row, recipient="ag_fallebene")
    for ref, status in (("k3", "created"), ("k4", "cancelled")):
        await office.manager.post(f"/v1/paths/{path_id}/consents/{ref}/revocation")
        async with office.database.reading() as session:
            assert (await get_notice(session, waiting)).status == status


async def test_only_a_consent_in_force_can_be_revoked(office: Office) -> None:
    path_id = await office.start()
    assert (await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")).status_code == 201
    before = await office.state()
    again = await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")
    unknown = await office.manager.post(f"/v1/paths/{path_id}/consents/k9/revocation")
    assert again.status_code == unknown.status_code == 404
    assert again.json()["allowed"] == ["k1"]
    assert await office.state() == before


async def test_a_consent_can_be_revoked_after_the_path_has_ended(office: Office) -> None:
    path_id = await office.start()
    async with office.database.transaction() as session:
        await end_path(session, path_id, office.clock())
    assert (await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")).status_code == 201
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["state"] == "ended"


async def test_a_consent_of_unknown_purpose_or_form_is_refused(office: Office) -> None:
    path_id = await office.start()
    before = await office.state()
    for body in ({"purpose": "P9", "form": "written"}, {"purpose": "P1", "form": "oral"}):
        answer = await office.manager.post(f"/v1/paths/{path_id}/consents", body)
        assert answer.status_code == 422
        assert answer.json()["allowed"]
    assert await office.state() == before


async def test_links_are_kept_only_as_hashes(office: Office) -> None:
    path_id = await office.start()
    token, _row = await office.offer(path_id)
    assert token not in str(await office.state())


async def test_the_consequences_of_a_revocation_are_told_before_it_and_change_nothing(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    foreseen = await office.manager.get(f"/v1/paths/{path_id}/consents/k2/consequences")
    assert foreseen.status_code == 200
    told = foreseen.json()
    assert told["taken_back"] == [{"handover": "H01", "kind": "jobcenter"}]
    assert told["case_management_stops"] is False
    assert [one["code"] for one in told["deadlines"]] == ["H01"]
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert [handover["state"] for handover in view["handovers"]] == ["offered"]
    again = await office.manager.get(f"/v1/paths/{path_id}/consents/k9/consequences")
    assert (again.status_code, again.json()["allowed"]) == (404, ["k1", "k2"])
