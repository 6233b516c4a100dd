"""Bodies: papers, decisions with their effect on paths, meetings on demand, minutes, reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from process_models.look_again import day_at
from store.body_items import NewBodyItem, put_on_agenda
from store.errors import BodyItemNotFound
from store.handovers import find_handover
from store.meetings import get_item
from store.outbox import waiting_news
from store.paths import load_case
from store.scope import Scope
from store.tables import BodyItem, PathEvent
from tests.api.conftest import MUNICIPALITY, OTHER_TENANT
from tests.api.office import Desk, Office

PAPER = {"finding": "Fünf Wege warten auf den eAT.", "recommendation": "Bescheid und Gestattung genügen."}


def about_h01(body: str = "verfahren", path_id: str | None = None, paths: int = 3) -> NewBodyItem:
    """A document that is missing again and again between Sozialamt and Jobcenter."""
    return NewBodyItem(
        tenant_id=MUNICIPALITY,
        key=f"{body}:sozialamt>jobcenter:H01:DOC_MISSING:DOC_EAT_REQUIRED",
        body=body,
        handover="H01",
        from_kind="sozialamt",
        to_kind="jobcenter",
        reason="DOC_MISSING",
        detail="DOC_EAT_REQUIRED",
        cause="pattern",
        raised_on=date(2022, 2, 10),
        path_count=paths,
        path_id=path_id,
    )


async def raised(office: Office, path_id: str | None = None, body: str = "verfahren") -> BodyItem:
    """An item about H01 that counts this path."""
    async with office.database.transaction() as session:
        return await put_on_agenda(session, about_h01(body, path_id, 5))


async def decide(desk: Desk, item_id: str, **decided: Any) -> Any:
    return await desk.post(f"/v1/items/{item_id}/decision", decided)


async def test_handing_on_raises_the_paths_and_puts_the_paper_before_the_next_body(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    item = await raised(office, path_id)
    coordinator = office.desks["coordinator"]
    assert (await coordinator.post(f"/v1/items/{item.id}/paper", PAPER)).status_code == 201
    answer = await decide(coordinator, item.id, decision="to_lenkung")
    assert (answer.status_code, answer.json()["state"], answer.json()["paths"]) == (201, "handed_on", 1)
    assert (await coordinator.get("/v1/bodies/verfahren/agenda")).json()["items"] == []
    [handed] = (await coordinator.get("/v1/bodies/lenkung/agenda")).json()["items"]
    assert (handed["id"], handed["paper"], handed["cause"]) == (answer.json()["handed_to"], PAPER, "handed_on")
    async with office.database.reading() as session:
        row = await find_handover(session, path_id, "H01")
        case = await load_case(session, office.database.keyring, path_id)
        news = {one.workflow_id for one in await waiting_news(session, 20)}
    assert row is not None
    assert row.level == "E5"
    assert case.work.resolved == {f"verfahren:H01:to_lenkung:{day_at(office.clock())}"}
    assert case.work.agenda == {"verfahren:H01", "lenkung:H01"}
    assert {f"path-{path_id}", f"body-{MUNICIPALITY}-verfahren", f"body-{MUNICIPALITY}-lenkung"} <= news


async def test_a_decision_is_an_event_with_the_working_days_since_the_item_was_raised(office: Office) -> None:
    item = await raised(office)
    await decide(office.desks["coordinator"], item.id, decision="reject")
    async with office.database.reading() as session:
        events = list(await session.scalars(select(PathEvent).order_by(col(PathEvent.id))))
    assert [(event.activity, event.working_days) for event in events] == [("item_raised", None), ("item_decided", 2)]


async def test_the_same_decision_sent_twice_is_taken_once_and_another_one_is_refused(office: Office) -> None:
    item = await raised(office)
    coordinator = office.desks["coordinator"]
    assert (await decide(coordinator, item.id, decision="adopt", owner="Jobcenter")).status_code == 201
    again = await decide(coordinator, item.id, decision="reject")
    assert (again.status_code, again.json()["title"]) == (409, "Dieser Beschluss ist nicht möglich")
    [only] = (await coordinator.get("/v1/bodies/verfahren/resolutions")).json()["resolutions"]
    assert (only["decision"], only["owner"]) == ("adopt", "Jobcenter")


async def test_what_stalls_again_after_the_decision_is_a_new_item(office: Office) -> None:
    first, second = await office.start(), await office.start()
    item = await raised(office, first)
    await decide(office.desks["coordinator"], item.id, decision="adopt")
    told_again, another = await raised(office, first), await raised(office, second)
    assert told_again.id == item.id
    assert (another.id != item.id, another.state) == (True, "open")


async def test_a_postponed_item_stays_on_the_agenda_and_its_decision_is_kept(office: Office) -> None:
    item = await raised(office)
    await decide(office.desks["coordinator"], item.id, decision="postpone", text="Jobcenter nicht vertreten")
    [still] = (await office.desks["coordinator"].get("/v1/bodies/verfahren/agenda")).json()["items"]
    assert (still["id"], still["state"]) == (item.id, "open")


async def test_a_meeting_on_demand_lies_on_a_working_day_ahead(office: Office) -> None:
    coordinator = office.desks["coordinator"]
    for wrong in ("2022-02-14", "2022-02-26", "2022-02-28"):  # today, a Saturday, Rosenmontag
        refused = await coordinator.post("/v1/bodies/lenkung/meetings", {"held_on": wrong, "reason": "Bedarf"})
        assert refused.status_code == 409, wrong
    called = await coordinator.post("/v1/bodies/lenkung/meetings", {"held_on": "2022-03-02", "reason": "Bedarf"})
    assert called.status_code == 201
    [meeting] = (await coordinator.get("/v1/bodies/lenkung/meetings")).json()["meetings"]
    assert (meeting["kind"], meeting["papers_due_on"], meeting["state"]) == ("ad_hoc", "2022-02-22", "planned")


async def test_minutes_are_written_after_the_meeting_and_not_before(office: Office) -> None:
    coordinator = office.desks["coordinator"]
    called = await coordinator.post("/v1/bodies/lenkung/meetings", {"held_on": "2022-03-02", "reason": "Bedarf"})
    url = f"/v1/meetings/{called.json()['meeting']}/minutes"
    assert (await coordinator.post(url, {"minutes": "Beschluss gefasst."})).status_code == 409
    office.clock.forward(days=20)
    assert (await coordinator.post(url, {"minutes": "Beschluss gefasst."})).json()["state"] == "held"


async def test_the_effect_of_a_decision_is_kept_with_it(office: Office) -> None:
    item = await raised(office)
    coordinator = office.desks["coordinator"]
    taken = await decide(coordinator, item.id, decision="adopt", evaluate_on="2022-11-16", model_version="v4")
    url = f"/v1/bodies/verfahren/resolutions/{taken.json()['resolution']}/review"
    assert (await coordinator.post(url, {"review": "Median der Lücke von 17 auf 0 Tage."})).status_code == 201
    [kept] = (await coordinator.get("/v1/bodies/verfahren/resolutions")).json()["resolutions"]
    assert (kept["review"], kept["model_version"]) == ("Median der Lücke von 17 auf 0 Tage.", "v4")


@pytest.mark.parametrize("desk", ["case_manager", "auditor", "foreign"])
async def test_nobody_else_decides(office: Office, desk: str) -> None:
    item = await raised(office)
    assert (await decide(office.desks[desk], item.id, decision="adopt")).status_code == 403


async def test_an_item_of_another_municipality_does_not_exist(office: Office) -> None:
    item = await raised(office)
    async with office.database.reading() as session:
        with pytest.raises(BodyItemNotFound):
            await get_item(session, item.id, Scope(OTHER_TENANT, "coordinator", date(2022, 2, 14)))
