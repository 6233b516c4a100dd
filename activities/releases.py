"""Releases of process models: what is in force, and moving paths to it, page by page, each path exactly once.

The pace keeps the workflow; the plan itself is made by the path, which hears of the change as news.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.carrying_out import Records, carry_out_in_records
from activities.journal import note
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.errors import KimError
from process_models.look_again import day_at
from process_models.messages import (
    CloseTask,
    LookAtRelease,
    MovedPage,
    MovePage,
    ReleaseOrder,
    ReleaseProgress,
)
from process_models.model_diff import compare_plans
from process_models.plan import Plan
from process_models.planning import plan_of_day
from process_models.releasing import check_key, check_task
from store.case_pages import load_cases
from store.catalogues import Catalogues
from store.database import Database
from store.model_moves import MovingPage, count_open, count_to_move, move_path, paths_to_move
from store.model_tables import ModelVersion
from store.model_versions import get_version, leads, version_in_force
from store.paths import touch
from store.plans import get_plan
from store.tables import Path, Tenant
from store.tasks import count_tasks, find_task
from store.tenants import get_tenant

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Release:
    """A version that was released or withdrawn, and what is in force because of it."""

    tenant: Tenant
    version: ModelVersion
    target: ModelVersion | None
    catalogue: Catalogue

    @property
    def target_id(self) -> str | None:
        """Id of the version in force; None = the shipped one."""
        return self.target.id if self.target else None

    @property
    def back(self) -> bool:
        """The version was withdrawn."""
        return self.version.state == "withdrawn"

    def key(self, *, back: bool) -> str:
        """Key of the task that this release, or its withdrawal, opens."""
        return check_key(self.version.version, self.version.turn, back=back)


@dataclass(frozen=True, slots=True)
class _ToMove:
    """A path as it was read, with what it needs to be moved."""

    path: Path
    case: Case | None
    """None: the person was erased; there is nothing to compare."""
    moment: datetime
    before: Catalogue | None
    """None: its old rules cannot be read any more."""


class ReleaseActivities:
    """Leads paths to the rules in force."""

    def __init__(self, database: Database, catalogues: Catalogues, wake_news: Callable[[], None]) -> None:
        self._database = database
        self._catalogues = catalogues
        self._wake_news = wake_news

    @activity.defn(name="release.look")
    async def look(self, message: LookAtRelease) -> ReleaseOrder:
        """Which way the paths are to go, how many, and how fast. Errors: ModelTampered, ModelInvalid."""
        async with self._database.reading() as session:
            release = await self._release(session, message)
            return ReleaseOrder(
                version=release.version.version,
                target_version=release.catalogue.version,
                municipality=release.catalogue.municipality(release.tenant.municipality).title,
                leads=await leads(session, release.version),
                back=release.back,
                rate_per_minute=max(release.version.rate_per_minute, 1),
                progress=await _progress(session, release, staying=0),
            )

    @activity.defn(name="release.move")
    async def move(self, message: MovePage) -> MovedPage:
        """Moves the next paths in one transaction each. A repeated attempt moves what is left of the same page."""
        async with self._database.reading() as session:
            release = await self._release(session, message)
            page = await self._page(session, release, message)
        last = page[-1].path.id if page else _last_of_page_before()
        moved, staying = 0, 0
        for one in page:
            activity.heartbeat(last)
            done = await self._move(release, one)
            moved, staying = moved + (done is True), staying + (done is None)
        self._wake_news()
        async with self._database.reading() as session:
            return MovedPage(last=last, moved=moved, progress=await _progress(session, release, staying=staying))

    async def _release(self, session: AsyncSession, message: LookAtRelease | MovePage) -> _Release:
        version = await get_version(session, message.version_id)
        target = await version_in_force(session, message.tenant)
        catalogue = await self._catalogues.of_version(session, target.id if target else None)
        return _Release(await get_tenant(session, message.tenant), version, target, catalogue)

    async def _page(self, session: AsyncSession, release: _Release, message: MovePage) -> list[_ToMove]:
        if not await leads(session, release.version):
            return []
        next_page = MovingPage(message.size, message.after, _last_of_page_before() or None)
        paths = await paths_to_move(session, release.tenant.id, release.target_id, next_page)
        return await self._read(session, release.tenant, paths, message.now)

    async def _read(self, session: AsyncSession, tenant: Tenant, paths: Sequence[Path], now: datetime) -> list[_ToMove]:
        """The cases are read after the paths: what they hold is at least as new as the paths' versions of the facts."""
        cases = await load_cases(session, self._database.keyring, [path.id for path in paths])
        found = []
        for path in paths:
            row = await get_plan(session, path.id) if tenant.simulated else None
            moment = row.planned_at if row else now
            found.append(_ToMove(path, cases.get(path.id), moment, await self._old_rules(session, path)))
        return found

    async def _old_rules(self, session: AsyncSession, path: Path) -> Catalogue | None:
        try:
            return await self._catalogues.of_path(session, path)
        except KimError as unreadable:
            log.error("release.old_rules_unreadable", error=unreadable.name, version_id=path.model_version_id)
            return None

    async def _move(self, release: _Release, one: _ToMove) -> bool | None:
        """True: moved. False: it ended, was moved or changed meanwhile. None: it stays, the new rules give no plan."""
        after = _plan(one, release.catalogue)
        if after is None and one.case is not None:
            await self._keep_where_it_is(release, one)
            return None
        async with self._database.transaction() as session:
            path = await move_path(session, one.path.id, release.target_id, one.path.facts_version)
            if path is None:
                return False
            await note(session, path, "model.moved", release.catalogue.version)
            records = Records(session, self._database, release.catalogue)
            if release.back:
                await _close_task(records, path, release.key(back=False), one.moment)
            if after is not None and _needs_person(one, after):
                await self._ask(records, path, release, one.moment)
        return True

    async def _keep_where_it_is(self, release: _Release, one: _ToMove) -> None:
        """A person is asked, once. Without readable old rules nothing can be planned at all: operations see that."""
        if one.before is None:
            return
        async with self._database.transaction() as session:
            if await find_task(session, one.path.id, release.key(back=release.back)) is None:
                await self._ask(Records(session, self._database, one.before), one.path, release, one.moment)
                await touch(session, one.path)

    async def _ask(self, records: Records, path: Path, release: _Release, moment: datetime) -> None:
        task = check_task(release.key(back=release.back), release.version.version, day_at(moment))
        await carry_out_in_records(records, path, task)


def _last_of_page_before() -> str:
    """The last path of the page, as the attempt before this one has said; empty at the first attempt."""
    details = activity.info().heartbeat_details
    return str(details[0]) if details else ""


def _plan(one: _ToMove, catalogue: Catalogue) -> Plan | None:
    """The plan of a path under these rules; None if they give none: such rules must not reach the path."""
    if one.case is None:
        return None
    try:
        return plan_of_day(one.case, one.moment, catalogue)
    except Exception as defect:  # noqa: BLE001 - whatever is wrong with the rules, the path goes on under its old ones
        log.error("release.no_plan", error=type(defect).__name__, path_id=one.path.id, version=catalogue.version)
        return None


def _needs_person(one: _ToMove, after: Plan) -> bool:
    before = _plan(one, one.before) if one.before else None
    return before is None or bool(compare_plans(before, after).reasons)


async def _close_task(records: Records, path: Path, key: str, moment: datetime) -> None:
    task = await find_task(records.session, path.id, key)
    if task is not None and task.done_on is None:
        await carry_out_in_records(records, path, CloseTask(key=key, on=day_at(moment)))


async def _progress(session: AsyncSession, release: _Release, *, staying: int) -> ReleaseProgress:
    tenant = release.tenant.id
    return ReleaseProgress(
        paths=await count_open(session, tenant),
        to_move=await count_to_move(session, tenant, release.target_id),
        need_person=await count_tasks(session, tenant, release.key(back=release.back)),
        staying=staying,
    )
