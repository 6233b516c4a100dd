"""Who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.access import create_token, revoke_token
from store.tables import AccessToken
from tests.api.office import START, Desk, Office

# Written by hand, against the table in `api.permissions`: a slip there turns this red.
MAY: dict[tuple[str, str], set[str]] = {
    ("POST", "/v1/paths"): {"case_manager"},
    ("GET", "/v1/paths/{id}"): {"case_manager", "coordinator"},
    ("GET", "/v1/paths/{id}/facts"): {"case_manager"},
    ("POST", "/v1/paths/{id}/facts"): {"case_manager"},
    ("POST", "/v1/paths/{id}/facts/a01/retraction"): {"case_manager"},
    ("POST", "/v1/paths/{id}/consents"): {"case_manager"},
    ("POST", "/v1/paths/{id}/consents/k1/revocation"): {"case_manager"},
    ("POST", "/v1/paths/{id}/handovers/H01/answer"): {"case_manager", "coordinator"},
    ("POST", "/v1/paths/{id}/handovers/H01/stall"): {"case_manager", "coordinator"},
    ("POST", "/v1/paths/{id}/tasks/x/completion"): {"case_manager", "coordinator"},
    ("GET", "/v1/paths/{id}/audit"): {"auditor", "case_manager"},
    ("GET", "/v1/stalled"): {"case_manager", "coordinator"},
    ("GET", "/v1/bodies/verfahren/agenda"): {"case_manager", "coordinator", "body"},
    ("GET", "/v1/notices/failed"): {"case_manager", "coordinator"},
    ("POST", "/v1/simulations"): {"admin"},
    ("POST", "/v1/simulations/x/stalls"): {"admin"},
}


@pytest.mark.parametrize(("method", "address"), MAY, ids=lambda part: part)
async def test_only_the_roles_of_the_table_pass(office: Office, method: str, address: str) -> None:
    path_id = await office.start([])
    for role, desk in office.desks.items():
        if role == "foreign":
            continue
        where = address.format(id=path_id)
        answer = await (desk.get(where) if method == "GET" else desk.post(where, {"nothing": "valid"}))
        assert (answer.status_code != 403) == (role in MAY[method, address]), (role, answer.text)


@pytest.mark.parametrize(("method", "address"), MAY, ids=lambda part: part)
async def test_nobody_passes_without_a_valid_token(office: Office, method: str, address: str) -> None:
    async with office.database.transaction() as session:
        now = office.clock()
        ended = await create_token(session, "case_manager", "t", "rhein-kreis-neuss", now, timedelta(days=-1))
    answers = [
        await office.client.request(method, address.format(id="x"), headers=headers)
        for headers in (
            {},
            {"Authorization": "Bearer unknown"},
            {"Authorization": f"Bearer {ended}"},
            {"Authorization": "Basic eDp5"},
            {"Authorization": "Bearer "},
        )
    ]
    assert {one.status_code for one in answers} == {401}
    assert len({one.content for one in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


async def test_a_revoked_token_ends_at_once(office: Office) -> None:
    assert (await office.manager.get("/v1/stalled")).status_code == 200
    async with office.database.transaction() as session:
        token = await create_token(session, "case_manager", "t", "rhein-kreis-neuss", office.clock(), timedelta(days=1))
    desk = Desk(office.client, token)
    assert (await desk.get("/v1/stalled")).status_code == 200
    async with office.database.transaction() as session:
        for row in await _tokens(office):
            await revoke_token(session, row, office.clock())
    assert (await desk.get("/v1/stalled")).status_code == 401


async def _tokens(office: Office) -> list[str]:
    return [row[0] for row in (await office.state())[str(AccessToken.__tablename__)]]


async def test_an_administrator_sees_no_path(office: Office) -> None:
    path_id = await office.start([])
    answer = await office.desks["admin"].get(f"/v1/paths/{path_id}")
    assert answer.status_code == 403


async def test_a_token_that_is_bound_to_no_tenant_opens_nothing(office: Office) -> None:
    async with office.database.transaction() as session:
        token = await create_token(session, "case_manager", "t", None, office.clock(), timedelta(days=1))
    assert (await Desk(office.client, token).post("/v1/paths", START)).status_code == 403


async def test_tokens_are_kept_only_as_hashes(office: Office) -> None:
    assert office.manager.token not in str(await office.state())
