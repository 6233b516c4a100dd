"""Versions of the process models over the API: administration sees, releases and withdraws them, nobody else does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from process_models.look_again import day_at
from process_models.model_diff import Change, PlanChange
from process_models.names import MODEL_PREVIEW, MODEL_RELEASE, preview_workflow_id
from process_models.previewing import PathPreview, PreviewFigures
from store.body_items import put_on_agenda
from store.meetings import NewResolution, resolve
from store.model_tables import ModelVersion
from store.model_versions import draft_version
from store.previews import ask_preview, count_page, find_preview
from store.tables import Outbox
from tests.api.conftest import MUNICIPALITY, OTHER_TENANT
from tests.api.office import FakeNews, Office
from tests.api.test_bodies import about_h01
from tests.model_bundles import as_draft, before_the_reform

ADDRESS = f"/v1/models/{MUNICIPALITY}"
BY = {"by": "A. Beispiel, Leitung"}
DAY = date(2022, 2, 14)
REASON = BY | {"reason": "falsch gerechnet"}


@pytest.fixture
async def draft(office: Office) -> ModelVersion:
    async with office.database.transaction() as session:
        return await draft_version(session, as_draft(MUNICIPALITY, before_the_reform(), "Alt"), office.clock())


async def test_a_release_and_its_withdrawal_are_seen_and_new_paths_follow(
    office: Office, news: FakeNews, draft: ModelVersion
) -> None:
    admin = office.desks["admin"]
    path_id = await office.start()
    released = await admin.post(f"{ADDRESS}/{draft.version}/release", BY | {"rate_per_minute": 60})
    assert released.status_code == 200, released.text
    assert (released.json()["in_force"], released.json()["to_move"]) == (True, 1)
    assert news.woken
    new_id = await office.start()
    assert (await office.manager.get(f"/v1/paths/{new_id}")).json()["model_version"] == draft.version
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["model_version"] == office.catalogue.version
    withdrawn = (await admin.post(f"{ADDRESS}/{draft.version}/withdrawal", REASON)).json()
    assert (withdrawn["state"], withdrawn["note"], withdrawn["in_force"]) == ("withdrawn", "falsch gerechnet", False)
    listed = (await admin.get(ADDRESS)).json()
    assert listed["shipped"] == office.catalogue.version
    assert [(one["version"], one["label"], one["state"]) for one in listed["versions"]] == [
        (draft.version, "Alt", "withdrawn")
    ]
    async with office.database.reading() as session:
        news_rows = await session.scalars(select(Outbox).where(Outbox.workflow == MODEL_RELEASE))
        assert [row.workflow_id for row in news_rows] == [withdrawn["workflow_id"]]


@pytest.mark.parametrize(
    ("role", "seen"), [("case_manager", 403), ("coordinator", 200), ("body", 200), ("auditor", 403)]
)
async def test_only_administration_may_release_and_who_decides_may_see(
    office: Office, draft: ModelVersion, role: str, seen: int
) -> None:
    desk = office.desks[role]
    assert (await desk.get(ADDRESS)).status_code == seen
    assert (await desk.get(f"{ADDRESS}/{draft.version}")).status_code == seen
    assert (await desk.post(f"{ADDRESS}/{draft.version}/release", BY)).status_code == 403
    assert (await desk.post(f"{ADDRESS}/{draft.version}/withdrawal", REASON)).status_code == 403


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("{}/2099.01-00000000/release", BY, 404),
        ("{}/{version}/release", {}, 422),
        ("{}/{version}/release", BY | {"rate_per_minute": 0}, 422),
        ("{}/{version}/withdrawal", REASON, 409),
        ("/v1/models/entenhausen/{version}/release", BY, 404),
    ],
)
async def test_what_cannot_be_released_or_withdrawn_is_refused_and_changes_nothing(
    office: Office, draft: ModelVersion, address: str, body: dict[str, object], status: int
) -> None:
    before = await office.state()
    answer = await office.desks["admin"].post(address.format(ADDRESS, version=draft.version), body)
    assert answer.status_code == status, answer.text
    assert await office.state() == before


# ---------------------------------------------------------------- from a decision to a version


HANDOVERS = "law/handovers.yaml"
STALL = "typical_stall: Jobcenter verlangt den eAT; kein Bankkonto; Sozialamt stellt automatisch ein"
AGREED = {"file": HANDOVERS, "replace": STALL, "by": "typical_stall: kein Bankkonto"}
DRAFT: dict[str, Any] = {"edits": [AGREED], "label": "Übergangsvereinbarung", "by": "O. Musterfeld, Koordination"}


async def adopted(office: Office) -> str:
    """The id of a decision of the Lenkungsgruppe about H01."""
    async with office.database.transaction() as session:
        item = await put_on_agenda(session, about_h01("lenkung"))
        decided = NewResolution("adopt", date(2022, 5, 18), "Lenkungsgruppe", text="Bescheid und Gestattung genügen.")
        row, _handed = await resolve(session, item, decided)
    return row.id


async def test_a_decision_becomes_a_draft_that_says_what_it_changes_and_why(office: Office) -> None:
    coordinator = office.desks["coordinator"]
    resolution = await adopted(office)
    made = await coordinator.post(f"{ADDRESS}/drafts", DRAFT | {"resolution": resolution})
    assert (made.status_code, made.json()["state"]) == (201, "draft"), made.text
    version = made.json()["version"]
    assert (await coordinator.post(f"{ADDRESS}/drafts", DRAFT)).json()["version"] == version
    seen = (await coordinator.get(f"{ADDRESS}/{version}")).json()
    assert [(rule["code"], rule["change"]) for rule in seen["rules"]] == [("H01", "changed")]
    assert seen["against"] == office.catalogue.version
    [behind] = seen["behind"]
    assert (behind["resolution"], behind["body"], behind["handover"]) == (resolution, "lenkung", "H01")
    assert (seen["preview"], seen["effects"]) == (None, [])


@pytest.mark.parametrize(
    ("edit", "field", "said"),
    [
        ({"file": "law/handover.yaml"}, "file", "gemeint ist vielleicht 'law/handovers.yaml'"),
        ({"replace": "steht nirgends"}, "replace", "nicht"),
        ({"replace": "basis: consent"}, "replace", "-mal"),
        ({"by": "typical_stal: x"}, "by", "gemeint ist vielleicht 'typical_stall'"),
    ],
)
async def test_a_draft_that_does_not_fit_is_refused_with_what_is_wrong(
    office: Office, edit: dict[str, str], field: str, said: str
) -> None:
    before = await office.state()
    answer = await office.desks["coordinator"].post(f"{ADDRESS}/drafts", DRAFT | {"edits": [AGREED | edit]})
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert answer.json().get("field") == field
    assert await office.state() == before


async def test_drafts_build_on_one_another_and_on_what_is_in_force(office: Office) -> None:
    admin = office.desks["admin"]
    first = (await admin.post(f"{ADDRESS}/drafts", DRAFT)).json()["version"]
    second_edit = {"file": "law/escalation.yaml", "replace": "pattern_count: 3", "by": "pattern_count: 4"}
    on_draft = await admin.post(f"{ADDRESS}/drafts", DRAFT | {"edits": [second_edit], "base": first})
    changed = (await admin.get(f"{ADDRESS}/{on_draft.json()['version']}")).json()["rules"]
    assert {rule["code"] for rule in changed} == {"H01", "LADDER"}
    await admin.post(f"{ADDRESS}/{first}/release", BY)
    on_force = await admin.post(f"{ADDRESS}/drafts", DRAFT | {"edits": [second_edit]})
    assert on_force.json()["version"] == on_draft.json()["version"]
    seen = (await admin.get(f"{ADDRESS}/{on_force.json()['version']}")).json()
    assert (seen["against"], {rule["code"] for rule in seen["rules"]}) == (first, {"LADDER"})


async def test_a_decision_of_another_tenant_is_not_found_and_nobody_drafts_for_others(office: Office) -> None:
    coordinator, admin = office.desks["coordinator"], office.desks["admin"]
    resolution = await adopted(office)
    answer = await admin.post(f"/v1/models/{OTHER_TENANT}/drafts", DRAFT | {"resolution": resolution})
    assert (answer.status_code, answer.json()["field"]) == (404, "resolution")
    for address in (f"/v1/models/{OTHER_TENANT}/drafts", f"/v1/models/{OTHER_TENANT}/x/preview"):
        assert (await coordinator.post(address, DRAFT if "drafts" in address else {})).status_code == 404
    assert (await coordinator.get(f"/v1/models/{OTHER_TENANT}")).status_code == 404


async def test_a_preview_is_asked_for_once_while_it_counts(office: Office, draft: ModelVersion) -> None:
    coordinator = office.desks["coordinator"]
    for _ in range(2):
        assert (await coordinator.post(f"{ADDRESS}/{draft.version}/preview", {})).status_code == 202
    async with office.database.reading() as session:
        rows = list(await session.scalars(select(Outbox).where(Outbox.workflow == MODEL_PREVIEW)))
        preview = await find_preview(session, draft.id)
    assert [row.workflow_id for row in rows] == [preview_workflow_id(MUNICIPALITY, draft.version)]
    assert preview is not None
    assert preview.finished_at is None


async def test_small_counts_of_a_preview_are_words_outside_the_office(office: Office, draft: ModelVersion) -> None:
    change = Change(kind="deadline_moves", code="F01", field="hard", before="2022-02-25", after="2022-03-04")
    figures = PreviewFigures()
    figures.add(60, [PathPreview(f"KIM-{n}", MUNICIPALITY, DAY, PlanChange(changes=(change,))) for n in range(3)])
    async with office.database.transaction() as session:
        asked = await ask_preview(session, draft, "test", office.clock())
        assert await count_page(session, asked, "z", figures, office.clock())
    shown = {}
    for role in ("coordinator", "body"):
        preview = (await office.desks[role].get(f"{ADDRESS}/{draft.version}")).json()["preview"]
        shown[role] = (preview["paths"], preview["changed"], preview["kinds"])
    assert shown["coordinator"] == ("60", "3", {"Frist verschiebt sich": "3"})
    assert shown["body"] == ("60", "unter 5", {"Frist verschiebt sich": "unter 5"})


async def test_the_effect_is_counted_from_the_day_of_the_release_for_the_interface_of_the_decision(
    office: Office,
) -> None:
    coordinator, admin = office.desks["coordinator"], office.desks["admin"]
    made = await coordinator.post(f"{ADDRESS}/drafts", DRAFT | {"resolution": await adopted(office)})
    version = made.json()["version"]
    await admin.post(f"{ADDRESS}/{version}/release", BY)
    [effect] = (await coordinator.get(f"{ADDRESS}/{version}")).json()["effects"]
    assert effect["on"] == day_at(office.clock()).isoformat()
    assert (effect["before"]["handover"], effect["before"]["from_kind"]) == ("H01", "sozialamt")
    assert len(effect["before_quarters"]) == 4
    assert (await admin.get(f"{ADDRESS}/{version}")).json()["effects"] == [], "administration sees no review"


async def test_a_decision_that_names_a_version_is_linked_to_it(office: Office, draft: ModelVersion) -> None:
    async with office.database.transaction() as session:
        item = await put_on_agenda(session, about_h01("lenkung"))
    decided = {"decision": "adopt", "model_version": draft.version}
    assert (await office.desks["coordinator"].post(f"/v1/items/{item.id}/decision", decided)).status_code == 201
    seen = (await office.desks["coordinator"].get(f"{ADDRESS}/{draft.version}")).json()
    assert [one["item"] for one in seen["behind"]] == [item.id]
    linked = await office.desks["admin"].post(
        f"{ADDRESS}/{draft.version}/resolutions", {"resolution": seen["behind"][0]["resolution"]}
    )
    assert linked.status_code == 201, "linking again changes nothing"
