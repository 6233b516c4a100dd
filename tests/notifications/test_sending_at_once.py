"""Senders, withdrawals and answers that meet: one mail at most, and none after a withdrawal was confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from temporalio.testing import ActivityEnvironment

from process_models.messages import SendNotice
from store.facts import add_facts
from store.links import revoke_links
from store.notices import cancel_notices
from store.paths import get_path
from store.tables import Notice
from tests.notifications.office import H01, KEYRING, NOW, P1, P2, Office, consent, revocation
from tests.notifications.scripted_smtp import SILENCE


async def offered(office: Office) -> Notice:
    await office.record(P1, P2)
    await office.hand_over(H01, "jobcenter-rkn")
    return await office.notice("offer", "jobcenter")


async def withdraw(office: Office, ref: str = "k2") -> int:
    """What the interface does with a withdrawal, in one transaction; gives what is on its way at that moment."""
    async with office.database.transaction() as session:
        path = await get_path(session, office.path.id, None)
        await add_facts(session, KEYRING, path, [revocation(ref)], "test", NOW)
        await revoke_links(session, office.handovers["H01"].id, NOW)
        return await cancel_notices(session, path.id, NOW, handover_id=office.handovers["H01"].id)


async def test_many_senders_of_one_notice_make_one_mail(busy_office: Office) -> None:
    notice = await offered(busy_office)
    answers = await asyncio.gather(*(busy_office.send(notice) for _ in range(8)))
    assert len(busy_office.mails) == 1
    assert answers.count("delivered") >= 1
    assert (await busy_office.row(notice)).status == "delivered"


async def test_a_withdrawal_knows_of_the_mail_that_is_on_its_way(busy_office: Office) -> None:
    office, notice = busy_office, await offered(busy_office)
    office.script.rcpt = SILENCE
    activities, environment = office.activities(timeout=0.5), ActivityEnvironment()
    message = SendNotice(notice_id=notice.id, now=NOW)
    under_way = asyncio.ensure_future(environment.run(activities.send_notice, message))
    await office.script.asked.wait()
    assert await withdraw(office) == 1
    assert (await under_way).status == "temporary-failure"
    office.script.rcpt = "250 ok"
    assert await office.send(notice) == "cancelled"
    assert office.mails == []


async def test_no_mail_is_taken_after_a_withdrawal_that_found_nothing_on_its_way(busy_office: Office) -> None:
    """Withdrawal and senders start together, twelve times; whoever comes first, the answer is true."""
    office, confirmed = busy_office, 0
    await offered(office)
    for turn in range(12):
        await office.record(consent(f"c{turn}", "P2", "jobcenter", ("residence", "benefits", "housing")))
        if turn == 0:
            await office.record(revocation("k2"))
        notices = [await office.notice("escalation_e1", "jobcenter", key=f"n{turn}-{number}") for number in range(3)]
        sending = [asyncio.ensure_future(office.send(notice)) for notice in notices[: turn % 4]]
        for _ in range(turn * 3):
            await asyncio.sleep(0)  # lets the senders take some steps, each turn some more
        on_the_way = await withdraw(office, f"c{turn}")
        taken = len(office.mails)
        rest = await asyncio.gather(*sending, *(office.send(notice) for notice in notices))
        assert len(office.mails) - taken <= on_the_way
        assert set(rest) <= {"cancelled", "delivered", "unclear"}
        confirmed += on_the_way == 0
    assert confirmed >= 3


async def test_an_answer_that_comes_while_a_reminder_is_sent_blocks_neither(busy_office: Office) -> None:
    office, notice = busy_office, await offered(busy_office)
    accepted = replace(H01, state="accepted", accepted_on=NOW.date())
    status, row = await asyncio.gather(office.send(notice), office.hand_over(accepted, "jobcenter-rkn"))
    assert status in ("delivered", "cancelled")
    assert row.state == "accepted"
