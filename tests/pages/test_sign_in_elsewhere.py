"""Signing in with the account of the administration: the whole way, every way to be refused, and logout from afar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from api.identity_provider import IdentityProvider
from api.key_cache import PAUSE
from store.account_tables import Account, SignIn
from store.appointments import Grant, Provider
from store.database import Database
from tests.api.conftest import MUNICIPALITY
from tests.api.office import TestClock
from tests.pages.browser import serving
from tests.pages.identity_double import CLIENT, SECRET, IdentityDouble
from tests.pages.visitors import ORIGIN, Visitor

GRANTS = (
    Grant(group="/kim/cm", role="case_manager", tenant=MUNICIPALITY),
    Grant(group="/kim/co", role="coordinator", tenant=MUNICIPALITY, municipalities=("neuss",)),
)
BACK_CHANNEL = "/sign-out/back-channel"


@pytest.fixture
async def double(clock: TestClock) -> AsyncIterator[IdentityDouble]:
    identity = IdentityDouble(clock)
    async with serving(identity.app()) as address:
        identity.issuer = address
        yield identity


@pytest.fixture
async def ada(app: FastAPI, double: IdentityDouble) -> AsyncIterator[Visitor]:
    """A visitor of an installation where one signs in at the double."""
    provider = IdentityProvider(Provider(double.issuer, CLIENT, SECRET, GRANTS))
    options = replace(app.state.services.options, identity_provider=provider, public_url=ORIGIN)
    app.state.services = replace(app.state.services, options=options)
    async with AsyncClient(transport=ASGITransport(app), base_url=ORIGIN) as client:
        yield Visitor(client)


async def _go(ada: Visitor, wanted: str = "/desk") -> str:
    """Out to the identity provider and through it; returns the address of the way back."""
    out = await ada.client.get("/sign-in/start", params={"next": wanted})
    assert out.status_code == 303
    async with httpx2.AsyncClient(trust_env=False) as browser:
        there = await browser.get(out.headers["location"])
    return there.headers["location"]


async def _sign_in(ada: Visitor, wanted: str = "/desk") -> Response:
    return await ada.client.get(await _go(ada, wanted))


async def _is_in(ada: Visitor) -> bool:
    return (await ada.client.get("/desk")).status_code == 200


async def test_who_signs_in_elsewhere_has_the_role_of_the_group_and_comes_back_to_the_page(
    ada: Visitor, database: Database
) -> None:
    answer = await _sign_in(ada, "/deputies")
    assert (answer.status_code, answer.headers["location"]) == (303, "/deputies")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Ada Erdacht" in (await ada.open("/desk")).text
    async with database.reading() as session:
        account = (await session.scalars(select(Account))).one()
        assert (account.role, account.tenant_id, account.subject) == ("case_manager", MUNICIPALITY, "u-1")
        row = (await session.scalars(select(SignIn))).one()
    assert row.sid == "s-1"
    assert "." not in row.id_token  # sealed: a token of the identity provider has dots


async def test_the_role_of_today_counts_and_who_lost_every_group_stays_outside(
    ada: Visitor, double: IdentityDouble, database: Database
) -> None:
    await _sign_in(ada)
    double.person |= {"groups": ["/kim/co", "/else"]}
    await _sign_in(ada)
    async with database.reading() as session:
        account = (await session.scalars(select(Account))).one()
    assert (account.role, account.municipalities) == ("coordinator", ["neuss"])
    for groups in ([], ["/kim"], ["/kim/cm/"], "kim", None, [1], {"/kim/cm": 1}):
        double.person |= {"groups": groups}
        refused = await _sign_in(ada)
        assert refused.status_code == 403
        assert "kim_session" not in refused.headers.get("set-cookie", "")


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "for somebody else": {"aud": "other-client"},
    "from somebody else": {"iss": "https://other.test"},
    "long over": {"exp": 1_000_000},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 7},
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_id_token_that_is_not_right_opens_nothing(ada: Visitor, double: IdentityDouble, lie: str) -> None:
    double.lie = LIES[lie]
    assert (await _sign_in(ada)).status_code == 400
    assert not await _is_in(ada)


@pytest.mark.parametrize("signer", [RSAKey.generate_key(2048, {"kid": "k1"}), OctKey.import_key(SECRET, {"kid": "k1"})])
async def test_an_id_token_that_somebody_else_signed_opens_nothing(
    ada: Visitor, double: IdentityDouble, signer: RSAKey | OctKey
) -> None:
    double.signer = signer
    assert (await _sign_in(ada)).status_code == 400
    assert not await _is_in(ada)


async def test_a_way_back_that_was_not_begun_here_or_is_used_twice_opens_nothing(ada: Visitor) -> None:
    back = await _go(ada)
    journey = dict(ada.client.cookies)
    ada.client.cookies.clear()
    assert (await ada.client.get(back)).status_code == 400
    for name, value in journey.items():
        ada.client.cookies.set(name, value)
    assert (await ada.client.get(back.replace("state=", "state=x"))).status_code == 400
    assert (await ada.client.get(back)).status_code == 303
    ada.client.cookies.clear()
    for name, value in journey.items():
        ada.client.cookies.set(name, value)
    assert (await ada.client.get(back)).status_code == 400  # the code is spent
    assert not await _is_in(ada)


async def test_a_refusal_there_is_told_without_its_words(ada: Visitor) -> None:
    state = parse_qs(urlsplit(await _go(ada)).query)["state"][0]
    said = {"error": "access_denied", "error_description": "<b>böse</b>", "state": state}
    answer = await ada.client.get("/sign-in/return", params=said)
    assert answer.status_code == 400
    assert "böse" not in answer.text


async def test_without_its_identity_provider_nobody_signs_in_and_the_page_says_so(
    ada: Visitor, app: FastAPI, double: IdentityDouble
) -> None:
    nobody = Provider("http://127.0.0.1:9", CLIENT, SECRET, GRANTS)
    another = Provider(double.issuer, CLIENT, SECRET, GRANTS)
    services = app.state.services
    app.state.services = replace(
        services, options=replace(services.options, identity_provider=IdentityProvider(nobody))
    )
    assert (await ada.client.get("/sign-in/start")).status_code == 503
    double.issuer += "/"
    app.state.services = replace(
        services, options=replace(services.options, identity_provider=IdentityProvider(another))
    )
    assert (await ada.client.get("/sign-in/start")).status_code == 503


async def test_the_policy_lets_a_form_lead_to_the_identity_provider_and_nowhere_else(
    ada: Visitor, double: IdentityDouble
) -> None:
    policy = (await ada.open("/")).headers["Content-Security-Policy"]
    assert policy.endswith(f"form-action 'self' {double.issuer}")
    assert "unsafe" not in policy


async def test_signing_out_ends_the_session_here_and_leads_on_to_the_identity_provider(
    ada: Visitor, double: IdentityDouble
) -> None:
    await _sign_in(ada)
    answer = await ada.send(await ada.open("/desk"), "/sign-out")
    there = urlsplit(answer.headers["location"])
    asked = parse_qs(there.query)
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{double.issuer}/end"
    assert asked["post_logout_redirect_uri"] == [f"{ORIGIN}/"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert not await _is_in(ada)


@pytest.mark.parametrize("named", [{"sid": "s-1"}, {"sid": None, "sub": "u-1"}, {"sid": "s-1", "sub": "u-1"}])
async def test_a_logout_from_afar_ends_the_session(ada: Visitor, double: IdentityDouble, named: dict[str, Any]) -> None:
    await _sign_in(ada)
    answer = await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token(**named)})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not await _is_in(ada)


@pytest.mark.parametrize("named", [{"sid": "s-2"}, {"sid": None, "sub": "u-2"}, {"sid": "s-1", "sub": "u-2"}])
async def test_a_logout_from_afar_ends_nobody_elses_session(
    ada: Visitor, double: IdentityDouble, named: dict[str, Any]
) -> None:
    await _sign_in(ada)
    answer = await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token(**named)})
    assert answer.status_code == 200
    assert await _is_in(ada)


BAD_LOGOUTS: dict[str, dict[str, Any]] = {
    "names nobody": {"sid": None},
    "names nobody in words": {"sid": 7},
    "for somebody else": {"aud": "other"},
    "from somebody else": {"iss": "https://other.test"},
    "without its event": {"events": {}},
    "with events that are none": {"events": []},
    "an ID token": {"nonce": "n", "events": None},
    "with a nonce": {"nonce": "n"},
    "without its moment": {"iat": None},
    "of last week": {"iat": 1_000_000},
    "over": {"exp": 1_000_000},
    "of another kind": {"typ": "at+jwt"},
}


@pytest.mark.parametrize("fault", BAD_LOGOUTS)
async def test_a_logout_that_is_not_right_ends_nothing(ada: Visitor, double: IdentityDouble, fault: str) -> None:
    await _sign_in(ada)
    answer = await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token(**BAD_LOGOUTS[fault])})
    assert answer.status_code == 400
    assert await _is_in(ada)


async def test_a_logout_that_somebody_else_signed_or_nobody_ends_nothing(ada: Visitor, double: IdentityDouble) -> None:
    await _sign_in(ada)
    head, body, _signature = double.logout_token().split(".")
    forged = [f"{head}.{body}.", "x", "", "a.b.c", "e30.e30.e30", "ä" * 50]
    for signer in (RSAKey.generate_key(2048, {"kid": "k1"}), OctKey.import_key(SECRET, {"kid": "k1"})):
        double.signer = signer
        forged.append(double.logout_token())
    for token in forged:
        answer = await ada.client.post(BACK_CHANNEL, data={"logout_token": token})
        assert answer.status_code == 400, token
    assert (await ada.client.post(BACK_CHANNEL, json={})).status_code == 415
    assert await _is_in(ada)


async def test_new_keys_are_fetched_but_not_at_every_knock(
    ada: Visitor, double: IdentityDouble, clock: TestClock
) -> None:
    await _sign_in(ada)
    await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token(sid="other")})
    before = double.key_fetches
    double.key = RSAKey.generate_key(2048, {"kid": "k2"})
    for _ in range(3):
        assert (await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token()})).status_code == 400
    assert double.key_fetches == before
    clock.now += PAUSE
    assert (await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token()})).status_code == 200
    assert double.key_fetches == before + 1
    clock.now += timedelta(minutes=59)
    await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token()})
    assert double.key_fetches == before + 1
    clock.now += timedelta(minutes=1)
    await ada.client.post(BACK_CHANNEL, data={"logout_token": double.logout_token()})
    assert double.key_fetches == before + 2


async def test_without_an_identity_provider_its_addresses_are_not_there(client: AsyncClient) -> None:
    assert (await client.get("/sign-in/start")).status_code == 404
    assert (await client.get("/sign-in/return")).status_code == 404
    answer = await client.post(BACK_CHANNEL, data={"logout_token": "x"})
    assert answer.status_code == 404
