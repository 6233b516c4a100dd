"""The desk: what waits for somebody, in numbers that say the same as the lists they lead to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from process_models.planning import make_plan
from store.paths import load_case
from store.plans import save_plan
from tests.api.conftest import MUNICIPALITY
from tests.api.office import RECOGNISED, START, Desk, Office
from tests.pages.browser import Guest
from tests.pages.test_board import stalled
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]


async def counters(guest: Guest) -> list[str]:
    return [" ".join((await one.inner_text()).split()) for one in await guest.page.locator(".counters li").all()]


async def test_a_case_manager_sees_the_own_paths_by_their_next_deadline(office: Office, guest: Guests) -> None:
    path_id = await stalled(office)
    manager = await guest()
    await manager.sign_in("demo-fallmanagement", MUNICIPALITY)
    assert "Sie begleiten noch keinen Weg." in await manager.page.inner_text("main")
    await manager.check()
    await manager.open(f"/paths/{path_id}")
    await manager.press("Übernehmen")
    await manager.open("/desk")
    assert (await counters(manager))[:4] == [
        "0 Wege mit überfälliger Frist",
        "1 Weg mit einer Frist in den nächsten 7 Tagen",
        "1 Weg wartet auf andere",
        "1 Weg begleiten Sie",
    ]
    await manager.check()
    await manager.page.locator("td a").click()
    assert manager.page.url.endswith(path_id)


async def test_every_number_of_the_coordinating_unit_leads_to_a_list_of_as_many(office: Office, guest: Guests) -> None:
    await stalled(office)
    coordinator = await guest()
    await coordinator.sign_in("demo-koordination", MUNICIPALITY)
    found = await counters(coordinator)
    assert found[0] == "1 Weg stockt"
    assert any(one.startswith("0 offene Punkte: Lenkungsgruppe") for one in found)
    await coordinator.check()
    await coordinator.page.locator(".counters a").first.click()
    assert "1 Weg stockt." in await coordinator.page.inner_text("main")


async def test_a_clerk_sees_the_open_handovers_of_the_own_agency_and_no_person(
    office: Office, guest: Guests, visitor: Visitors
) -> None:
    await office.offer(await office.start())
    clerk = await guest()
    await clerk.sign_in("demo-behoerde", MUNICIPALITY)
    assert await clerk.page.locator("tbody tr").count() == 1
    assert "Eingang noch nicht bestätigt" in await clerk.page.inner_text("main")
    assert "1994" not in await clerk.page.inner_text("main")
    await clerk.check()


@pytest.mark.parametrize("person", ["demo-lenkungsgruppe", "demo-ag-verfahrensebene", "demo-ag-fallebene"])
async def test_a_member_of_a_body_sees_the_own_agenda_alone(person: str, guest: Guests) -> None:
    member = await guest()
    await member.sign_in(person, MUNICIPALITY)
    assert len(await counters(member)) == 1
    await member.check()


async def test_an_administrator_has_a_desk_without_numbers(guest: Guests) -> None:
    administrator = await guest()
    await administrator.sign_in("demo-verwaltung", MUNICIPALITY)
    assert await counters(administrator) == []
    await administrator.check()


async def test_in_a_simulation_a_deadline_and_the_form_of_a_fact_go_by_its_own_clock(
    office: Office, visitor: Visitors
) -> None:
    body = {"municipality": MUNICIPALITY, "starts_at": "2022-02-14T05:00:00Z"}
    made = (await office.desks["admin"].post("/v1/simulations", body)).json()
    simulated = Desk(office.client, made["token"])
    path_id = (await simulated.post("/v1/paths", START | {"facts": RECOGNISED})).json()["receipt"]["path_id"]
    async with office.database.transaction() as session:
        plan = make_plan(await load_case(session, office.database.keyring, path_id), office.clock(), office.catalogue)
        await save_plan(session, path_id, 1, plan, office.clock())
    office.clock.forward(days=400)
    manager = visitor()
    await manager.sign_in("demo-fallmanagement", made["tenant"])
    assert "überfällig</span>" not in (await manager.open("/paths?tab=team")).text
    form = (await manager.open(f"/paths/{path_id}/facts/new?kind=asylum.judgment")).text
    assert 'value="2022-02-14"' in form, "the day of the path, not of the wall"
