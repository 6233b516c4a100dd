"""In and out: one-click roles, sessions with two limits, forms that only our own pages may send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from store.account_tables import SignIn
from store.accounts import IDLE, LONGEST
from store.database import Database
from tests.api.office import TestClock
from tests.pages.visitors import Visitor, hidden

Visitors = Callable[[], Visitor]
MANAGER = "demo-fallmanagement"


async def test_one_click_signs_in_and_the_navigation_shows_what_the_role_may_open(visitor: Visitors) -> None:
    manager, body = visitor(), visitor()
    await manager.sign_in(MANAGER)
    page = await manager.open("/desk")
    assert "Ǧulšan Şerife Muñoz-Đặng" in page.text
    assert 'href="/deputies"' in page.text
    await body.sign_in("demo-ag-verfahrensebene")
    assert 'href="/deputies"' not in (await body.open("/desk")).text
    assert (await body.open("/deputies", 403)).headers["content-type"].startswith("text/html")


async def test_without_a_session_a_page_leads_to_the_door_and_back(visitor: Visitors) -> None:
    somebody = visitor()
    answer = await somebody.client.get("/deputies")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/deputies"
    door = await somebody.open("/sign-in?next=/deputies")
    assert hidden(door.text, "/sign-in/demo")["next"] == "/deputies"


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_nobody_is_sent_to_a_foreign_site(visitor: Visitors, wanted: str) -> None:
    form = {"person": MANAGER, "next": wanted}
    one = visitor()
    answer = await one.client.post("/sign-in/demo", data=form, headers=one.headers)
    assert answer.headers["location"] == "/desk"


async def test_outside_a_local_stack_there_is_no_one_click_role(app: FastAPI, visitor: Visitors) -> None:
    somebody = visitor()
    app.state.services = _without_demo(app)
    answer = await somebody.client.post("/sign-in/demo", data={"person": MANAGER}, headers=somebody.headers)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert "demo" not in (await somebody.open("/sign-in")).text


@pytest.mark.parametrize("host", ["kim.kreis-musterland.de", "192.0.2.7", "127.0.0.1.evil.test", "0.0.0.0"])
async def test_a_local_stack_that_is_called_by_another_name_offers_no_one_click_role(
    visitor: Visitors, host: str
) -> None:
    somebody = visitor()
    headers = {"Host": host, "Origin": f"http://{host}"}
    answer = await somebody.client.post("/sign-in/demo", data={"person": MANAGER}, headers=headers)
    assert answer.status_code == 404
    assert MANAGER not in (await somebody.client.get("/sign-in", headers={"Host": host})).text


async def test_only_the_hash_of_the_session_is_kept(visitor: Visitors, database: Database) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    token = manager.client.cookies["kim_session"]
    async with database.reading() as session:
        row = (await session.scalars(select(SignIn))).one()
    assert len(token) >= 43
    assert token not in repr(row.model_dump())


async def test_a_session_ends_when_idle_and_at_its_absolute_limit(visitor: Visitors, clock: TestClock) -> None:
    idle, busy = visitor(), visitor()
    await idle.sign_in(MANAGER)
    clock.now += IDLE
    assert (await idle.client.get("/desk")).status_code == 303
    await busy.sign_in(MANAGER)
    for _ in range(int(LONGEST / timedelta(minutes=29))):
        clock.forward(minutes=29)
        await busy.open("/desk")
    clock.forward(minutes=29)
    assert (await busy.client.get("/desk")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(visitor: Visitors) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    token = manager.client.cookies["kim_session"]
    answer = await manager.send(await manager.open("/desk"), "/sign-out")
    assert answer.status_code == 303
    stolen = await manager.client.get("/desk", headers={"Cookie": f"kim_session={token}"})
    assert stolen.status_code == 303


async def test_a_form_without_the_token_of_the_session_or_from_elsewhere_changes_nothing(
    visitor: Visitors, database: Database
) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    page = await manager.open("/deputies")
    good = hidden(page.text, "/deputies")
    foreign = ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {})
    for headers in foreign:
        assert (await manager.client.post("/deputies", data=good, headers=headers)).status_code == 403
    for broken in ({"absent": ""}, good | {"csrf": ""}, good | {"csrf": "0" * 64}, good | {"csrf": "ß"}):
        assert (await manager.client.post("/deputies", data=broken, headers=manager.headers)).status_code == 403
    answer = await manager.client.post("/deputies", json={}, headers=manager.headers)
    assert answer.status_code == 415


def _without_demo(app: FastAPI) -> object:
    services = app.state.services
    return replace(services, options=replace(services.options, demo=False))


async def test_under_https_the_session_is_bound_to_this_host_alone(app: FastAPI, visitor: Visitors) -> None:
    services = app.state.services
    app.state.services = replace(services, options=replace(services.options, public_url="https://127.0.0.1"))
    cookie = (await visitor().sign_in(MANAGER)).headers["set-cookie"]
    assert cookie.startswith("__Host-kim_session=")
    for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


async def test_every_page_forbids_scripts_frames_and_caches(visitor: Visitors) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    for address in ("/", "/sign-in", "/desk", "/deputies", "/help", "/nowhere"):
        headers = (await manager.client.get(address, headers={"Accept": "text/html"})).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store"


async def test_a_notice_that_was_not_signed_for_this_session_is_not_shown(visitor: Visitors) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    for forged in ("x", "WyJib2VzZSIsICJpbmZvIl0=", "é", "=" * 50):
        page = await manager.client.get("/desk", headers={"Cookie": f"kim_notice={forged}".encode()})
        assert "boese" not in page.text
