"""The local stack with a real Keycloak: whoever the realm knows signs in as what they are, nobody else does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx2
import pytest

from kim.local.keycloak import people
from kim.local.stack import LocalStack

pytestmark = pytest.mark.keycloak
PEOPLE = dict(people())


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """A running stack where one signs in at Keycloak."""
    running = LocalStack(tmp_path_factory.mktemp("stack"), usual_ports=False, keycloak="rhein-kreis-neuss")
    await running.start()
    yield running
    await running.stop()


async def _signed_in(stack: LocalStack, person: str) -> httpx2.Response:
    """The page that somebody sees after signing in, by the forms alone."""
    assert stack.identity_provider
    async with httpx2.AsyncClient(trust_env=False, timeout=60, follow_redirects=True) as client:
        door = await client.get(f"{stack.addresses.api}/sign-in/start?next=/desk")
        action = re.search(r'<form[^>]* action="([^"]+)"', door.text)
        assert action, door.text
        for cookie in client.cookies.jar:
            cookie.secure = False  # browsers send it to loopback without https, this client would not
        typed = {"username": person, "password": stack.identity_provider.password}
        return await client.post(unescape(action.group(1)), data=typed)


@pytest.mark.parametrize("person", [name for name, group in PEOPLE.items() if group.startswith("/kim/")])
async def test_everybody_of_the_realm_comes_to_their_desk(stack: LocalStack, person: str) -> None:
    desk = await _signed_in(stack, person)
    assert desk.status_code == 200, desk.text
    assert str(desk.url) == f"{stack.addresses.api}/desk"
    assert "<h1>Arbeitsplatz</h1>" in desk.text


async def test_somebody_without_a_group_stays_outside(stack: LocalStack) -> None:
    answer = await _signed_in(stack, "niemand")
    assert answer.status_code == 403
    assert "Ihr Konto ist hier nicht zugelassen" in answer.text


async def test_there_are_no_one_click_roles_beside_it(stack: LocalStack) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        page = await client.get(f"{stack.addresses.api}/sign-in")
    assert "demo-fallmanagement" not in page.text
    assert "Mit dem Konto Ihrer Verwaltung anmelden" in page.text
