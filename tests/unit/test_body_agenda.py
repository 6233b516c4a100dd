"""The agenda of a body as the activity makes it: items of its own tenant, one notice an item, its next meeting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path as FilePath

import pytest

from activities.bodies import BodyActivities
from process_models.catalogue import Catalogue, catalogue
from process_models.messages import LookAtAgenda
from store.body_items import NewBodyItem, put_on_agenda
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.meetings import NewResolution, list_items, resolve
from store.notices import pending_body_notices
from store.sealing import Keyring
from store.tenants import create_tenant

TENANT = "rhein-kreis-neuss"
NOW = datetime(2022, 3, 14, 8, tzinfo=UTC)
LOOK = LookAtAgenda(tenant=TENANT, body="verfahren", now=NOW)


@pytest.fixture
async def database(tmp_path: FilePath) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    records = Database(url, Keyring({"test": b"k" * 32}, current="test"))
    async with records.transaction() as session:
        for tenant in (TENANT, "other"):
            await create_tenant(session, tenant, TENANT, now=NOW)
    yield records
    await records.close()


async def put(database: Database, tenant: str = TENANT) -> None:
    async with database.transaction() as session:
        item = NewBodyItem(
            tenant_id=tenant,
            key="verfahren:sozialamt>jobcenter:H01:DOC_MISSING:",
            body="verfahren",
            handover="H01",
            from_kind="sozialamt",
            to_kind="jobcenter",
            reason="DOC_MISSING",
            detail=None,
            cause="ladder",
            raised_on=date(2022, 3, 14),
        )
        await put_on_agenda(session, item)


async def test_an_item_is_told_once_until_it_was_sent_and_the_next_meeting_is_waited_for(database: Database) -> None:
    await put(database)
    activities = BodyActivities(database, Catalogues(catalogue()))
    first, second = await activities.look_at_agenda(LOOK), await activities.look_at_agenda(LOOK)
    assert (first.open_items, first.next_meeting_on) == (1, date(2022, 4, 6))
    assert first.look_again_at == datetime(2022, 3, 30, 6, tzinfo=UTC)  # five working days earlier papers are due
    assert len(first.made.notice_ids) == 1
    assert second.made == first.made


async def test_the_items_of_another_tenant_lie_on_another_agenda(database: Database) -> None:
    await put(database, "other")
    agenda = await BodyActivities(database, Catalogues(catalogue())).look_at_agenda(LOOK)
    assert (agenda.open_items, agenda.made.notice_ids) == (0, ())
    assert agenda.details.endswith("Die Tagesordnung ist leer.")


async def test_a_body_that_the_configuration_does_not_have_any_more_still_has_its_agenda(database: Database) -> None:
    await put(database)
    agenda = await BodyActivities(database, Catalogues(_without_bodies())).look_at_agenda(LOOK)
    assert (agenda.open_items, agenda.next_meeting_on, agenda.look_again_at) == (1, None, None)
    assert "Keine Sitzung geplant" in agenda.details


def _without_bodies() -> Catalogue:
    bare = catalogue().municipality(TENANT).model_copy(update={"bodies": ()})
    return replace(catalogue(), municipalities={TENANT: bare})


async def test_papers_minutes_and_evaluations_are_asked_for_on_their_day_and_once(database: Database) -> None:
    await put(database)
    activities = BodyActivities(database, Catalogues(catalogue()))
    await activities.look_at_agenda(LOOK)
    async with database.transaction() as session:
        [item] = await list_items(session, TENANT, "verfahren", "open")
        decided = NewResolution("adopt", date(2022, 3, 14), "coordinator", evaluate_on=date(2022, 4, 7))
        await resolve(session, item, decided)
    await put(database)  # it stalls again: a second item
    for day, asked in (
        (date(2022, 3, 29), {"agenda_item"}),
        (date(2022, 3, 30), {"agenda_item", "agenda_papers"}),
        (date(2022, 4, 6), {"agenda_item", "agenda_papers"}),
        (date(2022, 4, 7), {"agenda_item", "agenda_papers", "minutes_missing", "evaluation_due"}),
        (date(2022, 4, 8), {"agenda_item", "agenda_papers", "minutes_missing", "evaluation_due"}),
    ):
        look = LookAtAgenda(tenant=TENANT, body="verfahren", now=datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
        outlook = await activities.look_at_agenda(look)
        async with database.reading() as session:
            notices = await pending_body_notices(session, TENANT, look.now)
        assert {notice.kind for notice in notices} == asked
        assert len(outlook.made.notice_ids) == len(asked) + 1  # two items
