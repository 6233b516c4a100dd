"""Versions of the process models over the API: administration sees, releases and withdraws them, nobody else does."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from process_models.names import MODEL_RELEASE
from store.model_tables import ModelVersion
from store.model_versions import draft_version
from store.tables import Outbox
from tests.api.conftest import MUNICIPALITY
from tests.api.office import FakeNews, Office
from tests.model_bundles import as_draft, before_the_reform

ADDRESS = f"/v1/models/{MUNICIPALITY}"
BY = {"by": "A. Beispiel, Leitung"}
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


@pytest.mark.parametrize("role", ["case_manager", "coordinator", "body", "auditor"])
async def test_only_administration_may_see_or_release(office: Office, draft: ModelVersion, role: str) -> None:
    desk = office.desks[role]
    assert (await desk.get(ADDRESS)).status_code == 403
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
