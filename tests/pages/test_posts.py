"""Posts of case managers in the browser: held, proposed, spread, and files that are opened only with a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from store.account_tables import Account
from store.posts import hold_post
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
ANNA, BJARNE, OTTI = "demo-fallmanagement", "demo-fallmanagement-2", "demo-koordination"
MEERBUSCH = "rhein-kreis-neuss-meerbusch-1"


async def people(office: Office) -> dict[str, str]:
    """Subject without its tenant -> id of the account."""
    async with office.database.reading() as session:
        found = await session.scalars(select(Account))
        return {one.subject.partition("@")[0]: one.id for one in found}


async def test_a_post_is_held_a_path_proposed_and_given_and_the_workload_tells_it(
    office: Office, guest: Guests, visitor: Visitors
) -> None:
    path_id = await office.start()
    for name in (ANNA, BJARNE):
        await visitor().sign_in(name, MUNICIPALITY)
    coordinator = await guest()
    await coordinator.sign_in(OTTI, MUNICIPALITY, wanted="/posts")
    await coordinator.check()
    await coordinator.fill("Welche Stelle?", MEERBUSCH)
    await coordinator.fill("Wer?", (await people(office))[ANNA])
    await coordinator.press("Besetzen")
    assert "Die Stelle ist besetzt." in await coordinator.page.inner_text("main")
    await coordinator.open("/assignments")
    text = await coordinator.page.inner_text("main")
    assert "Vorschlag: " in text
    await coordinator.check()
    await coordinator.page.get_by_role("button", name="Vorschlag annehmen").first.click()
    assert "Jeder Weg gehört jemandem." in await coordinator.page.inner_text("main")
    await coordinator.open("/workload")
    assert "Meerbusch" in await coordinator.page.inner_text("main")
    await coordinator.check()
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    await manager.open(f"/paths/{path_id}")


async def test_a_form_of_posts_with_errors_keeps_what_was_typed(office: Office, guest: Guests) -> None:
    coordinator = await guest()
    await coordinator.sign_in(OTTI, MUNICIPALITY, wanted="/posts")
    await coordinator.fill("Welche Stelle?", MEERBUSCH)
    await coordinator.press("Besetzen")
    assert (await coordinator.page.title()).startswith("Fehler: ")
    assert await coordinator.page.locator('[name="post"]').first.input_value() == MEERBUSCH
    await coordinator.check()


async def test_a_file_is_opened_to_supervise_only_with_a_reason_and_the_case_manager_reads_it(
    office: Office, guest: Guests, visitor: Visitors
) -> None:
    path_id = await office.start()
    coordinator = await guest()
    await coordinator.sign_in(OTTI, MUNICIPALITY, wanted=f"/paths/{path_id}")
    assert coordinator.page.url.endswith("/supervision")
    text = await coordinator.page.inner_text("main")
    assert "12.03.1994" not in text
    await coordinator.check()
    await coordinator.press("Akte öffnen")
    assert (await coordinator.page.title()).startswith("Fehler: ")
    await coordinator.fill("Anlass", "complaint")
    await coordinator.fill("Begründung", "Beschwerde vom Montag über lange Wartezeit")
    await coordinator.press("Akte öffnen")
    assert coordinator.page.url.endswith(f"/paths/{path_id}")
    assert "12.03.1994" in await coordinator.page.inner_text("main")
    manager = visitor()
    await manager.sign_in(ANNA, MUNICIPALITY)
    seen = (await manager.open(f"/paths/{path_id}")).text
    assert "Beschwerde vom Montag über lange Wartezeit" in seen
    assert "Akte zur Fachaufsicht geöffnet: Beschwerde (Fachaufsicht)" in seen


async def test_an_opened_file_closes_by_itself(office: Office, visitor: Visitors) -> None:
    path_id = await office.start()
    coordinator = visitor()
    await coordinator.sign_in(OTTI, MUNICIPALITY)
    page = await coordinator.open(f"/paths/{path_id}/supervision")
    typed = {"reason": "quality", "why": "Stichprobe im ersten Quartal", "days": "1"}
    assert (await coordinator.send(page, f"/paths/{path_id}/supervision", typed)).status_code == 303
    await coordinator.open(f"/paths/{path_id}")
    office.clock.forward(days=1)
    again = visitor()
    await again.sign_in(OTTI, MUNICIPALITY)
    answer = await again.client.get(f"/paths/{path_id}")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/supervision")


async def test_paths_of_an_ended_post_are_listed_until_somebody_decides(office: Office, visitor: Visitors) -> None:
    path_id = await office.start()
    anna, otti = visitor(), visitor()
    await anna.sign_in(ANNA, MUNICIPALITY)
    await otti.sign_in(OTTI, MUNICIPALITY)
    today = office.clock().date()
    async with office.database.transaction() as session:
        accounts = await people(office)
        row = await hold_post(session, MUNICIPALITY, MEERBUSCH, accounts[ANNA], (today, None), today)
    page = await anna.open(f"/paths/{path_id}")
    await anna.send(page, f"/paths/{path_id}/claim")
    page = await otti.open("/posts")
    sent = await otti.send(page, f"/posts/holders/{row.id}/end", {"last_day": today.isoformat()})
    assert sent.status_code == 303
    assert "Betroffene Wege: 1" in (await otti.open("/posts")).text
    assert "Jeder Weg gehört jemandem." in (await otti.open("/assignments")).text
    office.clock.forward(days=1)
    await otti.sign_in(OTTI, MUNICIPALITY)
    listed = (await otti.open("/assignments")).text
    assert "Ohne Zuständigkeit seit dem Ende des 14.02.2022." in listed
    assert "Niemand kommt in Frage." in listed
