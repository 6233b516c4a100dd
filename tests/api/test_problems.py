"""Errors: they help, echo nothing, and change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from fastapi import FastAPI

from api import reads
from api.acts import writing
from store.database import Database
from store.errors import DatabaseAway
from tests.api.office import PERSON, START, FakeNews, Office

CANARY = "Kanarienvogel"

BODIES: list[dict[str, Any]] = [
    {},
    START | {"municipality": CANARY},
    START | {"place": CANARY},
    START | {CANARY: 1},
    START | {"person": CANARY},
    START | {"person": PERSON | {"born": CANARY}},
    START | {"person": PERSON | {"nationality": CANARY}},
    START | {"person": PERSON | {CANARY: CANARY}},
    START | {"facts": CANARY},
    START | {"facts": [{"fact": CANARY, "on": "2022-01-01"}]},
    START | {"facts": [{"fact": CANARY.lower(), "on": "2022-01-01"}]},
    START | {"facts": [{"fact": "asylum.heard", "on": CANARY}]},
    START | {"facts": [{"fact": "asylum.decided", "on": "2022-01-01", "data": {"outcome": CANARY}}]},
    START | {"facts": [{"fact": "asylum.decided", "on": "2022-01-01", "data": {CANARY: CANARY}}]},
    START | {"facts": [{"fact": "asylum.decided", "on": "2022-01-01", "data": {"outcome": {CANARY: [CANARY]}}}]},
    START | {"facts": [{"fact": "benefits.granted", "on": "2022-01-01", "data": {"regime": "B05", "from": CANARY}}]},
    START | {"facts": [{"fact": "asylum.heard", "on": "2022-01-01", "who": CANARY}]},
    START | {"facts": [{"fact": "fact.retracted", "on": "2022-01-01", "data": {"fact": CANARY}}]},
    START | {"household": [{"id": CANARY, "born": "2000-01-01", "relation": CANARY}]},
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_a_refusal_names_the_field_and_repeats_nothing(office: Office, body: dict[str, Any]) -> None:
    before = await office.state()
    answer = await office.manager.post("/v1/paths", body)
    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["field"] or problem["allowed"]
    assert problem["title"]
    assert problem["status"] == answer.status_code
    assert CANARY.lower() not in answer.text.lower()
    assert await office.state() == before


async def test_a_misspelt_field_is_met_with_the_nearest_name(office: Office) -> None:
    answer = await office.manager.post("/v1/paths", START | {"person": {"born": "1994-03-12", "nationalty": "SY"}})
    assert answer.json()["field"] == "person"
    assert answer.json()["allowed"][0] == "nationality"


@pytest.mark.parametrize("text", ["{", "[1", '{"a": NaN,', "\x00", "[" * 60_000, '"\\ud800', "{'a': 1}"])
async def test_what_is_no_json_is_refused(office: Office, text: str) -> None:
    headers = {"Authorization": f"Bearer {office.manager.token}", "Idempotency-Key": "k"}
    answer = await office.client.post("/v1/paths", content=text, headers=headers | {"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


async def test_lone_surrogates_and_control_characters_are_refused(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.manager.token}", "Content-Type": "application/json"}
    for place in ("\\ud800", "\\u0000", "a\\nb", "\\u202e"):
        text = '{"municipality": "muenster", "place": "%s", "person": {"born": "1994-03-12", "nationality": "SY"}}'
        answer = await office.client.post("/v1/paths", content=text % place, headers=headers | {"Idempotency-Key": "k"})
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken(office: Office, kind: str) -> None:
    headers = {"Authorization": f"Bearer {office.manager.token}", "Idempotency-Key": "k", "Content-Type": kind}
    answer = await office.client.post("/v1/paths", content=b'{"a": 1}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["allowed"] == ["application/json"]


async def test_a_body_of_more_than_64_kib_is_refused(office: Office) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1024

    headers = {"Authorization": f"Bearer {office.manager.token}", "Idempotency-Key": "k"}
    headers |= {"Content-Type": "application/json"}
    for content in (b" " * 70_000, stream()):
        answer = await office.client.post("/v1/paths", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["status"] == 413


async def test_an_unknown_address_or_method_is_answered_as_a_problem(office: Office) -> None:
    absent = await office.client.get("/v1/nowhere")
    wrong = await office.client.delete("/v1/paths")
    assert (absent.status_code, wrong.status_code) == (404, 405)
    assert "POST" in wrong.headers["Allow"]
    assert absent.headers["Content-Type"] == wrong.headers["Content-Type"] == "application/problem+json"


async def test_without_the_database_callers_are_asked_to_come_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, news: FakeNews
) -> None:
    def away(_: Database) -> Any:
        raise DatabaseAway("Die Datenbank antwortet nicht.")

    before, woken = await office.state(), news.woken
    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", away)
        patch.setattr(Database, "reading", away)
        write = await office.manager.post("/v1/paths", START, key="again")
        page = await office.client.get("/l/token")
    for answer in (write, page):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    assert await office.state() == before
    assert news.woken == woken
    assert (await office.manager.post("/v1/paths", START, key="again")).status_code == 201


async def test_facts_are_taken_while_temporal_is_away(office: Office, news: FakeNews) -> None:
    news.reachable = False
    path_id = await office.start([])
    fact = {"on": "2021-05-10", "fact": "asylum.sought"}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts", {"facts": [fact]})
    assert answer.status_code == 201
    assert answer.json()["now"]["standing"]["asylum"] == "sought"


async def test_a_defect_tells_nothing_to_the_caller_and_no_text_to_the_log(
    office: Office, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError(CANARY)

    path_id = await office.start([])
    monkeypatch.setattr(reads, "make_plan", broken)
    with structlog.testing.capture_logs() as logs:
        answer = await office.manager.get(f"/v1/paths/{path_id}")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert CANARY not in answer.text + str(logs)
    assert logs[-1]["error_class"] == "ValueError"


async def test_an_interrupted_write_leaves_nothing_behind(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fall(*_: Any) -> None:
        raise RuntimeError

    before = await office.state()
    with monkeypatch.context() as patch:
        patch.setattr(writing, "keep_answer", fall)
        assert (await office.manager.post("/v1/paths", START, key="k")).status_code == 500
    assert await office.state() == before
    assert (await office.manager.post("/v1/paths", START, key="k")).status_code == 201


async def test_parallel_requests_with_one_key_have_one_effect(office: Office) -> None:
    answers = await asyncio.gather(*(office.manager.post("/v1/paths", START, key="same") for _ in range(5)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["receipt"]["path_id"] for one in answers}) == 1
