"""Needs and offers over the JSON API: recorded, referred, met; lacks that repeat become one item; who is told what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from store.meetings import list_items
from store.tables import BodyItem
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office

OFFER: dict[str, Any] = {
    "kind": "language",
    "title": "Deutsch am Abend",
    "agency": "kurstraeger-rkn",
    "places": ["meerbusch"],
    "capacity": 18,
    "contact": "Kursbüro, 02131 000000",
}


async def offered(office: Office, **changes: Any) -> str:
    """An offer in the register; returns its id."""
    answer = await office.desks["coordinator"].post("/v1/offers", OFFER | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def needed(office: Office, path_id: str, **changes: Any) -> str:
    """A need of a path; returns its id."""
    wanted = {"kind": "language", "detail": "B1 bis zum Sommer"} | changes
    answer = await office.desks["case_manager"].post(f"/v1/paths/{path_id}/needs", wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["receipt"]["refs"][0])


async def test_a_need_is_referred_and_met_when_the_offer_is_taken_up(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["case_manager"]
    offer, need = await offered(office), await needed(office, path_id)
    proposed = await desk.post(f"/v1/paths/{path_id}/needs/{need}/referrals", {"offer": offer})
    referral = proposed.json()["receipt"]["refs"][0]
    address = f"/v1/paths/{path_id}/needs/{need}/referrals/{referral}"
    assert (await desk.post(address, {"state": "taken_up"})).status_code == 409  # nobody was sent there yet
    for state in ("referred", "taken_up"):
        assert (await desk.post(address, {"state": state})).status_code == 201
    [seen] = (await desk.get(f"/v1/paths/{path_id}/needs")).json()["needs"]
    assert (seen["state"], seen["detail"]) == ("met", "B1 bis zum Sommer")
    assert seen["referrals"][0]["state"] == "taken_up"
    assert (await desk.post(f"/v1/paths/{path_id}/needs/{need}/end", {"state": "dropped"})).status_code == 409


async def test_the_same_need_sent_twice_is_recorded_once(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["case_manager"]
    for _ in range(2):
        await desk.post(f"/v1/paths/{path_id}/needs", {"kind": "housing"}, key="the-same")
    assert len((await desk.get(f"/v1/paths/{path_id}/needs")).json()["needs"]) == 1


async def test_offers_that_fit_come_first_and_the_others_say_why_not(office: Office) -> None:
    path_id = await office.start()
    await offered(office, title="Anderswo", places=["neuss"])
    await offered(office)
    await offered(office, title="Wohnen", kind="housing")
    await needed(office, path_id)
    [seen] = (await office.desks["case_manager"].get(f"/v1/paths/{path_id}/needs")).json()["needs"]
    assert [(one["title"], one["obstacles"]) for one in seen["offers"]] == [
        *(("Deutsch am Abend", []), ("Anderswo", ["place"])),
    ]


async def test_wrong_kinds_agencies_places_and_days_are_refused_by_name(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["case_manager"]
    for wanted, field in (
        ({"kind": "moon"}, "kind"),
        ({"kind": "work", "since": "2022-02-15"}, "since"),
        ({"kind": "work", "since": "2022-02-10", "until": "2022-02-09"}, "until"),
        ({"kind": "work", "task": "ask:H99"}, "task"),
    ):
        answer = await desk.post(f"/v1/paths/{path_id}/needs", wanted)
        assert (answer.status_code in (404, 422), answer.json()["field"]) == (True, field)
    for change, field in (
        ({"kind": "moon"}, "kind"),
        ({"agency": "moon"}, "agency"),
        ({"places": ["moon"]}, "places"),
        ({"link": "javascript:alert(1)"}, "link"),
    ):
        answer = await desk.post("/v1/offers", OFFER | change)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_coordinator_and_other_tenants_are_told_no_needs(office: Office) -> None:
    path_id = await office.start()
    need = await needed(office, path_id, kind="health", detail="geheim")
    seen = (await office.desks["coordinator"].get(f"/v1/paths/{path_id}/needs")).json()
    assert (seen["told"], seen["needs"]) == (False, [])
    foreign = office.desks["foreign"]
    assert (await foreign.get(f"/v1/paths/{path_id}/needs")).status_code == 404
    assert (await foreign.post(f"/v1/paths/{path_id}/needs/{need}/end", {"state": "met"})).status_code == 404
    assert (await foreign.get("/v1/offers")).json()["offers"] == []


async def test_lacks_that_repeat_become_one_item_with_its_figures_and_once(office: Office) -> None:
    for number in range(1, 8):
        path_id = await office.start()
        need = await needed(office, path_id)
        address = f"/v1/paths/{path_id}/needs/{need}/end"
        answer = await office.desks["case_manager"].post(address, {"state": "unmet", "reason": "capacity"})
        assert answer.status_code == 201, answer.text
        async with office.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(BodyItem)) == (number >= 5)
    async with office.database.reading() as session:
        [item] = await list_items(session, MUNICIPALITY, "verfahren", "open")
    assert (item.handover, item.reason, item.cause, item.path_count) == (
        *("need.language", "unmet.capacity", "unmet_needs", 5),
    )
    assert item.why["paths"] == 5


async def test_after_a_decision_only_new_lacks_raise_the_next_item(office: Office) -> None:
    async def lack() -> int:
        path_id = await office.start()
        need = await needed(office, path_id)
        unmet = {"state": "unmet", "reason": "capacity"}
        await office.desks["case_manager"].post(f"/v1/paths/{path_id}/needs/{need}/end", unmet)
        async with office.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(BodyItem)) or 0)

    for _ in range(5):
        assert await lack() in (0, 1)
    async with office.database.transaction() as session:
        [item] = await list_items(session, MUNICIPALITY, "verfahren", "open")
        item.state, item.decided_on = "adopted", office.clock().date()
        session.add(item)
    office.clock.forward(days=1)
    assert [await lack() for _ in range(5)] == [1, 1, 1, 1, 2]


async def test_what_the_person_did_not_want_raises_nothing(office: Office) -> None:
    for _ in range(6):
        path_id = await office.start()
        need = await needed(office, path_id)
        declined = {"state": "unmet", "reason": "declined"}
        await office.desks["case_manager"].post(f"/v1/paths/{path_id}/needs/{need}/end", declined)
    async with office.database.reading() as session:
        assert await list_items(session, MUNICIPALITY, "verfahren", "open") == []


async def test_figures_hide_small_numbers(office: Office) -> None:
    for count, kind in ((5, "housing"), (2, "work")):
        for _ in range(count):
            path_id = await office.start()
            need = await needed(office, path_id, kind=kind)
            unmet = {"state": "unmet", "reason": "no_offer"}
            await office.desks["case_manager"].post(f"/v1/paths/{path_id}/needs/{need}/end", unmet)
    office.clock.forward(days=365)
    for role in ("coordinator", "body"):
        figures = (await office.desks[role].get("/v1/needs")).json()
        assert figures["recorded"] == {"housing": 5, "work": None}
        # Two are small, and the five would tell them from the seven.
        assert figures["unmet"] == {"housing": None, "work": None}
        assert figures["unmet_total"] == 7


async def test_figures_of_needs_are_told_for_whole_years_that_are_over(office: Office) -> None:
    desk = office.desks["coordinator"]
    for _ in range(5):
        await needed(office, await office.start(), kind="housing")
    year = office.clock().year
    refused = await desk.get(f"/v1/needs?year={year}")
    assert (refused.status_code, refused.json()["field"]) == (422, "year")
    before = (await desk.get(f"/v1/needs?until={office.clock().date()}")).json()
    assert (before["year"], before["recorded"]) == (year - 1, {})
    office.clock.forward(days=365)
    assert (await desk.get(f"/v1/needs?year={year}")).json()["recorded"] == {"housing": 5}


async def test_an_offer_is_confirmed_and_ended(office: Office) -> None:
    desk, offer = office.desks["coordinator"], await offered(office)
    office.clock.forward(days=300)
    [seen] = (await desk.get("/v1/offers")).json()["offers"]
    assert seen["standing"] == "stale"
    assert (await desk.post(f"/v1/offers/{offer}/confirmation")).status_code == 201
    [seen] = (await desk.get("/v1/offers")).json()["offers"]
    assert (seen["standing"], seen["confirmed_on"]) == (
        "current",
        (office.clock() + timedelta(0)).date().isoformat(),
    )
    assert (await desk.post(f"/v1/offers/{offer}/end")).status_code == 201
    assert (await desk.get("/v1/offers")).json()["offers"] == []


async def test_steps_of_the_person_are_ticked(office: Office) -> None:
    path_id, desk = await office.start(), office.desks["case_manager"]
    need = await needed(office, path_id)
    address = f"/v1/paths/{path_id}/needs/{need}/steps"
    assert (await desk.post(address, {"done": ["tell_start", "course_place"]})).status_code == 201
    assert (await desk.post(address, {"done": ["fly"]})).status_code == 422
    [seen] = (await desk.get(f"/v1/paths/{path_id}/needs")).json()["needs"]
    assert seen["steps_done"] == ["course_place", "tell_start"]
