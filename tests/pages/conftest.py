"""The pages over real records and rules, on a local stack's demo setting; the same tools as the API tests have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from playwright.async_api import Browser

from api.services import Services
from store.database import Database
from store.tenants import create_tenant
from tests.api.clerk import Clerk
from tests.api.conftest import (
    MUNICIPALITY,
    app,
    catalogue,
    clerk,
    client,
    clock,
    database,
    empty_records,
    news,
    office,
    postbox,
    routes,
)
from tests.api.office import Office, TestClock
from tests.pages.browser import Guest, new_guest, serving
from tests.pages.pictures import browser
from tests.pages.visitors import ORIGIN, Visitor
from tests.pages.walk import Walk, furnished

__all__ = [
    "app",
    "catalogue",
    "clerk",
    "client",
    "clock",
    "database",
    "empty_records",
    "news",
    "office",
    "postbox",
    "routes",
]

Guests = Callable[..., Awaitable[Guest]]


@pytest.fixture(scope="session")
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether guests have JavaScript, unless a test says otherwise."""
    return not request.config.getoption("without_javascript")


@pytest.fixture
def demo_app(app: FastAPI) -> FastAPI:
    """The application as a local stack has it: with one-click roles."""
    services: Services = app.state.services
    app.state.services = replace(services, options=replace(services.options, demo=True, public_url=ORIGIN))
    return app


@pytest.fixture
async def tenant(database: Database, clock: TestClock) -> str:
    """The tenant that visitors belong to."""
    async with database.transaction() as session:
        await create_tenant(session, MUNICIPALITY, MUNICIPALITY, now=clock())
    return MUNICIPALITY


@pytest.fixture
async def visitor(demo_app: FastAPI, tenant: str) -> AsyncIterator[Callable[[], Visitor]]:
    """Makes visitors, each with a browser of their own."""
    clients: list[AsyncClient] = []

    def make() -> Visitor:
        clients.append(AsyncClient(transport=ASGITransport(demo_app), base_url=ORIGIN))
        return Visitor(clients[-1])

    yield make
    for one in clients:
        await one.aclose()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for all tests of pages; each guest has a profile of their own."""
    async with browser() as started:
        yield started


@pytest.fixture(scope="session")
async def served(routes: FastAPI) -> AsyncIterator[str]:
    """Where the application answers; its tools are those of the test that uses it."""
    async with serving(routes) as address:
        yield address


@pytest.fixture
async def guest(
    demo_app: FastAPI, tenant: str, served: str, chromium: Browser, javascript: bool
) -> AsyncIterator[Guests]:
    """Makes guests with a real browser: `await guest()`, `await guest(javascript=False)`."""
    made: list[Guest] = []
    usual = javascript

    async def make(*, javascript: bool = True, language: str = "de-DE") -> Guest:
        made.append(await new_guest(chromium, served, javascript=usual and javascript, language=language))
        return made[-1]

    yield make
    for one in made:
        await one.page.context.close()


@pytest.fixture
async def walk(office: Office, demo_app: FastAPI, clerk: Callable[[str], Clerk]) -> Walk:
    """An office with something of everything."""
    return await furnished(office, demo_app.state.services, clerk)
