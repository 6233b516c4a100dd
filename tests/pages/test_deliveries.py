"""Failed deliveries: told in words with what helps, sent again once, mended mailboxes, late mails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from api.pages.deliveries import REASONS, why
from store.bounces import NewBounce, take_bounce
from store.database import Database
from store.notices import NewNotice, NoticeStatus, claim_notice, list_notices, make_notice, settle_notice
from store.tables import Notice
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
COORDINATOR, MANAGER = "demo-koordination", "demo-fallmanagement"


async def settled(
    office: Office, path_id: str, status: NoticeStatus, error_class: str, key: str = "k", agency: str = "jobcenter-rkn"
) -> Notice:
    """A mail to the Jobcenter that ended like this."""
    async with office.database.transaction() as session:
        new = NewNotice(
            key=key,
            tenant_id=MUNICIPALITY,
            kind="offer",
            subject="H01",
            recipient="jobcenter",
            made_on=office.clock().date(),
            agency=agency,
            path_id=path_id,
        )
        notice = await make_notice(session, new, office.clock())
        assert notice is not None
        await claim_notice(session, notice.id, office.clock())
        await settle_notice(session, notice.id, status, error_class, None, office.clock())
    return notice


async def statuses(database: Database, path_id: str) -> dict[str, tuple[str, int, str]]:
    async with database.reading() as session:
        return {one.key: (one.status, one.attempts, one.error_class) for one in await list_notices(session, path_id)}


async def test_the_page_tells_in_words_what_happened_and_what_helps(office: Office, guest: Guests) -> None:
    path_id = await office.start()
    lost = await settled(office, path_id, "permanent-failure", "bounced_5.1.1")
    await settled(office, path_id, "unclear", "reply_lost", "k2")
    late = await settled(office, path_id, "delivered", "", "k3")
    async with office.database.transaction() as session:
        row = await session.get(Notice, late.id)
        assert row
        row.message_id = "<x@x.test>"
        await session.flush()
        await take_bounce(session, NewBounce(("<x@x.test>",), "temporary", "4.4.1", "f"), office.clock())
    coordinator = await guest()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY, wanted="/deliveries")
    said = await coordinator.page.inner_text("main")
    for words in (
        "Das Postfach gibt es nicht",
        "eingang@jobcenter-rkn.example.org",
        "Übergabe angeboten (H01)",
        "die Antwort des Mailservers ging verloren",
        "Die Stelle anrufen",
        "Verzögert gemeldet",
        "4.4.1",
    ):
        assert words in said, words
    await coordinator.check()
    await coordinator.open("/deliveries?language=en")
    assert "there is no such mailbox" in await coordinator.page.inner_text("main")
    assert "Substitute: vertretung@jobcenter-rkn.example.org" in await coordinator.page.inner_text("main")
    assert "handover offered (H01)" in await coordinator.page.inner_text("main")
    await coordinator.page.locator(f'form[action="/deliveries/{lost.id}/resend"] button').click()
    await coordinator.page.get_by_text("The message is sent again.").wait_for()
    assert (await statuses(office.database, path_id))["k"] == ("created", 0, "")


async def test_a_mail_that_did_not_arrive_is_sent_again_by_a_button_once(
    office: Office, visitor: Visitors, database: Database, tenant: str
) -> None:
    path_id = await office.start()
    notice = await settled(office, path_id, "permanent-failure", "smtp_550")
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    page = await coordinator.open("/deliveries")
    assert "smtp_550" in page.text
    for _ in range(2):
        assert (await coordinator.send(page, f"/deliveries/{notice.id}/resend")).status_code == 303
    assert (await statuses(database, path_id))["k"] == ("created", 0, "")


async def test_a_mended_mailbox_gets_everything_that_was_lost_and_nothing_that_may_have_arrived(
    office: Office, visitor: Visitors, database: Database, tenant: str
) -> None:
    path_id = await office.start()
    await settled(office, path_id, "permanent-failure", "bounced_5.1.1", "lost-1")
    await settled(office, path_id, "permanent-failure", "smtp_550", "lost-2")
    await settled(office, path_id, "unclear", "reply_lost", "perhaps")
    await settled(office, path_id, "permanent-failure", "smtp_550", "elsewhere", agency="abh-rkn")
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    page = await coordinator.open("/deliveries")
    assert (await coordinator.send(page, "/deliveries/mailboxes/jobcenter-rkn/corrected")).status_code == 303
    found = await statuses(database, path_id)
    assert {key: status for key, (status, _, _) in found.items()} == {
        "lost-1": "created",
        "lost-2": "created",
        "perhaps": "unclear",
        "elsewhere": "permanent-failure",
    }
    again = await coordinator.send(page, "/deliveries/mailboxes/jobcenter-rkn/corrected")
    assert again.status_code == 303


async def test_a_case_manager_sees_what_did_not_arrive_and_may_not_send(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    path_id = await office.start()
    notice = await settled(office, path_id, "permanent-failure", "smtp_550")
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    page = await manager.open("/deliveries")
    assert "smtp_550" in page.text
    assert "/resend" not in page.text
    assert "/corrected" not in page.text
    csrf = {"csrf": "", "once": "x"}
    for action in (f"/deliveries/{notice.id}/resend", "/deliveries/mailboxes/jobcenter-rkn/corrected"):
        assert (await manager.client.post(action, data=csrf, headers=manager.headers)).status_code == 403


@pytest.mark.parametrize(
    "code",
    ["no_mailbox", "bounced_5.1.1", "bounced_5.7.1", "smtp_550", "given_up_smtp_451", "reply_timeout", "sender_lost"],
)
def test_every_code_that_sending_writes_has_words(code: str) -> None:
    assert why(code) in {found for _, found in REASONS}
