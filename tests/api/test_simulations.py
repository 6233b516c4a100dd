"""Simulated tenants: a clock of their own, and nothing of it in real ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from process_models.planning import make_plan
from store.body_items import similar_stalls
from store.paths import load_case
from store.plans import save_plan
from store.tables import PathEvent
from store.waits import count_waits
from tests.api.office import RECOGNISED, START, Desk, Office

OTHERS = {"handover": "H01", "reason": "DOC_MISSING", "detail": "DOC_EAT_REQUIRED", "since": "2022-01-13", "count": 4}


async def _simulate(office: Office, starts_at: str = "2021-05-10T05:00:00Z") -> tuple[str, Desk]:
    body = {"municipality": "rhein-kreis-neuss", "starts_at": starts_at}
    answer = await office.desks["admin"].post("/v1/simulations", body)
    assert answer.status_code == 201
    return answer.json()["tenant"], Desk(office.client, answer.json()["token"])


async def test_the_clock_of_a_simulation_shows_its_start(office: Office) -> None:
    _, desk = await _simulate(office)
    answer = await desk.post("/v1/paths", START)
    assert answer.json()["now"]["computed_for"] == "2021-05-10"


async def test_a_simulation_takes_the_day_on_which_a_fact_became_known(office: Office) -> None:
    _, desk = await _simulate(office)
    fact = {"on": "2022-02-11", "recorded": "2022-02-20", "fact": "asylum.decided", "data": {"outcome": "refugee"}}
    answer = await desk.post("/v1/paths", START | {"facts": [*_early(), fact]})
    assert answer.status_code == 201, answer.text
    written = answer.json()
    assert written["now"]["computed_for"] == "2022-02-20"
    assert written["now"]["standing"]["asylum"] == "decided"
    view = (await desk.get(f"/v1/paths/{written['receipt']['path_id']}")).json()
    assert view["computed_for"] == "2021-05-10"
    assert view["standing"]["asylum"] == "sought"


async def test_reads_are_for_the_day_that_the_path_last_planned_for(office: Office) -> None:
    tenant, desk = await _simulate(office)
    path_id = (await desk.post("/v1/paths", START | {"facts": _early()})).json()["receipt"]["path_id"]
    moment = office.clock()
    async with office.database.transaction() as session:
        case = await load_case(session, office.database.keyring, path_id)
        await save_plan(session, path_id, 1, make_plan(case, moment, office.catalogue), moment)
    assert (await desk.get(f"/v1/paths/{path_id}")).json()["computed_for"] == "2022-02-14"
    assert tenant


async def test_acts_of_a_simulation_may_say_when_they_happen(office: Office) -> None:
    _, desk = await _simulate(office, "2022-02-14T05:00:00Z")
    path_id = (await desk.post("/v1/paths", START | {"facts": RECOGNISED})).json()["receipt"]["path_id"]
    await office.offer(path_id)
    address = f"/v1/paths/{path_id}/handovers/H01/answer"
    answer = await desk.post(address, {"answer": "accept", "now": "2022-03-18T09:00:00Z"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["now"]["computed_for"] == "2022-03-18"
    view = (await desk.get(f"/v1/paths/{path_id}")).json()
    assert view["handovers"][0]["accepted_on"] == "2022-03-18"


async def test_counts_of_other_paths_are_taken_over_once(office: Office) -> None:
    tenant, _ = await _simulate(office)
    address = f"/v1/simulations/{tenant}/stalls"
    for _ in range(2):
        assert (await office.desks["admin"].post(address, OTHERS)).status_code == 204
    async with office.database.reading() as session:
        stalls = await similar_stalls(session, tenant, "none")
    assert [(stall.handover, stall.count) for stall in stalls] == [("H01", 4)]


async def test_a_real_tenant_takes_over_no_counts_and_an_unknown_one_neither(office: Office) -> None:
    admin = office.desks["admin"]
    before = await office.state()
    assert (await admin.post("/v1/simulations/rhein-kreis-neuss/stalls", OTHERS)).status_code == 422
    assert (await admin.post("/v1/simulations/sim-nowhere/stalls", OTHERS)).status_code == 404
    tenant, _ = await _simulate(office)
    wrong = await admin.post(f"/v1/simulations/{tenant}/stalls", OTHERS | {"handover": "H99"})
    assert wrong.status_code == 404
    assert (await office.state())["stall_note"] == before["stall_note"]


async def test_an_unknown_municipality_gets_no_simulation(office: Office) -> None:
    body = {"municipality": "entenhausen", "starts_at": "2021-05-10T05:00:00Z"}
    answer = await office.desks["admin"].post("/v1/simulations", body)
    assert answer.status_code == 422
    assert "rhein-kreis-neuss" in answer.json()["allowed"]


async def test_tenants_of_simulations_do_not_see_each_other(office: Office) -> None:
    _, one = await _simulate(office)
    _, other = await _simulate(office)
    path_id = (await one.post("/v1/paths", START)).json()["receipt"]["path_id"]
    assert (await other.get(f"/v1/paths/{path_id}")).status_code == 404
    assert (await office.manager.get(f"/v1/paths/{path_id}")).status_code == 404


def _early() -> list[dict[str, Any]]:
    return [fact | {"recorded": fact["on"]} for fact in RECOGNISED[:1]]


async def test_answers_to_further_handovers_are_taken_over_once_and_only_in_a_simulation(office: Office) -> None:
    admin = office.desks["admin"]
    tenant, _ = await _simulate(office)
    answer = {"handover": "H01", "on": "2021-11-15", "working_days": 17, "count": 6}
    for _ in range(2):
        assert (await admin.post(f"/v1/simulations/{tenant}/answers", answer)).status_code == 204
    async with office.database.reading() as session:
        counted = await count_waits(session, tenant, frozenset({("H01", "answer", date(2021, 12, 1))}))
        offered = await session.scalars(select(col(PathEvent.happened_on)).filter_by(activity="handover_offered"))
        assert list(offered) == [date(2021, 10, 20)] * 6  # 17 working days before; All Saints' is none
    assert [one.learned for one in counted] == [((17, 6),)]
    assert (await admin.post("/v1/simulations/rhein-kreis-neuss/answers", answer)).status_code == 422
    unknown = await admin.post(f"/v1/simulations/{tenant}/answers", answer | {"handover": "H99"})
    assert unknown.status_code == 404
