"""Tokens of people, answers of repeated requests, and the audit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from store import audit
from store.access import create_token, find_token, revoke_token
from store.accounts import Appointment, keep_account, names_among
from store.database import Database
from store.errors import IdempotencyConflict
from store.idempotency import Answer, find_answer, forget_answers, keep_answer
from store.tables import AccessToken, Path
from store.tenants import create_tenant
from tests.store.examples import NOW, SCOPE, TENANT

DAY_LONG = timedelta(days=1)


async def test_a_token_gives_its_role_until_its_end(database: Database) -> None:
    async with database.transaction() as session:
        raw = await create_token(session, "case_manager", "Fallmanagement", TENANT, NOW, DAY_LONG)
        endless = await create_token(session, "admin", "Betrieb", None, NOW, None)
        found = await find_token(session, raw, NOW)
        assert found is not None
        assert (found.role, found.tenant_id) == ("case_manager", TENANT)
        assert await find_token(session, raw, NOW + DAY_LONG) is None
        assert await find_token(session, endless, NOW + 9999 * DAY_LONG) is not None
        assert await find_token(session, "kim_unknown", NOW) is None


async def test_a_revoked_token_gives_nothing_and_only_hashes_are_kept(database: Database) -> None:
    async with database.transaction() as session:
        raw = await create_token(session, "case_manager", "Fallmanagement", TENANT, NOW, None)
        (row,) = await session.scalars(select(AccessToken))
        assert raw not in str(row.model_dump())
        await revoke_token(session, row.id, NOW)
        assert await find_token(session, raw, NOW) is None


async def test_a_repeated_request_gets_its_first_answer_and_another_body_a_conflict(database: Database) -> None:
    async with database.transaction() as session:
        assert await find_answer(session, "anna", "key-1", "hash-a") is None
        await keep_answer(session, "anna", "key-1", "hash-a", Answer(201, {"path": "p1"}))
    async with database.transaction() as session:
        assert await find_answer(session, "anna", "key-1", "hash-a") == Answer(201, {"path": "p1"})
        assert await find_answer(session, "berta", "key-1", "hash-b") is None
        with pytest.raises(IdempotencyConflict):
            await find_answer(session, "anna", "key-1", "hash-b")
        with pytest.raises(IdempotencyConflict):
            await keep_answer(session, "anna", "key-1", "hash-b", Answer(201, {}))


async def test_ten_equal_requests_at_once_act_once_and_all_get_the_same_answer(database: Database) -> None:
    async def request(number: int) -> Answer:
        async with database.transaction() as session:
            known = await find_answer(session, "anna", "key-1", "hash")
            if known is None:
                known = Answer(201, {"made_by": number})
                await keep_answer(session, "anna", "key-1", "hash", known)
            return known

    answers = await asyncio.gather(*(request(number) for number in range(10)))
    assert len({str(answer) for answer in answers}) == 1


async def test_old_answers_are_forgotten(database: Database) -> None:
    async with database.transaction() as session:
        await keep_answer(session, "anna", "key-1", "hash", Answer(201, {}))
        await forget_answers(session, datetime.now(UTC) + timedelta(seconds=1))
        assert await find_answer(session, "anna", "key-1", "other") is None


async def test_the_audit_of_a_path_tells_the_newest_first(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        await audit.record(session, "anna", "case_manager", "path.start", path.id, path.id, TENANT, NOW)
        await audit.record(session, "anna", "case_manager", "fact.add", "a1", path.id, TENANT, NOW + DAY_LONG)
        entries = await audit.list_entries(session, path.id)
    assert [(entry.action, entry.actor) for entry in entries] == [("fact.add", "anna"), ("path.start", "anna")]


async def test_names_are_told_of_colleagues_of_ones_own_tenant_and_of_these_roles_only(database: Database) -> None:
    people = [
        ("anna", "case_manager", TENANT),
        ("berta", "clerk", TENANT),
        ("cem", "case_manager", "rkn-zwei"),
        ("dora", "case_manager", TENANT),
    ]
    async with database.transaction() as session:
        await create_tenant(session, "rkn-zwei", "rhein-kreis-neuss", now=NOW)
        ids = [
            (await keep_account(session, Appointment("https://issuer", name, name, role, tenant), NOW)).id
            for name, role, tenant in people
        ]
        told = await names_among(session, SCOPE, ("case_manager", "coordinator"), ids[:3])
    assert told == {ids[0]: "anna"}
