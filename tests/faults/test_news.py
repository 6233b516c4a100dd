"""News may come twice, late, in any order, and while something is down: nothing is lost, no notice is made twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from kim.simulate.stage import at
from kim.world import World
from tests.faults.conftest import path_of, stage_of
from tests.people import ARRIVED, CASE_CONSENT, HANDOVER_DUE, JOBCENTER_CONSENT, OPENED, RECOGNISED
from worker import working


def mails(world: World) -> Counter[str]:
    """How many mails each mailbox got, by Message-ID: a repeated mail would count twice."""
    return Counter(str(mail["Message-ID"]) for mail in world.mailbox.mails)


def notices(shown: dict[str, Any]) -> Counter[tuple[str, ...]]:
    return Counter(
        (notice["kind"], notice["subject"], notice["recipient"], notice["due_on"]) for notice in shown["notices"]
    )


def state_of(shown: dict[str, Any], code: str) -> str:
    return next(str(item["state"]) for item in shown["handovers"] if item["code"] == code)


async def test_a_handover_is_offered_once_although_every_nudge_comes_three_times(world: World) -> None:
    stage = await stage_of(world)
    path = await path_of(stage, HANDOVER_DUE)
    await asyncio.gather(*(path.nudge() for _ in range(2)), return_exceptions=True)
    await path.settle()
    for _ in range(3):
        await path.nudge()
    shown = await path.settle()
    assert shown["handovers"][0]["state"] == "offered"
    assert set(notices(shown).values()) == {1}
    assert set(mails(world).values()) == {1}


async def test_facts_in_any_order_and_late_give_the_same_plan(world: World) -> None:
    stage = await stage_of(world)
    straight = await path_of(stage, HANDOVER_DUE)
    mixed = await path_of(stage, [OPENED, JOBCENTER_CONSENT])
    for one in (RECOGNISED, ARRIVED[3], CASE_CONSENT, ARRIVED[1], ARRIVED[0], ARRIVED[2]):
        await mixed.record([one])
    one, other = await straight.settle(), await mixed.settle()
    assert one["standing"] == other["standing"]
    assert one["deadlines"] == other["deadlines"]
    assert state_of(one, "H01") == state_of(other, "H01") == "offered"


async def test_facts_taken_while_the_worker_is_down_are_acted_on_when_it_is_back(quiet_world: World) -> None:
    stage = await stage_of(quiet_world)
    path = await path_of(stage, ARRIVED)
    relay = asyncio.create_task(quiet_world.news.run())
    await path.record([RECOGNISED, CASE_CONSENT, JOBCENTER_CONSENT])
    await path.record([OPENED])
    relay.cancel()
    assert quiet_world.mailbox.mails == []
    async with working(quiet_world.parts):
        shown = await path.settle()
    assert [item["state"] for item in shown["handovers"]] == ["offered"]
    assert set(mails(quiet_world).values()) == {1}


async def test_a_worker_that_comes_and_goes_makes_no_notice_twice(quiet_world: World) -> None:
    stage = await stage_of(quiet_world)
    path = await path_of(stage, HANDOVER_DUE)
    for _ in range(3):
        async with working(quiet_world.parts):
            await path.settle()
        await path.nudge()
    async with working(quiet_world.parts):
        shown = await path.settle()
    assert set(notices(shown).values()) == {1}
    assert set(mails(quiet_world).values()) == {1}


async def test_a_withdrawn_consent_cancels_the_open_offer_in_the_same_minute(world: World) -> None:
    stage = await stage_of(world)
    path = await path_of(stage, HANDOVER_DUE)
    await path.settle()
    before = datetime.now().astimezone()
    await path.act("consents/k2/revocation", {})
    shown = await path.settle()
    assert shown["handovers"][0]["state"] == "cancelled"
    assert datetime.now().astimezone() - before < timedelta(minutes=1)
    await path.move_to(at(date(2022, 3, 20), 9))
    shown = await path.settle()
    kinds = Counter(notice["kind"] for notice in shown["notices"] if notice["recipient"] == "jobcenter")
    assert kinds == {"offer": 1, "withdrawal": 1}


async def test_a_mail_that_the_server_refused_for_now_is_sent_later_and_once(world: World) -> None:
    world.mailbox.answers = ["451 try later", "451 try later"]
    stage = await stage_of(world)
    path = await path_of(stage, HANDOVER_DUE)
    await path.settle()
    await path.move_to(at(date(2022, 2, 14), 7, 30))
    shown = await path.settle()
    assert {notice["status"] for notice in shown["notices"]} == {"delivered"}
    assert set(mails(world).values()) == {1}


async def test_a_mailbox_that_does_not_exist_becomes_a_state_that_a_person_sees(world: World) -> None:
    world.mailbox.answers = ["550 no such user"] * 5
    stage = await stage_of(world)
    path = await path_of(stage, HANDOVER_DUE)
    await path.settle()
    shown = await path.settle()
    assert "permanent-failure" in {notice["status"] for notice in shown["notices"]}
    failed = await stage.get("/v1/notices/failed")
    assert failed["notices"]
