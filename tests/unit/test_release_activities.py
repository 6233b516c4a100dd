"""Moving paths page by page: once each, repeated attempts included; who is asked to look, and who stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path as FilePath
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col
from temporalio.testing import ActivityEnvironment

from activities import releases
from activities.releases import ReleaseActivities
from process_models.case import Case
from process_models.catalogue import Catalogue, catalogue
from process_models.facts import Fact
from process_models.messages import LookAtRelease, MovedPage, MovePage, ReleaseProgress
from process_models.plan import Plan
from process_models.planning import plan_of_day
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.facts import add_facts
from store.model_tables import ModelBundle, ModelVersion
from store.model_versions import draft_version
from store.paths import NewPath, create_path, end_path, touch
from store.releases import Decision, release, withdraw
from store.sealing import Keyring
from store.tables import AuditEntry, Notice, Path, Task
from store.tenants import create_tenant
from tests.model_bundles import SETTLEMENT, as_draft, before_the_reform, changed

TENANT = "rhein-kreis-neuss"
NOW = datetime(2025, 6, 2, 8, tzinfo=UTC)
KEYRING = Keyring({"k1": bytes(32)}, "k1")
NEW_PATH = NewPath(TENANT, "rhein-kreis-neuss", "meerbusch", born=date(1994, 3, 12), nationality="SY")
SETTLED = [
    Fact("a1", "asylum.sought", date(2021, 5, 10), date(2021, 5, 10)),
    Fact("a2", "asylum.registered", date(2021, 5, 11), date(2021, 5, 11)),
    Fact("a3", "asylum.lodged", date(2021, 5, 20), date(2021, 5, 20)),
    Fact("a4", "asylum.decided", date(2022, 2, 11), date(2022, 2, 11), {"outcome": "refugee"}),
]


class Office:
    """Records of a tenant, and the release activities over them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wakes = 0
        self.activities = ReleaseActivities(database, Catalogues(catalogue()), self._wake)

    def _wake(self) -> None:
        self.wakes += 1

    async def paths(self, count: int, facts: list[Fact] = SETTLED) -> list[Path]:
        async with self.database.transaction() as session:
            made = [await create_path(session, KEYRING, NEW_PATH, NOW) for _ in range(count)]
            for path in made:
                await add_facts(session, KEYRING, path, facts, "test", NOW)
        return sorted(made, key=lambda path: path.id)

    async def release(self, files: dict[str, bytes]) -> ModelVersion:
        async with self.database.transaction() as session:
            version = await draft_version(session, as_draft(TENANT, files), NOW)
            return await release(session, Catalogues(catalogue()), version.id, 60, DECISION)

    async def withdraw(self, version: ModelVersion) -> None:
        async with self.database.transaction() as session:
            await withdraw(session, version.id, "falsch", DECISION)

    async def move(self, version: ModelVersion, *, after: str = "", attempt_said: str = "") -> MovedPage:
        environment = ActivityEnvironment()
        if attempt_said:
            environment.info = ActivityEnvironment.default_info()
            environment.info = type(environment.info)(
                **{**vars(environment.info), "heartbeat_details": [attempt_said], "attempt": 2}
            )
        page = MovePage(tenant=TENANT, version_id=version.id, after=after, size=3, now=NOW)
        moved: MovedPage = await environment.run(self.activities.move, page)
        return moved

    async def rows(self, table: type[Any], **wanted: Any) -> list[Any]:
        async with self.database.reading() as session:
            query = select(table).where(*(col(getattr(table, name)) == value for name, value in wanted.items()))
            return list(await session.scalars(query))


DECISION = Decision("A. Beispiel, Leitung", "test", "operator", NOW)


@pytest.fixture
async def office(tmp_path: FilePath) -> AsyncIterator[Office]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    database = Database(url, KEYRING)
    async with database.transaction() as session:
        await create_tenant(session, TENANT, "rhein-kreis-neuss", now=NOW)
    yield Office(database)
    await database.close()


async def test_a_page_is_moved_and_says_how_many_are_left(office: Office) -> None:
    paths = await office.paths(4)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))
    order = await office.activities.look(LookAtRelease(tenant=TENANT, version_id=version.id))
    assert (order.leads, order.back, order.rate_per_minute) == (True, False, 60)
    assert (order.version, order.target_version) == (version.version, version.version)
    assert order.progress == ReleaseProgress(paths=4, to_move=4)
    page = await office.move(version)
    assert page == MovedPage(last=paths[2].id, moved=3, progress=ReleaseProgress(paths=4, to_move=1))
    assert office.wakes == 1
    moved = {row.id for row in await office.rows(Path, model_version_id=version.id)}
    assert moved == {path.id for path in paths[:3]}


async def test_a_repeated_attempt_moves_what_is_left_of_its_page_and_nobody_twice(office: Office) -> None:
    paths = await office.paths(5)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))
    first = await office.move(version)
    again = await office.move(version, attempt_said=first.last)
    assert (again.last, again.moved, again.progress.to_move) == (first.last, 0, 2)
    rest = await office.move(version, after=again.last)
    assert (rest.last, rest.moved, rest.progress.to_move) == (paths[4].id, 2, 0)
    moves = await office.rows(AuditEntry, action="model.moved")
    assert sorted(entry.path_id for entry in moves) == [path.id for path in paths]
    assert {row.facts_version for row in await office.rows(Path)} == {paths[0].facts_version + 1}


async def test_a_path_that_ended_is_not_moved(office: Office) -> None:
    ended, *_others = await office.paths(2)
    async with office.database.transaction() as session:
        await end_path(session, ended.id, NOW)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))
    assert (await office.move(version)).progress == ReleaseProgress(paths=1)
    assert [row.state for row in await office.rows(Path, model_version_id=None)] == ["ended"]


async def test_where_nothing_changes_nobody_is_asked(office: Office) -> None:
    await office.paths(1)
    await office.move(await office.release(changed(SETTLEMENT, label="2026.12")))
    assert await office.rows(Task) == []


async def test_where_a_hope_moves_away_a_person_is_asked_once_and_told_once(office: Office) -> None:
    [path] = await office.paths(1)
    version = await office.release(before_the_reform())
    page = await office.move(version)
    assert page.progress.need_person == 1
    [task] = await office.rows(Task)
    assert (task.path_id, task.kind, task.subject) == (path.id, "check_model_change", version.version)
    [notice] = await office.rows(Notice)
    assert (notice.kind, notice.recipient, notice.status) == ("model_changed", "case_manager", "created")


async def test_a_withdrawal_closes_the_task_of_the_release(office: Office) -> None:
    await office.paths(1)
    version = await office.release(before_the_reform())
    await office.move(version)
    await office.withdraw(version)
    order = await office.activities.look(LookAtRelease(tenant=TENANT, version_id=version.id))
    assert (order.leads, order.back, order.target_version) == (True, True, catalogue().version)
    back = await office.move(version)
    assert (back.moved, back.progress) == (1, ReleaseProgress(paths=1))
    [task] = await office.rows(Task)
    assert task.done_on == date(2025, 6, 2)


async def test_a_path_that_changed_while_its_page_was_read_is_left_for_the_next_pass(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = await office.paths(1)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))
    load = releases.load_cases

    async def load_while_a_fact_comes(*arguments: Any) -> Any:
        monkeypatch.setattr(releases, "load_cases", load)
        async with office.database.transaction() as session:
            await touch(session, path)
        return await load(*arguments)

    monkeypatch.setattr(releases, "load_cases", load_while_a_fact_comes)
    assert (await office.move(version)).progress.to_move == 1
    assert (await office.move(version)).progress.to_move == 0


async def test_rules_that_give_no_plan_for_a_path_do_not_reach_it_and_a_person_is_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = await office.paths(1)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))

    def fails_under_new_rules(case: Case, now: datetime, rules: Catalogue) -> Plan:
        if rules.version == version.version:
            raise KeyError("R22")
        return plan_of_day(case, now, rules)

    monkeypatch.setattr(releases, "plan_of_day", fails_under_new_rules)
    for _ in range(2):
        page = await office.move(version)
        assert (page.moved, page.progress.staying, page.progress.to_move) == (0, 1, 1)
    [row] = await office.rows(Path)
    assert (row.model_version_id, row.facts_version) == (None, path.facts_version + 1)
    assert [task.kind for task in await office.rows(Task)] == ["check_model_change"]


async def test_a_version_whose_files_were_changed_can_be_withdrawn_and_a_person_looks(office: Office) -> None:
    await office.paths(1)
    version = await office.release(changed(SETTLEMENT, label="2026.12"))
    await office.move(version)
    async with office.database.transaction() as session:
        await session.execute(update(ModelBundle).values(files={"law/x.yaml": "label: x"}))
    office.activities = ReleaseActivities(office.database, Catalogues(catalogue()), office._wake)
    await office.withdraw(version)
    assert (await office.move(version)).moved == 1
    assert [task.kind for task in await office.rows(Task)] == ["check_model_change"]
    assert [row.model_version_id for row in await office.rows(Path)] == [None]


async def test_a_release_that_was_overtaken_leads_nobody(office: Office) -> None:
    await office.paths(1)
    first = await office.release(changed(SETTLEMENT, label="2026.12"))
    await office.release(changed(SETTLEMENT, label="2027.01"))
    order = await office.activities.look(LookAtRelease(tenant=TENANT, version_id=first.id))
    assert not order.leads
    assert (await office.move(first)).last == ""
