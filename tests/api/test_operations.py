"""Health, readiness, measures, pages that need no login."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from api.app import create_app
from api.services import ApiOptions
from process_models.catalogue import Catalogue
from store.database import Database
from store.errors import DatabaseAway
from tests.api.office import FakeNews, Office

ROUTE_LABELS = {"none", "/healthz", "/l/{token}", "/v1/paths/{path_id}", "/v1/paths", "/readyz"}


async def test_alive_says_ok(client: AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_readiness_needs_the_database_but_not_temporal(
    client: AsyncClient, news: FakeNews, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.get("/readyz")).json()["status"] == "ready"
    news.reachable = False
    degraded = await client.get("/readyz")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")

    async def away(_: Database) -> None:
        raise DatabaseAway("weg")

    monkeypatch.setattr(Database, "ping", away)
    gone = await client.get("/readyz")
    assert (gone.status_code, gone.json()["database"]) == (503, "away")


async def test_measures_have_no_ids_and_no_tokens(office: Office) -> None:
    path_id = await office.start([])
    token, secret = "secret-token-of-a-link", path_id
    await office.client.get(f"/l/{token}")
    await office.client.get(f"/nowhere/{token}")
    await office.manager.get(f"/v1/paths/{path_id}")
    await office.client.request("BREW", "/healthz")
    text = (await office.client.get("/metrics")).text
    assert token not in text
    assert secret not in text
    assert set(re.findall(r'route="([^"]*)"', text)) <= ROUTE_LABELS
    assert set(re.findall(r'kim_http_requests_total{method="(\w+)"', text)) == {"GET", "POST", "other"}
    assert re.search(r'kim_http_requests_total{method="POST",route="/v1/paths",status="201"} 1.0', text)
    assert "kim_sdk_metrics_up 0.0" in text


async def test_the_measures_of_the_sdk_stand_on_the_same_page(
    database: Database, catalogue: Catalogue, news: FakeNews
) -> None:
    async def exporter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"temporal_request_total 7\n"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(exporter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    app = create_app(database, catalogue, news, ApiOptions(sdk_metrics_url=f"http://127.0.0.1:{port}/metrics"))
    async with server, AsyncClient(transport=ASGITransport(app), base_url="http://kim.test") as client:
        text = (await client.get("/metrics")).text
    assert "temporal_request_total 7" in text
    assert "kim_sdk_metrics_up 1.0" in text


async def test_the_start_page_shows_the_way(client: AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert 'href="/docs"' in page.text
    assert '<html lang="de">' in page.text


async def test_the_page_of_the_interface_tells_every_operation_with_what_is_sent_and_answered(
    client: AsyncClient,
) -> None:
    german, english = [(await client.get(f"/docs?language={one}")).text for one in ("de", "en")]
    described: dict[str, Any] = (await client.get("/openapi.json")).json()
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            assert f"<code>{method.upper()} {path}</code> {one['summary'].partition(' / ')[0]}" in german
            assert f"<code>{method.upper()} {path}</code> {one['summary'].partition(' / ')[2]}" in english
    start = german.partition("<code>POST /v1/paths</code>")[2].partition("</details>")[0]
    assert "<code>municipality</code> (nötig): <code>string</code>" in start
    assert "<code>facts</code>: <code>[FactIn]</code>" in start
    assert "<code>receipt</code> (nötig): <code>Receipt</code>" in start


async def test_every_route_of_the_description_has_german_and_english_words(client: AsyncClient) -> None:
    described: dict[str, Any] = (await client.get("/openapi.json")).json()
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len(operations) == 68
    for one in operations:
        assert " / " in one["summary"]
    problems = described["paths"]["/v1/paths"]["post"]["responses"]
    assert {"400", "401", "403", "409", "413", "415", "422", "503"} <= set(problems)
    assert problems["422"]["content"].keys() == {"application/problem+json"}


async def test_every_answer_carries_the_protective_headers(client: AsyncClient) -> None:
    for address in ("/", "/l/x", "/v1/stalled", "/nowhere", "/static/kim.css", "/docs", "/metrics"):
        headers = (await client.get(address)).headers
        assert headers["X-Content-Type-Options"] == "nosniff", address
        secret = address.startswith("/l/")  # elsewhere our own forms shall say where they come from
        assert headers["Referrer-Policy"] == ("no-referrer" if secret else "same-origin"), address
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert (headers.get("Cache-Control") == "no-store") == (not address.startswith("/static")), address


async def test_the_relay_runs_as_long_as_the_application(
    database: Database, catalogue: Catalogue, news: FakeNews
) -> None:
    told: list[str] = []

    async def relay() -> None:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    app: FastAPI = create_app(database, catalogue, news, ApiOptions(background=relay))
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0)
        assert told == ["begun"]
    assert told == ["begun", "ended"]
