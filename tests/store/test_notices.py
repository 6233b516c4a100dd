"""Notices are made once, claimed once, and nobody guesses what became of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from store.database import Database
from store.errors import NoticeNotFound
from store.handovers import save_item
from store.notices import (
    NoticeStatus,
    cancel_notices,
    claim_notice,
    find_stuck_notices,
    find_unsent_notice,
    get_notice,
    list_failed_notices,
    list_notices,
    made_keys,
    make_notice,
    next_try,
    pending_body_notices,
    pending_notices,
    settle_notice,
    was_told,
)
from store.tables import Notice, Path
from tests.store.examples import NOW, SCOPE, TENANT, item, notice

LATER = NOW + timedelta(minutes=5)


async def make(database: Database, path: Path, key: str = "offer", **changes: Any) -> Notice:
    async with database.transaction() as session:
        made = await make_notice(session, notice(path, key, **changes), NOW)
    assert made is not None
    return made


async def claim(database: Database, notice_id: str) -> Notice | None:
    async with database.transaction() as session:
        return await claim_notice(session, notice_id, NOW)


async def settle(database: Database, notice_id: str, status: NoticeStatus) -> None:
    async with database.transaction() as session:
        next_try_at = LATER if status == "temporary-failure" else None
        await settle_notice(session, notice_id, status, "SMTP451", next_try_at, NOW)


async def status(database: Database, notice_id: str) -> str:
    async with database.reading() as session:
        return (await get_notice(session, notice_id)).status


async def test_twenty_makers_at_once_make_one_notice(database: Database, path: Path) -> None:
    async def try_to_make() -> bool:
        async with database.transaction() as session:
            return await make_notice(session, notice(path), NOW) is not None

    assert sum(await asyncio.gather(*(try_to_make() for _ in range(20)))) == 1
    async with database.reading() as session:
        assert await made_keys(session, path.id) == {notice(path).key}


async def test_twenty_claimers_at_once_get_it_once_and_the_outcome_of_that_one_counts(
    database: Database, path: Path
) -> None:
    made = await make(database, path)
    claims = await asyncio.gather(*(claim(database, made.id) for _ in range(20)))
    (mine,) = [claimed for claimed in claims if claimed]
    assert (mine.status, mine.attempts, mine.claimed_at) == ("sending", 1, NOW)
    await settle(database, made.id, "delivered")
    assert await status(database, made.id) == "delivered"


async def test_a_notice_left_in_sending_by_a_crash_becomes_unclear_and_a_person_sees_it(
    database: Database, path: Path
) -> None:
    made = await make(database, path)
    await claim(database, made.id)
    assert await claim(database, made.id) is None
    assert await status(database, made.id) == "unclear"
    async with database.reading() as session:
        (seen,) = await list_failed_notices(session, SCOPE)
    assert seen.error_class == "CrashWhileSending"
    assert await claim(database, made.id) is None


@pytest.mark.parametrize("final", ["delivered", "permanent-failure", "unclear", "cancelled"])
async def test_a_settled_notice_is_never_claimed_again(database: Database, path: Path, final: NoticeStatus) -> None:
    made = await make(database, path)
    await claim(database, made.id)
    await settle(database, made.id, final)
    assert await claim(database, made.id) is None
    assert await status(database, made.id) == final


async def test_a_temporary_failure_is_tried_again_after_its_pause(database: Database, path: Path) -> None:
    made = await make(database, path)
    await claim(database, made.id)
    await settle(database, made.id, "temporary-failure")
    async with database.reading() as session:
        assert await pending_notices(session, path.id, NOW) == []
        assert await next_try(session, path.id, NOW) == LATER
        assert [waiting.id for waiting in await pending_notices(session, path.id, LATER)] == [made.id]
    again = await claim(database, made.id)
    assert again is not None
    assert (again.attempts, again.next_try_at) == (2, None)


async def test_a_withdrawal_cancels_what_waits_and_counts_what_is_being_sent(database: Database, path: Path) -> None:
    flying, waiting, other = [
        await make(database, path, key, recipient=recipient)
        for key, recipient in (("a", "jobcenter"), ("b", "jobcenter"), ("c", "sozialamt"))
    ]
    await claim(database, flying.id)
    async with database.transaction() as session:
        assert await cancel_notices(session, path.id, NOW, recipient="jobcenter") == 1
    assert [await status(database, one.id) for one in (flying, waiting, other)] == ["sending", "cancelled", "created"]
    await settle(database, flying.id, "delivered")
    async with database.transaction() as session:
        assert await cancel_notices(session, path.id, NOW) == 0
    assert await status(database, other.id) == "cancelled"


async def test_a_withdrawal_also_cancels_what_shall_be_tried_again(database: Database, path: Path) -> None:
    made = await make(database, path)
    await claim(database, made.id)
    await settle(database, made.id, "temporary-failure")
    async with database.transaction() as session:
        assert await cancel_notices(session, path.id, NOW) == 0
    assert await claim(database, made.id) is None
    assert await status(database, made.id) == "cancelled"


async def test_a_withdrawal_and_a_sender_at_the_same_moment_never_miss_each_other(
    database: Database, path: Path
) -> None:
    made = [await make(database, path, str(number)) for number in range(10)]

    async def withdraw() -> int:
        async with database.transaction() as session:
            return await cancel_notices(session, path.id, NOW)

    *claims, in_flight = await asyncio.gather(*(claim(database, one.id) for one in made), withdraw())
    claimed = sum(one is not None for one in claims)
    assert claimed == in_flight
    async with database.reading() as session:
        cancelled = sum(one.status == "cancelled" for one in await list_notices(session, path.id))
    assert claimed + cancelled == 10


async def test_what_was_called_off_before_it_left_counts_as_not_made_and_can_be_made_anew(
    database: Database, path: Path
) -> None:
    first = await make(database, path)
    async with database.transaction() as session:
        await cancel_notices(session, path.id, NOW)
    async with database.reading() as session:
        assert await made_keys(session, path.id) == frozenset()
    async with database.transaction() as session:
        again = await make_notice(session, notice(path), LATER)
        assert again is not None
        assert (again.id, again.status, again.attempts) == (first.id, "created", 0)
        assert (again.created_at, again.settled_at, again.error_class) == (LATER, None, "")
    async with database.reading() as session:
        assert await made_keys(session, path.id) == {first.key}
        assert len(await list_notices(session, path.id)) == 1


@pytest.mark.parametrize("outcome", ["delivered", "permanent-failure", "unclear", "temporary-failure"])
async def test_what_left_or_may_have_left_is_never_made_anew(
    database: Database, path: Path, outcome: NoticeStatus
) -> None:
    first = await make(database, path)
    await claim(database, first.id)
    await settle(database, first.id, outcome)
    async with database.transaction() as session:
        assert await make_notice(session, notice(path), LATER) is None
    assert await status(database, first.id) == outcome


async def test_only_notices_of_the_handover_are_cancelled_with_it(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        handover = await save_item(session, path, item(), "jobcenter-neuss")
    about = await make(database, path, "a", handover_id=handover.id, agency="jobcenter-neuss")
    other = await make(database, path, "b")
    async with database.transaction() as session:
        await cancel_notices(session, path.id, NOW, handover_id=handover.id)
    assert [await status(database, one.id) for one in (about, other)] == ["cancelled", "created"]


async def test_an_agency_was_told_once_a_mail_about_the_handover_left(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        handover = await save_item(session, path, item(), "jobcenter-neuss")
    offer = await make(database, path, "offer", handover_id=handover.id, agency="jobcenter-neuss")
    withdrawal = await make(database, path, "withdrawal", handover_id=handover.id, agency="jobcenter-neuss")
    async with database.reading() as session:
        assert not await was_told(session, withdrawal)
    await claim(database, offer.id)
    async with database.reading() as session:
        assert await was_told(session, withdrawal)


async def test_a_notice_that_is_sending_for_too_long_is_found(database: Database, path: Path) -> None:
    made = await make(database, path)
    await claim(database, made.id)
    async with database.reading() as session:
        assert await find_stuck_notices(session, NOW) == []
        assert [stuck.id for stuck in await find_stuck_notices(session, LATER)] == [made.id]


async def test_a_notice_of_a_body_belongs_to_no_path(database: Database, path: Path) -> None:
    async with database.transaction() as session:
        made = await make_notice(session, notice(path, "agenda", kind="agenda_item"), NOW)
        assert made is not None
        made.path_id = None
    async with database.reading() as session:
        assert [one.id for one in await pending_body_notices(session, TENANT, NOW)] == [made.id]
        unsent = await find_unsent_notice(session, made.key)
        assert unsent is not None
        with pytest.raises(NoticeNotFound):
            await get_notice(session, "nothing")
