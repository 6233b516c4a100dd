"""Signing in at a real Keycloak in a real browser: the one slow test of it; every way to be refused stands beside.

Keycloak is fetched, checked and started by the project's own files (`kim.local.keycloak`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, expect

from api.identity_provider import IdentityProvider
from api.services import wall_clock
from kim.local.keycloak import CLIENT_ID, Keycloak, grants, provide
from store.appointments import Grant, Provider
from tests.api.conftest import MUNICIPALITY
from tests.pages.browser import Guest, new_guest

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="session")
def keycloak(served: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """A Keycloak with the realm of the project. None to be had is an error, never a skip."""
    found = Keycloak(tmp_path_factory.mktemp("keycloak"), served)
    running = found.start(provide())
    yield found
    running.stop()


@pytest.fixture
def door(app: FastAPI, keycloak: Keycloak, served: str) -> str:
    """The application where one signs in at Keycloak; its address."""
    lines = tuple(Grant.model_validate(line) for line in grants(MUNICIPALITY, "jobcenter-rhein-kreis-neuss"))
    provider = IdentityProvider(Provider(keycloak.issuer, CLIENT_ID, keycloak.client_secret, lines))
    options = replace(app.state.services.options, now=wall_clock, identity_provider=provider, public_url=served)
    app.state.services = replace(app.state.services, options=options)
    return served


async def _sign_in(page: Page, keycloak: Keycloak, name: str) -> None:
    await page.get_by_role("link", name="Mit dem Konto Ihrer Verwaltung anmelden").click()
    await page.locator("#username").fill(name)
    await page.locator("#password").fill(keycloak.password)
    await page.locator("#kc-login").click()


async def test_login_page_logout_and_a_logout_from_afar_that_ends_the_session(
    door: str, keycloak: Keycloak, chromium: Browser
) -> None:
    guest: Guest = await new_guest(chromium, door)
    page = guest.page
    page.set_default_timeout(60_000)
    await guest.open("/deputies")
    await expect(page).to_have_url(f"{door}/sign-in?next=/deputies")

    await _sign_in(page, keycloak, "guelsan.fallmanagement")
    await expect(page).to_have_url(f"{door}/deputies", timeout=60_000)
    await expect(page.locator("header")).to_contain_text("Ǧulšan Şerife Muñoz-Đặng")

    await guest.press("Abmelden")
    await expect(page).to_have_url(re.compile(rf"^{door}/(\?state=\w+)?$"), timeout=60_000)
    await guest.open("/desk")
    await expect(page).to_have_url(f"{door}/sign-in?next=/desk")

    await _sign_in(page, keycloak, "ottilie.koordination")  # asked again: the session there is over too
    await expect(page).to_have_url(f"{door}/desk", timeout=60_000)
    await page.goto(f"{keycloak.issuer}/protocol/openid-connect/logout")
    await page.locator("#kc-logout").click()
    await _is_out(guest)
    assert [one for one in guest.complaints if "Content Security Policy" in one] == []

    await guest.open("/sign-in")
    await _sign_in(page, keycloak, "niemand")
    await expect(page.locator("h1")).to_have_text("Ihr Konto ist hier nicht zugelassen", timeout=60_000)
    await page.context.close()


async def _is_out(guest: Guest) -> None:
    """Keycloak tells it by its own way, not through this browser."""
    async with asyncio.timeout(30):
        while not re.search("/sign-in", guest.page.url):
            await guest.open("/desk")
