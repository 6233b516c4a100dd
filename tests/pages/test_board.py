"""The board: numbers and the lists behind them agree, the acts act once, deliveries are mended."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from activities.stalls import note_stalls
from process_models.planning import make_plan
from store.handovers import find_handover
from store.notices import list_notices
from store.paths import get_path, load_case
from store.plans import save_plan
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
COORDINATOR, MANAGER = "demo-koordination", "demo-fallmanagement"


async def stalled(office: Office, days: int = 10, **other: Any) -> str:
    """A path whose H01 has not been answered for so many days; returns its id. `other`: how it is started."""
    path_id = await office.start(**other)
    await office.offer(path_id)
    office.clock.forward(days=days)
    async with office.database.transaction() as session:
        path = await get_path(session, path_id, None)
        plan = make_plan(await load_case(session, office.database.keyring, path_id), office.clock(), office.catalogue)
        await save_plan(session, path_id, 1, plan, office.clock())
        await note_stalls(session, path, plan, office.catalogue)
    return path_id


async def test_the_board_counts_what_its_list_shows(office: Office, guest: Guests) -> None:
    await stalled(office)
    coordinator = await guest()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY, wanted="/board")
    assert "1 Weg stockt." in await coordinator.page.inner_text("main")
    await coordinator.check()
    await coordinator.page.locator("td a").first.click()
    assert await coordinator.page.locator(".stuck").count() == 1
    await coordinator.page.locator("main summary").click()
    await coordinator.check()
    await coordinator.open("/workload")
    await coordinator.check()


async def test_a_reminder_goes_out_once_a_day_however_often_the_button_is_pressed(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    path_id = await stalled(office)
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    page = await coordinator.open("/board/paths")
    for _ in range(2):
        assert (await coordinator.send(page, f"/board/paths/{path_id}/H01/remind")).status_code == 303
    again = await coordinator.open("/board/paths")
    await coordinator.send(again, f"/board/paths/{path_id}/H01/remind")
    async with office.database.reading() as session:
        reminded = [notice for notice in await list_notices(session, path_id) if ":reminded:" in notice.key]
    assert [(notice.kind, notice.recipient) for notice in reminded] == [("escalation_e1", "jobcenter")]


async def test_time_given_to_the_agency_lets_the_ladder_rest(office: Office, visitor: Visitors, tenant: str) -> None:
    path_id = await stalled(office)
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    page = await coordinator.open("/board/paths")
    typed = {"until": "2022-03-31", "reason": "CAPACITY"}
    assert (await coordinator.send(page, f"/board/paths/{path_id}/H01/time", typed)).status_code == 303
    async with office.database.reading() as session:
        case = await load_case(session, office.database.keyring, path_id)
    [handover] = [one for one in make_plan(case, office.clock(), office.catalogue).handovers if one.code == "H01"]
    assert (handover.stalled_since, f"{handover.next_level_on}", handover.reason) == (None, "2022-04-01", "CAPACITY")


async def test_nobody_is_put_before_the_fallebene_without_consent_but_before_the_verfahrensebene(
    office: Office, visitor: Visitors, tenant: str
) -> None:
    path_id = await stalled(office)
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    page = await coordinator.open("/board/paths")
    refused = await coordinator.send(page, f"/board/paths/{path_id}/H01/agenda/fall")
    assert refused.status_code == 409
    assert "Einwilligung" in refused.text
    assert (await coordinator.send(page, f"/board/paths/{path_id}/H01/agenda/verfahren")).status_code == 303
    assert "Impuls" in (await coordinator.open("/bodies/verfahren")).text
    async with office.database.reading() as session:
        row = await find_handover(session, path_id, "H01")
    assert row is not None
    assert row.level == "E4"


async def test_a_case_manager_has_no_board(visitor: Visitors, tenant: str) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER)
    await manager.open("/board", status=403)
    assert not re.search(r'href="/board"', (await manager.open("/desk")).text)


async def test_the_other_receiver_is_an_agency_of_the_municipality_and_not_the_one_that_was_asked(
    office: Office, guest: Guests
) -> None:
    await stalled(office)
    coordinator = await guest()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY, wanted="/board/paths")
    await coordinator.page.locator(".stuck summary").click()
    await coordinator.check()
    offered = await coordinator.page.get_by_label("Andere Stelle").locator('option:not([value=""])').all_inner_texts()
    assert {"Ausländerbehörde der Stadt Neuss", "Ausländerbehörde Rhein-Kreis Neuss"} <= set(offered)
    assert "Jobcenter Rhein-Kreis Neuss" not in offered
    kept = {agency.title for agency in office.catalogue.municipality(MUNICIPALITY).agencies}
    assert sorted(offered) == sorted(kept - {"Jobcenter Rhein-Kreis Neuss"})
    await coordinator.page.get_by_label("Andere Stelle").select_option("Agentur für Arbeit Mönchengladbach")
    await coordinator.page.get_by_role("button", name="Weiterleiten").click()
    assert "Einwilligung" in await coordinator.page.inner_text("main .error")  # the client has not agreed to this one
