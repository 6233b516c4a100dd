"""Lists for coordinators and bodies."""

from __future__ import annotations

from datetime import date

from process_models.planning import make_plan
from store.body_items import NewBodyItem, put_on_agenda
from store.notices import NewNotice, claim_notice, make_notice, settle_notice
from store.paths import load_case
from store.plans import save_plan
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office


async def _plan(office: Office, path_id: str) -> None:
    """Plans as the workflow does."""
    async with office.database.transaction() as session:
        case = await load_case(session, office.database.keyring, path_id)
        plan = make_plan(case, office.clock(), office.catalogue)
        await save_plan(session, path_id, 1, plan, office.clock())


async def test_a_stalled_path_is_listed_with_its_waiting_line(office: Office) -> None:
    path_id = await office.start()
    await office.offer(path_id)
    await _plan(office, path_id)
    assert (await office.manager.get("/v1/stalled")).json() == {"paths": []}
    office.clock.forward(days=10)
    await _plan(office, path_id)
    stalled = (await office.desks["coordinator"].get("/v1/stalled")).json()["paths"]
    assert [one["path_id"] for one in stalled] == [path_id]
    assert stalled[0]["waiting"]["from_whom"] == "jobcenter"
    assert stalled[0]["days"] > 0
    assert stalled[0]["temporal_url"].endswith(path_id)
    assert (await office.desks["foreign"].get("/v1/stalled")).json() == {"paths": []}


async def test_the_plan_row_tells_how_far_the_workflow_is(office: Office) -> None:
    path_id = await office.start()
    await _plan(office, path_id)
    await office.manager.post(f"/v1/paths/{path_id}/facts/a09/retraction")
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert (view["planned_version"], view["facts_version"]) == (1, 2)


async def test_a_body_sees_interfaces_and_no_small_numbers(office: Office) -> None:
    async with office.database.transaction() as session:
        for key, count in (("few", 4), ("many", 5)):
            item = NewBodyItem(
                tenant_id=MUNICIPALITY,
                key=key,
                body="verfahren",
                handover="H01",
                from_kind="sozialamt",
                to_kind="jobcenter",
                reason="DOC_MISSING",
                detail="DOC_EAT_REQUIRED",
                cause="pattern",
                raised_on=date(2022, 3, 14),
                path_count=count,
            )
            await put_on_agenda(session, item)
    address = "/v1/bodies/verfahren/agenda"
    seen = (await office.desks["body"].get(address)).json()
    assert seen["open_items"] == 2
    assert sorted(one["paths"] for one in seen["items"]) == ["5", "unter 5"]
    assert seen["items"][0]["title"] != "H01"
    full = (await office.desks["coordinator"].get(address)).json()
    assert sorted(one["paths"] for one in full["items"]) == ["4", "5"]
    assert (await office.desks["foreign"].get(address)).json()["items"] == []
    unknown = await office.desks["body"].get("/v1/bodies/stammtisch/agenda")
    assert unknown.status_code == 422
    assert unknown.json()["allowed"] == ["fall", "verfahren", "lenkung"]


async def test_failed_and_unclear_notices_are_seen_by_somebody(office: Office) -> None:
    path_id = await office.start()
    async with office.database.transaction() as session:
        for status in ("permanent-failure", "unclear", "delivered"):
            new = NewNotice(
                key=status,
                tenant_id=MUNICIPALITY,
                kind="offer",
                subject="H01",
                recipient="jobcenter",
                made_on=office.clock().date(),
                path_id=path_id,
            )
            notice = await make_notice(session, new, office.clock())
            assert notice is not None
            await claim_notice(session, notice.id, office.clock())
            await settle_notice(session, notice.id, status, "MailboxUnknown", None, office.clock())
    failed = (await office.desks["coordinator"].get("/v1/notices/failed")).json()["notices"]
    assert sorted(one["status"] for one in failed) == ["permanent-failure", "unclear"]
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert len(view["notices"]) == 3
    assert (await office.desks["foreign"].get("/v1/notices/failed")).json() == {"notices": []}
