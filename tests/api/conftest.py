"""The API over real records (SQLite) and real rules, with a clock that the test sets and news that go nowhere."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from api.app import create_app
from api.services import ApiOptions, Services
from process_models.catalogue import Catalogue, load_catalogue
from store.access import create_token
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.sealing import Keyring
from store.tenants import create_tenant
from tests.api.clerk import Clerk, FakePostbox
from tests.api.office import Desk, FakeNews, Office, TestClock

MUNICIPALITY = "rhein-kreis-neuss"
OTHER_TENANT = "other-tenant"
ROLES = ("case_manager", "coordinator", "body", "auditor")


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy from."""
    file = tmp_path_factory.mktemp("records") / "empty.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
async def database(empty_records: Path, tmp_path: Path) -> AsyncIterator[Database]:
    file = tmp_path / "kim.db"
    shutil.copy(empty_records, file)
    database = Database(f"sqlite+aiosqlite:///{file}", Keyring({"k1": b"k" * 32}, "k1"))
    yield database
    await database.close()


@pytest.fixture
def clock() -> TestClock:
    return TestClock(datetime(2022, 2, 14, 9, tzinfo=UTC))


@pytest.fixture
def news() -> FakeNews:
    return FakeNews()


@pytest.fixture
def postbox() -> FakePostbox:
    return FakePostbox()


@pytest.fixture(scope="session")
def routes(catalogue: Catalogue) -> FastAPI:
    """The application once: FastAPI builds its routes at the first request, which takes longer than most tests."""
    return create_app(cast(Database, None), catalogue, FakeNews())


@pytest.fixture
def app(
    routes: FastAPI, database: Database, catalogue: Catalogue, news: FakeNews, clock: TestClock, postbox: FakePostbox
) -> FastAPI:
    """The application with tools of this test."""
    options = ApiOptions(now=clock, temporal_ui_url="http://temporal.test/namespaces/kim", postbox=postbox)
    routes.state.services = Services(database, Catalogues(catalogue), news, options)
    return routes


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://kim.test") as client:
        yield client


@pytest.fixture
async def clerk(app: FastAPI, postbox: FakePostbox) -> AsyncIterator[Callable[[str], Clerk]]:
    """Makes clerks who got a link, each with a browser of their own: `clerk(token)`."""
    clients: list[AsyncClient] = []

    def make(token: str) -> Clerk:
        clients.append(AsyncClient(transport=ASGITransport(app), base_url="http://kim.test"))
        return Clerk(clients[-1], postbox, token)

    yield make
    for one in clients:
        await one.aclose()


@pytest.fixture
async def office(client: AsyncClient, database: Database, catalogue: Catalogue, clock: TestClock) -> Office:
    """Everybody who works with the API: one desk a role, and one of another tenant."""
    now, life = clock(), timedelta(days=900)
    async with database.transaction() as session:
        await create_tenant(session, MUNICIPALITY, MUNICIPALITY, now=now)
        await create_tenant(session, OTHER_TENANT, MUNICIPALITY, now=now)
        tokens = {role: await create_token(session, role, "test", MUNICIPALITY, now, life) for role in ROLES}
        tokens["admin"] = await create_token(session, "admin", "test", None, now, life)
        tokens["foreign"] = await create_token(session, "case_manager", "test", OTHER_TENANT, now, life)
    return Office(client, database, catalogue, clock, {role: Desk(client, token) for role, token in tokens.items()})
