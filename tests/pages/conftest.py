"""The pages over real records and rules, on a local stack's demo setting; the same tools as the API tests have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from api.services import Services
from store.database import Database
from store.tenants import create_tenant
from tests.api.conftest import (
    MUNICIPALITY,
    app,
    catalogue,
    client,
    clock,
    database,
    empty_records,
    news,
    office,
    routes,
)
from tests.api.office import TestClock
from tests.pages.visitors import ORIGIN, Visitor

__all__ = ["app", "catalogue", "client", "clock", "database", "empty_records", "news", "office", "routes"]


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
